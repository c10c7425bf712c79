/** Services: up and ready while what needs them is made, reached by name, told apart by content, always stopped. */

import { writeFiles } from "../support/folder.ts";
import { says, start } from "./running.ts";
import {
  containers,
  fileInImage,
  imageId,
  onBase,
  shellFiles,
  shellTarget,
  tag,
  workspace,
} from "./small-workspace.ts";
import { type Built, build, tbuild } from "./tbuild.ts";

/** A web server of what lies in /srv, in perl, which the base image has. */
const serve = `use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => 80, Listen => 9, ReuseAddr => 1) or die;
$| = 1; print "serves\\n";
my $refusals = $ENV{REFUSE} // 0;
while (my $client = $server->accept) {
  my ($path) = <$client> =~ m{ (/\\S*)};
  while (<$client>) { last if /^\\r?$/ }
  exit 3 if $ENV{DIE};
  if ($refusals-- > 0) { print "not yet\\n"; print $client "HTTP/1.0 503 no\\r\\n\\r\\n"; }
  elsif (open my $file, "/srv$path") { print $client "HTTP/1.0 200 ok\\r\\n\\r\\n", <$file>; }
  else { print $client "HTTP/1.0 404 no\\r\\n\\r\\n"; }
  close $client;
}
`;

/** get FILE: what the service at REPO_URL says. */
const get = `use IO::Socket::INET;
my ($host, $port) = $ENV{REPO_URL} =~ m{//(.*):(\\d+)};
my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die "$ENV{REPO_URL}: $!";
print $server "GET /$ARGV[0] HTTP/1.0\\r\\n\\r\\n";
my ($head, $body) = split /\\r\\n\\r\\n/, join("", <$server>);
die $head unless $head =~ / 200 /;
print $body;
`;

const repoFiles = {
  "repo/Dockerfile": onBase("COPY serve.pl /", "COPY srv /srv", 'CMD ["perl", "/serve.pl"]'),
  "repo/serve.pl": serve,
};
const repo = (service: string, more = ""): string => `
  repo:
    image: repo
    tags: [${tag("repo")}]
    service: ${service}
    ${more}`;
const ready = "{ port: 80, ready: { http: /index } }";
const install = (file: string): string =>
  onBase("COPY get.pl /", "ARG REPO_URL", `RUN perl /get.pl ${file} >/installed && cat /installed`);

/** States of services and ends of targets, in their order. */
const story = ({ events }: Pick<Built, "events">): string[] =>
  events.flatMap((event) => {
    if (event.kind === "service") return [`${event.target} ${event.state}`];
    return event.kind === "target-finished" ? [`${event.target} ${event.outcome}`] : [];
  });

test("a service is up and ready while its dependents build, and only then", async () => {
  const folder = workspace(
    `targets:${repo(`{ port: 80, ready: { http: /index }, env: { REFUSE: "5" } }`)}
  one: { image: web, tags: [${tag("one")}], with: [repo] }
  two: { image: web, args: { N: "2" }, tags: [${tag("two")}], with: [repo] }
  all: { needs: [one, two] }`,
    {
      ...repoFiles,
      "repo/srv/index": "hello",
      "web/Dockerfile": install("index"),
      "web/get.pl": get,
    },
  );

  const first = await build(folder, ["all"]);

  expect(first.exitCode).toBe(0);
  const told = story(first);
  expect(told.slice(0, 3)).toEqual(["repo built", "repo starting", "repo ready"]);
  expect(told.slice(3).sort()).toEqual(["one built", "repo stopped", "two built"]);
  expect(told.at(-1)).toBe("repo stopped");
  expect(await containers()).toEqual([]);
  expect(await fileInImage(tag("one"), "/installed")).toBe("hello");
  const again = await build(folder, ["all"]);
  expect(story(again)).toEqual(["repo fresh", "one fresh", "two fresh"]);
});

test("what it offers counts by `uses`, and a change of it reaches the RUN step that installs it", async () => {
  const folder = workspace(
    `targets:
  packages: { run: "mkdir -p out; cp src/* out/", inputs: ["src/*"], outputs: [out/] }${repo(ready, "include: { srv/pool: packages }")}
  one: { image: one, tags: [${tag("one")}], with: { repo: { uses: ["srv/pool/one*"] } } }
  two: { image: two, tags: [${tag("two")}], with: { repo: { uses: ["srv/pool/two*"] } } }
  all: { needs: [one, two] }`,
    {
      ...repoFiles,
      "repo/srv/index": "",
      ...Object.fromEntries(
        ["one", "two"].flatMap((name) => [
          [`src/${name}`, `${name} 1`],
          [`${name}/Dockerfile`, install(`pool/${name}`)],
          [`${name}/get.pl`, get],
        ]),
      ),
    },
  );
  expect((await build(folder, ["all"])).exitCode).toBe(0);
  const two = await imageId(tag("two"));
  writeFiles(folder, { "src/one": "one 2" });

  const { ran, events } = await build(folder, ["all"]);

  expect(ran).toEqual(["one", "packages", "repo"]);
  const why = events.flatMap((event) =>
    event.kind === "target-started" && event.target === "one" ? [event.why] : [],
  );
  expect(why).toEqual(["service `repo` changed"]);
  expect(await fileInImage(tag("one"), "/installed")).toBe("one 2");
  expect(await imageId(tag("two"))).toBe(two);
});

