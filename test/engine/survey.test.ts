import { symlinkSync } from "node:fs";
import { type Snapshot, type Survey, surveyTargets } from "../../src/engine/fresh/survey.ts";
import { name } from "../support/graph.ts";
import { Workspace } from "../support/workspace.ts";

function survey(workspace: Workspace, wanted: string, withReserve = false): Survey {
  return surveyTargets(workspace.prepare(wanted).request, withReserve);
}

const names = ({ contents }: Snapshot): readonly string[] => [...contents.keys()];

/** Whether something at the path would be noticed, after all was looked at. */
function isWatched(workspace: Workspace, found: Survey, file: string): boolean {
  for (const target of found.targets) {
    found.inputsOf(target.name);
    found.outputsOf(target.name);
  }
  const cut = file.lastIndexOf("/");
  const folder = cut < 0 ? workspace.root : `${workspace.root}/${file.slice(0, cut)}`;
  return found.places.matters(folder, file.slice(cut + 1));
}

test("inputs are what the walk for the fingerprint reads, outputs are what was made", async () => {
  const workspace = new Workspace(
    `targets:
  made: { run: "cp src/a out/a", inputs: ["src/**", "!src/no"], outputs: [out/a] }
  other: { run: "true", inputs: [other] }`,
    { "src/a": "a", "src/no": "", other: "" },
  );
  const before = survey(workspace, "made");
  expect(before.targets.map((target) => target.name)).toEqual(["made"]);
  expect(names(before.inputsOf(name("made")))).toEqual(["src/a"]);
  expect(names(before.outputsOf(name("made")))).toEqual([]);

  await workspace.build("made");
  const after = survey(workspace, "made");
  expect(after.outputsOf(name("made"))).toEqual(after.recordedOf(name("made")));
  workspace.write({ "out/a": "edited" });
  expect([...after.outputsOf(name("made")).contents]).toEqual([["out/a", "output-changed"]]);
  workspace.remove("out/a");
  expect([...after.outputsOf(name("made")).contents]).toEqual([["out/a", "output-missing"]]);

  expect(isWatched(workspace, after, "src/new")).toBe(true);
  expect(isWatched(workspace, after, "out/a")).toBe(true);
  expect(isWatched(workspace, after, "out/else")).toBe(false);
  expect(isWatched(workspace, after, "other")).toBe(false);
  expect(isWatched(workspace, after, ".tbuild")).toBe(false);
});

test("of an image, contexts, the Dockerfile and the ignore file are read", () => {
  const workspace = new Workspace(`targets: { web: { image: [common, web] } }`, {
    "common/Dockerfile": "FROM scratch\n",
    "common/.dockerignore": "*.md\n",
    "web/page": "",
    "web/notes.md": "",
  });
  const found = survey(workspace, "web");
  expect(names(found.inputsOf(name("web")))).toEqual([
    "common/.dockerignore",
    "common/Dockerfile",
    "web/page",
  ]);
  for (const file of ["web/Dockerfile", "web/sub", "common/.dockerignore", "common/x"]) {
    expect(isWatched(workspace, found, file)).toBe(true);
  }
});

test("a target that cannot be read says why, and where it looked is watched", () => {
  const workspace = new Workspace(`targets:
  a: { run: "true", inputs: [late/one.txt, "later/*.txt"] }
  web: { image: missing }`);
  const found = survey(workspace, "a");
  expect(found.inputsOf(name("a")).problem).toBe("input `late/one.txt` matches no file");
  expect(isWatched(workspace, found, "late")).toBe(true);
  expect(isWatched(workspace, found, "late/one.txt")).toBe(true);

  const other = survey(workspace, "web");
  expect(other.inputsOf(name("web")).problem).toBe("context folder `missing` does not exist");
  expect(isWatched(workspace, other, "missing")).toBe(true);
});

test("a link counts by what it leads to", () => {
  const workspace = new Workspace(`targets: { a: { run: "true", inputs: ["src/*"] } }`, {
    "real/file": "",
    "src/": "",
  });
  symlinkSync("../real/file", `${workspace.root}/src/link`);
  expect(isWatched(workspace, survey(workspace, "a"), "real/file")).toBe(true);
});

test("what comes before a target is told with groups followed", () => {
  const workspace = new Workspace(`targets:
  a: { run: "true" }
  b: { run: "true", needs: [a] }
  group: { needs: [a, b] }
  c: { run: "true", needs: [group] }`);
  expect(survey(workspace, "c").targets).toMatchObject([
    { name: "a", after: [] },
    { name: "b", after: ["a"] },
    { name: "c", after: ["b", "a"] },
  ]);
});

test("of alternatives the one that is taken is looked at, the later ones when they are asked for", () => {
  const workspace = new Workspace(
    `targets:
  source: { run: "true", inputs: [src] }
  set:
    first-of:
      - { fetch: "file:///nowhere", to: out/set }
      - target: source`,
    { src: "" },
  );
  const told = (withReserve: boolean) =>
    survey(workspace, "set", withReserve).targets.map((each) => [each.name, each.inReserve]);
  expect(told(false)).toEqual([["set#1", false]]);
  expect(told(true)).toEqual([
    ["set#1", false],
    ["source", true],
  ]);
});

test("where the graph has problems, all that is declared is looked at", () => {
  const workspace = new Workspace(
    `targets:
  a: { run: "true", needs: [b], inputs: [src] }
  b: { run: "true", needs: [a] }`,
    { src: "" },
  );
  const found = survey(workspace, "a");
  expect(found.targets.map((target) => target.name)).toEqual(["a", "b"]);
  expect(isWatched(workspace, found, "src")).toBe(true);
});
