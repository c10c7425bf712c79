import { readConfig } from "../../src/server/config/read-config.ts";
import { hashToken, makeToken } from "../../src/server/records/token.ts";
import { must, shown } from "../config/support/workspace.ts";

const read = (text: string) => readConfig(text, "/srv/server.yaml", "server.yaml");
const problemsIn = (text: string) => shown(read(text));
const hash = `sha256$${"0".repeat(64)}`;

test("a small configuration gets what is usual for the rest", () => {
  const config = must(
    read("repositories: { shop: { url: https://git.example.org/shop.git, targets: push } }"),
  );
  expect(config).toEqual({
    listen: { host: "127.0.0.1", port: 8095 },
    data: "/srv/data",
    read: "token",
    limits: { runs: 2, perRepository: 1, queued: 1000, time: 3600, stop: 10 },
    keep: { runs: 1000, for: 7_776_000, size: 20_000_000_000 },
    tokens: [],
    repositories: [
      {
        name: "shop",
        url: "https://git.example.org/shop.git",
        branches: ["main"],
        targets: ["push"],
        params: {},
        follows: [],
        poll: 60,
        schedules: [],
        cancelRunning: false,
        buildAtStart: false,
        priority: 0,
        environment: [],
      },
    ],
  });
});

const whole = `listen: 0.0.0.0:80
data: /var/lib/tbuild
url: https://builds.example.org/
read: public
limits: { runs: 4, per-repository: 2, queued: 9, time: 1 h 30 min, stop: 5 s }
keep: { runs: 10, for: 7 d, size: 1 GB }
tokens:
  - { name: anna, hash: "${hash}", scopes: [run] }
repositories:
  shop:
    url: git@git.example.org:shop.git
    branches: [main, "release/*"]
    targets: [test, push]
    params: { version: 1.10, fast: true }
    notice:
      poll: false
      github-events: { url: https://api.github.com/repos/acme/shop/events, token: { file: token } }
      webhook: { kind: gitea, secret: { env: SHOP_HOOK } }
    schedules: [{ cron: "0 3 * * *", branch: stable, targets: [all] }, { cron: "0 4 * * 1" }]
    cancel-running: true
    build-at-start: true
    priority: -5
    time: 30 min
    pull-requests: false
    environment: [NPM_TOKEN]
`;

test("every key is read, and a value stays as it was typed", () => {
  const config = must(read(whole));
  expect(config).toMatchObject({
    listen: { host: "0.0.0.0", port: 80 },
    data: "/var/lib/tbuild",
    url: "https://builds.example.org",
    read: "public",
    limits: { runs: 4, perRepository: 2, queued: 9, time: 5400, stop: 5 },
    keep: { runs: 10, for: 604_800, size: 1_000_000_000 },
    tokens: [{ name: "anna", hash, scopes: ["run"] }],
  });
  const [shop] = config.repositories;
  expect(shop).toMatchObject({
    url: "git@git.example.org:shop.git",
    branches: ["main", "release/*"],
    targets: ["test", "push"],
    params: { version: "1.10", fast: true },
    githubEvents: {
      url: "https://api.github.com/repos/acme/shop/events",
      token: { kind: "file", path: "/srv/token" },
    },
    webhook: { kind: "gitea", secret: { kind: "env", name: "SHOP_HOOK" } },
    schedules: [
      { cron: "0 3 * * *", branch: "stable", targets: ["all"] },
      { cron: "0 4 * * 1", branch: "main", targets: ["test", "push"] },
    ],
    cancelRunning: true,
    buildAtStart: true,
    priority: -5,
    time: 1800,
    environment: ["NPM_TOKEN"],
  });
  expect(shop?.poll).toBeUndefined();
});

test("JSON is taken as well", () => {
  const text = JSON.stringify({ repositories: { a: { url: "/srv/a.git", targets: ["all"] } } });
  expect(must(read(text)).repositories[0]?.url).toBe("/srv/a.git");
});

/** A repository with one more line. */
const shop = (line: string) => `repositories:
  shop:
    url: https://git.example.org/shop.git
    targets: [push]
    ${line}
`;