test("commands reach it too: in a container by its name, on the host by its port", async () => {
  const folder = workspace(
    `targets:${repo(ready)}${shellTarget}
  inside: { run: "perl get.pl index >inside; echo $REPO_URL", in: shell, inputs: [get.pl], outputs: [inside], with: [repo] }
  outside: { run: "perl get.pl index >outside", inputs: [get.pl], outputs: [outside], with: [repo] }
  check: { run: "cat inside outside", inputs: [{ target: inside }, { target: outside }] }`,
    { ...repoFiles, ...shellFiles, "repo/srv/index": "hello\n", "get.pl": get },
  );

  const { exitCode, events } = await build(folder, ["check"]);

  expect(exitCode).toBe(0);
  const said = events.flatMap((event) => (event.kind === "output" ? [event.line] : []));
  expect(said.filter((line) => line === "hello")).toHaveLength(2);
  expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^http:\/\/repo:\d+$/)]));
});

describe("a service that cannot serve fails what needs it, with its own last words", () => {
  const failing = (service: string): string =>
    workspace(
      `targets:${repo(service)}
  web: { image: web, tags: [${tag("web")}], with: [repo] }`,
      {
        ...repoFiles,
        "repo/srv/index": "",
        "web/Dockerfile": install("index"),
        "web/get.pl": get,
      },
    );

  test.each([
    [
      "when it never answers",
      `{ port: 80, ready: { http: /index, timeout: 1 }, env: { REFUSE: "9999" } }`,
      "service `repo` was not ready within 1 s",
      "not yet",
    ],
    [
      "when it dies",
      `{ port: 80, ready: { http: / }, env: { DIE: "1" } }`,
      "service `repo` ended with code 3 before it was ready",
      "serves",
    ],
    [
      "when its program is not there",
      `{ port: 80, command: [no-such-program] }`,
      "cannot start the service `repo`",
      "no-such-program",
    ],
    [
      "when it ends at once",
      '{ port: 80, ready: { tcp: true }, command: [sh, -c, "echo no configuration; exit 3"] }',
      "service `repo`",
      "no configuration",
    ],
  ])("%s", async (_, service, message, line) => {
    const folder = failing(service);

    const { exitCode, stderr } = await tbuild(folder, ["web"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(line);
    expect(await containers()).toEqual([]);
    expect(await imageId(tag("web"))).toBeUndefined();
  });
});

describe("a service is stopped", () => {
  const folderWith = (step: string): string =>
    workspace(
      `targets:${repo(ready)}
  web: { image: web, tags: [${tag("stopped")}], with: [repo] }`,
      { ...repoFiles, "repo/srv/index": "", "web/Dockerfile": onBase(step) },
    );

  test("when the build of a dependent fails", async () => {
    const folder = folderWith("RUN echo broken && exit 4");

    const { exitCode, stdout } = await build(folder, ["web"]);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('"kind":"service","target":"repo","state":"stopped"');
    expect(await containers()).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("on %s, in time", async (signal) => {
    const running = start(folderWith(`RUN echo begun ${signal} && sleep 3600`), ["web"]);
    await running.until(says(`begun ${signal}`));
    expect(await containers()).toEqual([expect.stringMatching(/^tbuild-repo-/)]);

    running.signal(signal);

    const { exitCode, milliseconds } = await running.ended;
    expect(exitCode).toBe(130);
    expect(milliseconds).toBeLessThan(2000);
    expect(await containers()).toEqual([]);
  });

  test("on SIGINT while it is waited for", async () => {
    const folder = workspace(
      `targets:${repo(`{ port: 80, ready: { http: /index }, env: { REFUSE: "99999" } }`)}
  web: { run: "true", with: [repo] }`,
      { ...repoFiles, "repo/srv/index": "" },
    );
    const running = start(folder, ["web"]);
    await running.until((event) => event.kind === "service" && event.state === "starting");

    running.signal("SIGINT");

    const { exitCode, milliseconds } = await running.ended;
    expect(exitCode).toBe(130);
    expect(milliseconds).toBeLessThan(2000);
    expect(await containers()).toEqual([]);
  });
});
