/** The schema of `server.yaml` beside what reads it: both take the same. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { configSchema } from "../../src/server/config/config-schema.ts";
import { readConfig } from "../../src/server/config/read-config.ts";
import { shown } from "../config/support/workspace.ts";

const accepts = new Ajv({ allowUnionTypes: true }).compile(configSchema());
const problemsIn = (text: string) => shown(readConfig(text, "/srv/server.yaml", "server.yaml"));
const hash = `sha256$${"0".repeat(64)}`;
const shop = (more: string) =>
  `repositories: { shop: { url: /srv/shop, targets: [all], ${more} } }`;
const tokens = (more: string) => `tokens: [{ name: anna, ${more} }]\nrepositories: {}`;

test("the schema in the repository is the one that the reader's declarations make; `node scripts/schema.js` writes it", () => {
  const written = readFileSync(new URL("../../schema/server.schema.json", import.meta.url), "utf8");
  expect(written).toBe(`${JSON.stringify(configSchema(), null, 2)}\n`);
});

const page = readFileSync(new URL("../../docs/server.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);

test("the examples of the page about it are valid, by the reader and by the schema", () => {
  const whole = examples.filter((text) => /^(listen|repositories):/m.test(text));
  expect(whole).toHaveLength(3);
  for (const text of whole) {
    // One is the part that a container needs.
    const full = (text.includes("repositories:") ? text : `${text}repositories: {}\n`).replace(
      "sha256$…",
      hash,
    );
    expect([problemsIn(full), accepts(parse(full)), accepts.errors]).toEqual([[], true, null]);
  }
});

test.each([
  "repositories: {}",
  "read: public\nproxies: ['::1']\nrepositories: {}",
  "limits: { runs: 4, per-repository: 2, queued: 9, time: 1 h 30 min, stop: 5 }\nrepositories: {}",
  "keep: { runs: 10, for: 7 d, size: 1.5 GB }\nrepositories: {}",
  tokens(`hash: "${hash}", scopes: [run, admin]`),
  "repositories: { shop: { url: /srv/shop, targets: [] } }",
  "repositories: { shop: { url: /srv/shop, targets: push } }",
  shop("branches: release/*, params: { a: 1, b: true, c: x }, environment: [TOKEN]"),
  shop("update: true, cancel-running: true, build-at-start: false, pull-requests: false"),
  shop("update: [all], priority: -5, time: 30 min"),
  shop("notice: { poll: false, github-events: https://api.github.com/repos/a/b/events }"),
  shop("notice: { github-events: { url: http://h/e, token: { file: token } } }"),
  shop("notice: { webhook: { kind: gitea, secret: { env: HOOK } } }"),
  shop("schedules: [{ cron: 0 3 * * *, branch: main, targets: [all] }]"),
  "repositories: { a: { url: /a, targets: x, follows: b }, b: { url: /b, targets: [] } }",
])("what the reader takes, the schema takes: %s", (text) => {
  expect(problemsIn(text)).toEqual([]);
  expect([accepts(parse(text)), accepts.errors]).toEqual([true, null]);
});

test.each([
  "listen: 127.0.0.1:80",
  "repositories: {}\nrepositorys: {}",
  "repositories: {}\nlisten: 8095",
  "repositories: {}\nread: everybody",
  "repositories: {}\nurl: builds.example.org",
  "limits: { runs: 0 }\nrepositories: {}",
  "limits: { run: 1 }\nrepositories: {}",
  "limits: { time: 5m }\nrepositories: {}",
  "keep: { size: 20 }\nrepositories: {}",
  "keep: { days: 7 }\nrepositories: {}",
  tokens("hash: tbuild_abc, scopes: [run]"),
  tokens(`hash: "${hash}", scopes: [write]`),
  tokens(`hash: "${hash}", scopes: []`),
  tokens(`hash: "${hash}", scope: [run]`),
  "repositories: { ../a: { url: /a, targets: [b] } }",
  "repositories: { a: { url: /a } }",
  "repositories: { a: { url: /a, targets: [--force] } }",
  shop("branchs: [x]"),
  shop("branches: []"),
  shop("params: { 1a: x }"),
  shop("params: { a: [x] }"),
  shop("update: maybe not"),
  shop("priority: high"),
  shop("pull-requests: true"),
  shop("environment: TOKEN"),
  shop("notice: { pol: 1 min }"),
  shop("notice: { poll: true }"),
  shop("notice: { github-events: { uri: http://h/e } }"),
  shop("notice: { webhook: { kind: bitbucket, secret: { env: A } } }"),
  shop("notice: { webhook: { kind: github, secret: hunter2 } }"),
  shop("notice: { webhook: { kind: github, secret: { env: A, file: b } } }"),
  shop("notice: { webhook: { kind: github, secret: { environment: A } } }"),
  shop("schedules: [{ branch: main }]"),
  shop("schedules: [{ cron: 0 3 * * *, target: all }]"),
])("what the reader refuses for its shape, the schema refuses: %s", (text) => {
  expect(problemsIn(text)).not.toEqual([]);
  expect(accepts(parse(text))).toBe(false);
});
