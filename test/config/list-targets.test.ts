import { join } from "node:path";
import { findTargetFile } from "../../src/config/find-target-file.ts";
import { listTargets, reachableParameters, resolveWanted } from "../../src/config/list-targets.ts";
import { nearest } from "../../src/model/nearest.ts";
import { temporaryFolder } from "../support/folder.ts";
import { loaded, must, shown } from "./support/workspace.ts";

const declaration = () =>
  loaded(`
params: { v: {}, os: {}, packages: { type: path }, to: { type: path }, which: {}, unused: {}, t: { type: secret } }
targets:
  deb: { matrix: { c: [a, b] }, run: "make \${v}", secrets: { T: "\${t}" } }
  packages: { first-of: [{ use: "\${packages}" }, { target: deb }] }
  images: { help: All, matrix: { c: [a, b], d: [x] }, image: "\${os}", include: { p: packages } }
  save: { save: images, to: "\${to}" }
  any: { needs: ["pack\${which}"] }
`);

const reachable = (...names: string[]) =>
  reachableParameters(declaration(), names).map(({ name }) => name);

test("the list of targets has a matrix once, with its members", () => {
  expect(listTargets(declaration())).toEqual([
    expect.objectContaining({ name: "deb", rule: "run", members: ["deb[a]", "deb[b]"] }),
    {
      name: "packages",
      rule: "first-of",
      location: { file: "targets.yaml", line: 5, column: 3, length: 8 },
    },
    expect.objectContaining({
      name: "images",
      help: "All",
      members: ["images[a,x]", "images[b,x]"],
    }),
    expect.objectContaining({ name: "save" }),
    {
      name: "any",
      location: { file: "targets.yaml", line: 8, column: 3, length: 3 },
    },
  ]);
});

test("a target has the parameters of all that it may need as options, alternatives included", () => {
  expect(reachable("deb")).toEqual(["v", "t"]);
  expect(reachable("packages")).toEqual(["v", "packages", "t"]);
  expect(reachable("images[a,x]")).toEqual(["v", "os", "packages", "t"]);
  expect(reachable("save", "deb")).toEqual(["v", "os", "packages", "to", "t"]);
  expect(reachable("any")).toEqual(["v", "packages", "which", "t"]);
  expect(reachable("nothing")).toEqual([]);
});

test("a parameter that only an included file uses, and requires, is as that file declares it", () => {
  const files = loaded({
    "targets.yaml": `
params: { v: { type: string, default: 1, help: outer } }
include: { t: t.yaml }
targets: { x: { pull: "x:\${v}" }, both: { needs: [x, t/y] } }
`,
    "t.yaml": 'params: { v: { required: true, help: inner } }\ntargets: { y: { pull: "y:${v}" } }',
  });
  const told = (name: string) =>
    reachableParameters(files, [name]).map((each) => [each.name, each.default, each.help]);
  expect(told("x")).toEqual([["v", "1", "outer"]]);
  expect(told("t/y")).toEqual([["v", undefined, "inner"]]);
  expect(told("both")).toEqual([["v", "1", "outer"]]);
});

test("names from the command line become targets, each once", () => {
  expect(must(resolveWanted(declaration(), ["images", "images[b,x]", "save"]))).toEqual([
    "images[a,x]",
    "images[b,x]",
    "save",
  ]);
});

test("a name from the command line that is none gets a guess and a way on", () => {
  const wrong = ["imges", "zzzzzzzz", "images[b,y]", "images[a]", "save[x]"];
  expect(shown(resolveWanted(declaration(), wrong))).toEqual([
    "there is no target `imges`; did you mean `images`? `tbuild list` shows all",
    "there is no target `zzzzzzzz`; `tbuild list` shows all",
    "there is no target `images[b,y]`; did you mean `images[b,x]`?",
    "`images[a]` gives 1 value, the matrix has 2 keys: `c`, `d`",
    "there is no target `save[x]`: `save` has no matrix; did you mean `save`?",
  ]);
});

test("the target file is looked for from the folder upwards", () => {
  const root = temporaryFolder({ "targets.yaml": "", "a/b/c": "", "d/targets.yaml/x": "" });
  expect(findTargetFile(join(root, "a/b"))).toBe(join(root, "targets.yaml"));
  expect(findTargetFile(join(root, "d"))).toBe(join(root, "targets.yaml"));
  expect(findTargetFile("/")).toBeUndefined();
});

test.each([
  ["imges", "images"],
  ["iamges", "images"],
  ["Images", "images"],
  ["al", "all"],
  ["image", "images"],
])("for `%s`, `%s` is guessed", (name, wanted) => {
  expect(nearest(name, known)).toBe(wanted);
});

test.each(["xyz", "a"])("for `%s`, which is near to nothing, there is no guess", (name) => {
  expect(nearest(name, known)).toBeUndefined();
});

const known = ["images", "all", "package-build", "ab-cd"];
