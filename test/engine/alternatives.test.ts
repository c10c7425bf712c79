import { Workspace } from "../support/workspace.ts";

const targets = `
params:
  given: { type: path, help: Given files }
targets:
  files:
    first-of:
      - { use: "\${given}", match: ["*.txt"] }
      - target: made
  made: { run: echo made > out/x.txt, outputs: [out/x.txt] }
  count: { archive: files, to: n.tar.gz }
  all: { needs: [files] }
`;

const chosen = (run: { events: readonly { kind: string }[] }): unknown =>
  run.events.find(({ kind }) => kind === "alternative");

describe("alternatives", () => {
  test("the first that is given is taken, and the others are not made", async () => {
    const workspace = new Workspace(targets, { "mine/a.txt": "a" });
    const run = await workspace.build("all", { given: { given: `${workspace.root}/mine` } });
    expect(run.ran).toEqual(["files#1: never made"]);
    expect(chosen(run)).toMatchObject({ target: "files", passedOver: [] });
    expect(() => workspace.read("out/x.txt")).toThrow("ENOENT");
  });

  test("the same given content at another place makes nothing again", async () => {
    const workspace = new Workspace(targets, { "mine/a.txt": "a", "yours/a.txt": "a" });
    await workspace.build("count", { given: { given: `${workspace.root}/mine` } });
    const run = await workspace.build("count", { given: { given: `${workspace.root}/yours` } });
    expect(run.ran).not.toContainEqual(expect.stringMatching(/^count/));
  });

  test("one that names what git cannot tell is passed over, with the reason", async () => {
    const workspace = new Workspace(`
targets:
  files:
    first-of:
      - { fetch: "https://host.example/\${git.tag}.tar", sha256: "00" }
      - target: made
  made: { run: echo made > out/x.txt, outputs: [out/x.txt] }
`);
    const run = await workspace.build("files");
    expect(run.ran).toEqual(["made: never made"]);
    const why = `\`\${git.tag}\` has no value: \`${workspace.root}\` lies in no git repository`;
    expect(chosen(run)).toMatchObject({ chosen: "target made", passedOver: [{ why }] });
  });

  test("what is not given is passed over, visibly", async () => {
    const run = await new Workspace(targets).build("all");
    expect(run.ran).toEqual(["made: never made"]);
    expect(chosen(run)).toMatchObject({
      target: "files",
      chosen: "target made",
      passedOver: [{ why: "`--given` not given" }],
    });
  });

  test("without fallback, the missing input is an error of the surroundings", async () => {
    const run = await new Workspace(targets).build("all", { fallback: false });
    expect(run.ran).toEqual([]);
    expect(run.problems).toMatchObject([
      {
        code: "fallback-refused",
        blame: "surroundings",
        message: expect.stringMatching(/^target `files` cannot have `use.*`: `--given` not given$/),
      },
    ]);
  });

  test("what is given and wrong is an error, and no reason to take another", async () => {
    const run = await new Workspace(targets).build("all", { given: { given: "/nowhere/at-all" } });
    expect(run.messages).toEqual(["given path `/nowhere/at-all` does not exist"]);
    expect(run.ran).toEqual([]);
    expect(run).toMatchObject({ failed: 1, built: 0 });
  });

  test("what cannot be reached falls back, and is not tried again in the next run", async () => {
    const workspace = new Workspace(`
targets:
  sources:
    first-of:
      - { git: "file:///nowhere/at-all.git" }
      - target: own
  own: { run: "mkdir -p own; echo x > own/x", outputs: [own/] }
  all: { needs: [sources] }
`);
    const first = await workspace.build("all");
    expect(first.ran).toEqual(["sources#1: never made", "own: never made"]);
    expect(first).toMatchObject({ built: 1, failed: 0, skipped: 0 });
    const again = await workspace.build("all");
    expect(again.ran).toEqual([]);
    expect(again).toMatchObject({ fresh: 1, problems: [] });
    const forced = await workspace.build("sources", { force: true });
    expect(forced.ran).toEqual(["sources#1: never made", "own: forced"]);
  });
});