test.each([
  ["", "server.yaml:1:1+1: this file is empty; a configuration needs at least `repositories`"],
  ["read: token", "server.yaml:1:1+11: the configuration needs the key `repositories`"],
  [
    "repositories: {}\nrepositorys: {}",
    "server.yaml:2:1+11: the configuration has no key `repositorys`; did you mean `repositories`?",
  ],
  [
    shop("notice: { pol: 1 min }"),
    "server.yaml:5:15+3: `notice` of repository `shop` has no key `pol`; did you mean `poll`?",
  ],
  [
    shop("time: 5m"),
    "server.yaml:5:11+2: expected a duration such as `90 s` or `1 h 30 min` for `time` of repository `shop`, found `5m`; did you mean `5 min`?",
  ],
  [shop("notice: { poll: 0.5 s }"), "server.yaml:5:21+5: `poll` is less than 1 s; wait longer"],
  [
    shop("priority: high"),
    "server.yaml:5:15+4: expected a whole number from -1000 to 1000 for `priority` of repository `shop`, found the text `high`",
  ],
  [
    shop("notice: { webhook: { kind: github, secret: hunter2 } }"),
    "server.yaml:5:48+7: `secret` of `webhook` of `notice` of repository `shop` stands here in plain text; write `{ env: NAME }` or `{ file: PATH }`, and change the secret: others may have read it",
  ],
  [
    shop("notice: { webhook: { kind: github, secret: { env: A, file: b } } }"),
    "server.yaml:5:48+19: `secret` of `webhook` of `notice` of repository `shop` has `env` and `file`, and takes one of them",
  ],
  [
    shop("notice: { webhook: { kind: bitbucket, secret: { env: A } } }"),
    "server.yaml:5:32+9: `kind` of `webhook` of `notice` of repository `shop` cannot be `bitbucket`: choose `github`, `gitea` or `gitlab`",
  ],
  [
    shop("schedules: [{ cron: 61 * * * * }]"),
    expect.stringContaining("server.yaml:5:25+10: `61 * * * *` is no schedule: "),
  ],
  [
    shop("branches: ['a..b']"),
    "server.yaml:5:16+6: `a..b` is no branch and no pattern of branches; write names such as `main` or `release/*`",
  ],
  [
    shop("params: { file: x }"),
    "server.yaml:5:15+4: `file` is an option of tbuild and no parameter",
  ],
  [
    shop("pull-requests: true"),
    "server.yaml:5:20+4: pull requests are not built; whoever opens one could run commands on this machine; leave the key out",
  ],
  [
    shop("environment: [LD_PRELOAD]"),
    "server.yaml:5:19+10: `LD_PRELOAD` cannot be given to runs; runs have it already, or it would change how tbuild and git work",
  ],
  [
    "repositories: { a: { url: /a, targets: [--force] } }",
    "server.yaml:1:41+7: `--force` is no name of a target",
  ],
  [
    "repositories: { a: { url: 'ext::sh -c x', targets: [b] } }",
    "server.yaml:1:27+14: `ext::sh -c x` for `url` of repository `a` is no repository that git can reach",
  ],
  [
    "repositories: { a: { url: 'https://me:pw@h/a', targets: [b] } }",
    "server.yaml:1:27+19: `url` of repository `a` has a password in plain text; leave it out and let git find it: a credential helper, `~/.netrc` or an SSH key of the server's user",
  ],
  [
    "repositories: { ../a: { url: /a, targets: [b] } }",
    "server.yaml:1:17+4: `../a` cannot name a repository; use letters, digits, `.`, `-` and `_`, a letter or digit first",
  ],
  [
    "repositories: {}\nlisten: 8095",
    "server.yaml:2:9+4: `8095` is no address to listen on; write HOST:PORT, such as `127.0.0.1:8095`",
  ],
  [
    "repositories: {}\nlisten: 0.0.0.0:8095",
    "server.yaml:2:9+12: `0.0.0.0` can be reached by others, and there are no tokens; listen on `127.0.0.1`, or make a token with `tbuild serve --new-token NAME --scope read`",
  ],
  [
    "repositories: {}\ntokens: [{ name: a, hash: tbuild_abc, scopes: [run] }]",
    "server.yaml:2:27+10: a token stands here in plain text; put its hash here; others may have read it, so make another one with `tbuild serve --new-token NAME --scope read`",
  ],
  [
    `repositories: {}\ntokens: [{ name: a, hash: "${hash}", scopes: [write] }]`,
    "server.yaml:2:111+5: a scope cannot be `write`: choose `read`, `run` or `admin`",
  ],
])("%j is told with its place", (text, problem) => {
  expect(problemsIn(text)).toEqual([problem]);
});

