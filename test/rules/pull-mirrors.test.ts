import { digestOf, problem } from "./support/fake-docker.ts";
import { noteOf, RuleRoom, told } from "./support/rule-room.ts";

const mirrors = ["mirror.example:5000", "cache.example/hub"];

function newRoom(host = "docker.io"): RuleRoom {
  const room = new RuleRoom();
  room.registries = { [host]: { insecure: false, mirrors } };
  return room;
}

const names = async (room: RuleRoom): Promise<readonly string[]> =>
  (await room.docker.images()).flatMap(({ references }) => references);

test("an image of Docker Hub comes from the first mirror, under its own name alone", async () => {
  const room = newRoom();
  const outcome = await room.act("pull", { pull: "debian:12" });
  const id = digestOf("pull mirror.example:5000/library/debian:12");
  expect(outcome).toEqual({
    kind: "made",
    artifacts: [{ kind: "image", digest: id, references: ["debian:12"] }],
  });
  expect(await names(room)).toEqual(["debian:12"]);
  expect(room.output).toEqual(["pulled from a mirror as mirror.example:5000/library/debian:12"]);
});

test("a mirror that cannot give it is passed over with a line, and the registry is asked last", async () => {
  const room = newRoom("r.example");
  const [first, second] = ["mirror.example:5000/team/a:1", "cache.example/hub/team/a:1"];
  room.docker.absent.set(first, problem("registry-unreachable", "no way"));
  room.docker.absent.set(second, problem("image-not-found", "no such image"));
  expect(told(await room.act("pull", { pull: "r.example/team/a:1" }))).toEqual([
    "r.example/team/a:1",
  ]);
  expect(room.docker.pulls).toEqual([first, second, "r.example/team/a:1"]);
  expect(room.output).toEqual(["mirror passed over: no way", "mirror passed over: no such image"]);
});

test("when nobody has it, what the registry itself says is told", async () => {
  const room = newRoom();
  room.docker.problems.pull = problem("image-not-found", "not here");
  expect(await room.act("pull", { pull: "debian:12" })).toMatchObject({
    kind: "unavailable",
    why: "not found in the registry",
  });
});

test("an engine that fails is no matter of a mirror", async () => {
  const room = newRoom();
  room.docker.problems.pull = problem("engine-unreachable", "gone");
  expect(await room.act("pull", { pull: "debian:12" })).toMatchObject({
    kind: "failed",
    problem: { code: "engine-unreachable" },
  });
  expect(room.docker.pulls).toHaveLength(1);
});

test("a name of the mirror that was there stays, and names what it named", async () => {
  const room = newRoom();
  const mirrored = "mirror.example:5000/library/debian:12";
  room.docker.hold(digestOf("mine"), [mirrored]);
  room.docker.hold(digestOf("other"), ["other:1"]);
  await room.act("pull", { pull: "debian:12" });
  expect(await room.docker.imageId(mirrored)).toBe(digestOf("mine"));
  expect(await room.docker.imageId("debian:12")).toBe(digestOf(`pull ${mirrored}`));
});

test("a digest is asked for as it is, and stands in the tag of what a mirror gave", async () => {
  const room = newRoom();
  const hex = "a".repeat(64);
  const outcome = await room.act("pull", { pull: `debian:12@sha256:${hex}` });
  expect(room.docker.pulls).toEqual([`mirror.example:5000/library/debian@sha256:${hex}`]);
  expect(told(outcome)).toEqual([`debian:sha256-${hex}`]);
  expect(noteOf(outcome)).toBeUndefined();
  expect(await names(room)).toEqual([`debian:sha256-${hex}`]);
});

test("registries without mirrors are asked as ever", async () => {
  const room = newRoom("r.example");
  await room.act("pull", { pull: "debian:12" });
  expect(room.docker.pulls).toEqual(["debian:12"]);
});
