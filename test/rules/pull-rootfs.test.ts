import { digestOf, problem } from "./support/fake-docker.ts";
import { name, noteOf, RuleRoom, told } from "./support/rule-room.ts";

describe("a pulled image", () => {
  test("is known by its reference, written the short way", async () => {
    const room = new RuleRoom();
    expect(await room.act("pull", { pull: "docker.io/library/debian:12" })).toEqual({
      kind: "made",
      artifacts: [{ kind: "image", digest: digestOf("pull debian:12"), references: ["debian:12"] }],
    });
  });

  test.each([
    ["image-not-found", "not found in the registry"],
    ["registry-unreachable", "the registry cannot be reached"],
    ["registry-denied", "the registry denies access"],
  ])("is not to be had after %s", async (code, why) => {
    const room = new RuleRoom();
    room.docker.problems.pull = problem(code, "no");
    expect(await room.act("pull", { pull: "debian" })).toMatchObject({
      kind: "unavailable",
      why,
      problem: { code, message: "no" },
    });
  });

  test("fails for any other reason", async () => {
    const room = new RuleRoom();
    room.docker.problems.pull = problem("engine-failed", "disk full");
    expect(await room.act("pull", { pull: "debian" })).toMatchObject({ kind: "failed" });
  });

  test("may have been loaded by hand where no registry is reached, but not made by tbuild", async () => {
    const room = new RuleRoom();
    room.docker.problems.pull = problem("registry-unreachable", "no");
    room.docker.hold(digestOf("loaded"), ["debian:12"]);
    const outcome = await room.act("pull", { pull: "debian:12" });
    expect(told(outcome)).toEqual(["debian:12"]);
    expect(noteOf(outcome)).toBe("the registry cannot be reached: the engine's own copy is used");
    room.docker.hold(digestOf("made"), ["debian:12"], { "org.tbuild.project": "shop" });
    expect(await room.act("pull", { pull: "debian:12" })).toMatchObject({ kind: "unavailable" });
  });

  test("has a name that is one", () => {
    expect(new RuleRoom().check("pull", { pull: "Debian" })).toEqual([
      "`Debian` is not the name of an image",
    ]);
  });
});

describe("an imported root file system", () => {
  test("gets its tags, its changes and the labels of its target", async () => {
    const room = new RuleRoom({ "r.tar": "" });
    const fields = { rootfs: { path: "r.tar" }, tags: ["debian:x"], changes: ['CMD ["sh"]'] };
    expect(room.reads("rootfs", fields)).toEqual(["r.tar"]);
    expect(told(await room.act("rootfs", fields))).toEqual(["debian:x"]);
    expect(room.docker.imports).toEqual([
      {
        tar: `${room.root}/r.tar`,
        changes: ['CMD ["sh"]', 'LABEL org.tbuild.project="shop"', 'LABEL org.tbuild.target="it"'],
      },
    ]);
  });

  test("comes from the one file that a target makes", async () => {
    const room = new RuleRoom({ "out/r.tar": "", "out/s.tar": "" });
    room.made["tar"] = [room.file("out/r.tar")];
    const fields = { rootfs: { targets: [name("tar")] } };
    expect(told(await room.act("rootfs", fields))).toEqual(["it:latest"]);
    room.made["tar"] = [room.file("out/r.tar"), room.file("out/s.tar")];
    expect(told(await room.act("rootfs", fields))).toBe(
      "`tar` makes 2 outputs, and `rootfs` needs one file",
    );
    room.made["tar"] = [room.tree("out")];
    expect(told(await room.act("rootfs", fields))).toBe(
      "`tar` makes one folder, and `rootfs` needs one file",
    );
  });

  test("that is not there is told", () => {
    expect(new RuleRoom().reads("rootfs", { rootfs: { path: "r.tar" } })).toBe(
      "root file system `r.tar` is not there, or no file",
    );
  });
});
