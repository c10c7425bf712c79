import { nameIn } from "../../src/rules/push/push-names.ts";
import { digestOf, problem } from "./support/fake-docker.ts";
import { name, noteOf, RuleRoom, told } from "./support/rule-room.ts";

function newRoom(): RuleRoom {
  const room = new RuleRoom();
  for (const [target, references] of [
    ["web", ["shop/web:1", "shop/web:latest"]],
    ["agent", ["shop/agent:1"]],
  ] as const) {
    const digest = digestOf(target);
    room.docker.hold(digest, references);
    room.made[target] = [{ kind: "image", digest, references }];
  }
  return room;
}

const fields = {
  push: [name("web"), name("agent")],
  registry: "localhost:5000/team/",
  via: "engine",
};

test("every tag goes to the registry, and the engine is left as it was", async () => {
  const room = newRoom();
  const before = await room.docker.images();
  const outcome = await room.act("push", fields);
  expect(told(outcome)).toHaveLength(3);
  expect(noteOf(outcome)).toBe("3 tags pushed to localhost:5000/team");
  expect([...room.docker.pushed].sort()).toEqual([
    "localhost:5000/team/agent:1",
    "localhost:5000/team/web:1",
    "localhost:5000/team/web:latest",
  ]);
  expect(await room.docker.images()).toEqual(before);
});

test("names that were in the engine before stay, and name what they named", async () => {
  const room = newRoom();
  room.docker.hold(digestOf("other"), ["localhost:5000/team/web:1"]);
  await room.docker.tag(digestOf("agent"), "localhost:5000/team/agent:1");
  await room.act("push", fields);
  expect(await room.docker.imageId("localhost:5000/team/web:1")).toBe(digestOf("other"));
  expect(await room.docker.imageId("localhost:5000/team/agent:1")).toBe(digestOf("agent"));
  expect(await room.docker.imageId("localhost:5000/team/web:latest")).toBeUndefined();
});

test("a push that fails leaves no names behind", async () => {
  const room = newRoom();
  room.docker.problems.push = problem("registry-unreachable", "no answer");
  expect(told(await room.act("push", fields))).toBe("no answer");
  const names = (await room.docker.images()).flatMap(({ references }) => references);
  expect(names.filter((reference) => reference.startsWith("localhost"))).toEqual([]);
});

test.each([
  ["host:5000/team", "shop/web:1", "host:5000/team/web:1"],
  ["host:5000", "shop/web:1", "host:5000/shop/web:1"],
  ["host:5000", "ghcr.io/shop/web", "host:5000/shop/web:latest"],
  ["host/a/b", "web:x", "host/a/b/web:x"],
])("pushed to %s, %s is called %s", (registry, reference, pushed) => {
  expect(nameIn(registry, reference)).toBe(pushed);
});

test("an image that is named by its digest alone has no name to push", () => {
  expect(nameIn("host/a", `web@sha256:${"a".repeat(64)}`)).toBeUndefined();
});

test("two images with one name in the registry are a mistake", async () => {
  const room = newRoom();
  room.made["agent"] = [{ kind: "image", digest: digestOf("agent"), references: ["other/web:1"] }];
  expect(told(await room.act("push", fields))).toBe(
    "`shop/web:1` and `other/web:1` would both be pushed as `localhost:5000/team/web:1`",
  );
  expect(room.docker.pushed).toEqual([]);
});

test.each([
  ["http://localhost:5000", "registry `http://localhost:5000` is a URL"],
  ["https://me:pw@host/team", "registry `https://***@host/team` is a URL"],
  ["host:5000/my team", "registry `host:5000/my team` is not HOST or HOST/NAME"],
  ["host:5000/Team", "registry `host:5000/Team` is not HOST or HOST/NAME"],
  ["", "registry `` is not HOST or HOST/NAME"],
  ["team", "registry `team` begins with no host"],
])("%p is no registry", (registry, message) => {
  expect(new RuleRoom().check("push", { ...fields, registry })).toEqual([message]);
});

test.each([
  "localhost",
  "localhost/a",
  "host:5000",
  "host.example/a/b/",
  "[::1]:5000/a",
  "docker.io/me",
])("%s is a registry", (registry) => {
  expect(new RuleRoom().check("push", { ...fields, registry })).toEqual([]);
});

test("with `tags` each image goes under those, once in each of its repositories", async () => {
  const room = newRoom();
  const tags = ["5.1", "5", "latest", "5.1"];
  expect(noteOf(await room.act("push", { ...fields, tags }))).toBe(
    "6 tags pushed to localhost:5000/team",
  );
  expect([...room.docker.pushed].sort()).toEqual(
    ["agent:5", "agent:5.1", "agent:latest", "web:5", "web:5.1", "web:latest"].map(
      (name) => `localhost:5000/team/${name}`,
    ),
  );
});

test.each([
  [[], "`tags` is empty"],
  [[""], "a tag is empty"],
  [["a b"], "`a b` is no tag"],
  [["-a"], "`-a` is no tag"],
  [["web:1"], "`web:1` is no tag"],
  [["1", "feature/x"], "`feature/x` is no tag"],
  [["a".repeat(129)], `\`${"a".repeat(20)}…\` is no tag: it has 129 characters`],
])("tags %j are refused", (tags, message) => {
  expect(new RuleRoom().check("push", { ...fields, tags })).toEqual([message]);
});

test("128 characters are a tag", () => {
  expect(new RuleRoom().check("push", { ...fields, tags: ["_".repeat(128)] })).toEqual([]);
});

test("`dated` is refused beside `via: engine`", () => {
  expect(new RuleRoom().check("push", { ...fields, dated: true })).toEqual([
    "`dated` goes with `via: registry` alone",
  ]);
});