const two = (a: string, b: string) => `repositories:
  a: { url: /a, targets: [x], ${a} }
  b: { url: /b, targets: [], ${b} }
`;

test("who follows updates, unless it is told otherwise; nothing needs to be built of who is followed", () => {
  const read2 = (more: string) => must(read(two(`follows: b${more}`, "priority: 0"))).repositories;
  expect(read2("")).toMatchObject([{ follows: ["b"], update: [] }, { targets: [] }]);
  expect(read2(", update: [x]")[0]?.update).toEqual(["x"]);
  expect(read2(", update: false")[0]?.update).toBeUndefined();
  expect(must(read(shop("update: true"))).repositories[0]?.update).toEqual([]);
});

test.each([
  [
    two("follows: [nobody]", "priority: 0"),
    "server.yaml:2:41+6: there is no repository `nobody` to follow; name one of `repositories`",
  ],
  [
    two("follows: [b]", "follows: [a]"),
    "server.yaml:2:41+1: repositories follow each other: a -> b -> a; runs would start each other for ever; take one of them out",
  ],
  [
    two("follows: [a]", "priority: 0"),
    "server.yaml:2:41+1: repositories follow each other: a -> a; runs would start each other for ever; take one of them out",
  ],
  [
    two("follows: [b]", "branches: ['x/*']"),
    'server.yaml:2:41+1: repository `b` has no branch by name; put the branch that is meant into its `branches`: `[main, "release/*"]`',
  ],
  [
    two("priority: 0", "schedules: [{ cron: 0 3 * * * }]"),
    "server.yaml:3:41+21: a schedule of repository `b` has nothing to make; give it `targets`, since the repository has none",
  ],
])("%j is told with its place: nobody would know what to build", (text, problem) => {
  expect(problemsIn(text)[0]).toBe(problem);
});

test("two tokens of one name and two repositories of one name are told, all at once", () => {
  const token = `{ name: a, hash: "${hash}", scopes: [run] }`;
  const text = `tokens:\n  - ${token}\n  - ${token}\nrepositories: { a: { url: /a, targets: [b] } }\n`;
  expect(problemsIn(text)).toEqual([
    "server.yaml:3:13+1: there are two tokens `a`; choose another name",
  ]);
  expect(
    problemsIn("repositories:\n  a: { url: /a, targets: [b] }\n  a: { url: /a, targets: [b] }\n"),
  ).toEqual([
    "server.yaml:3:3+1: key `a` is here a second time (the first is at server.yaml:2:3); remove one of them",
  ]);
});

test("a token has a hash that is always the same, and no other has it", () => {
  const token = makeToken();
  expect(token).toMatch(/^tbuild_[\w-]{43}$/);
  expect(hashToken(token)).toMatch(/^sha256\$[0-9a-f]{64}$/);
  expect(hashToken(token)).toBe(hashToken(token));
  expect(hashToken(makeToken())).not.toBe(hashToken(token));
});

test("proxies that are believed are addresses, not names", () => {
  const config = must(read("proxies: [127.0.0.1, '::1']\nrepositories: {}"));
  expect(config.proxies).toEqual(["127.0.0.1", "::1"]);
  expect(problemsIn("proxies: [localhost]\nrepositories: {}")).toEqual([
    "server.yaml:1:11+9: `localhost` is no address of a proxy; write an IP address, as the server sees it: `127.0.0.1`",
  ]);
});
