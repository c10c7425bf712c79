import { loaded, must, problemsIn, resolved } from "./support/workspace.ts";

const text = `params:
  version: { file: base/VERSION, env: VERSION }
  level: { type: number, file: LEVEL }
  os: { choices: [bookworm, trixie], file: OS }
targets: {}
`;
const files = {
  "targets.yaml": text,
  "base/VERSION": "\ufeff 8.1.0\r\n\n",
  LEVEL: "7",
  OS: "trixie\n",
};

test("a parameter has the value that its file holds, unless somebody gives it", () => {
  const declaration = loaded(files);
  const read = (given = {}) => Object.fromEntries(must(resolved(declaration, { given })).texts);
  expect(read()).toEqual({ version: "8.1.0", level: "7", os: "trixie" });
  expect(read({ version: "9" })).toMatchObject({ version: "9" });
});

test("the file is looked at as target files are, so that another value is noticed", () => {
  const { root, files: read } = loaded(files);
  const names = ["targets.yaml", "base/VERSION", "LEVEL", "OS"];
  expect(read.map(({ path }) => path)).toEqual(names.map((name) => `${root}/${name}`));
});

test("the file of an included file lies beside that", () => {
  const included = loaded({
    "targets.yaml": "include: { base: base/targets.yaml }\n",
    "base/targets.yaml": "params: { version: { file: VERSION } }\ntargets: {}\n",
    "base/VERSION": "8",
  });
  expect(must(resolved(included)).texts.get("version")).toBe("8");
});

test("a file that holds no value is told where it is named", () => {
  const wrong = `params:
  a: { file: no-such-file }
  b: { file: two-lines }
  c: { file: nothing }
  d: { type: number, file: text }
  e: { file: text, default: x }
  f: { type: path, file: text }
  g: { file: ../text }
  h: { file: [text] }
  i: { required: true, file: text }
targets: {}
`;
  const bad = {
    "targets.yaml": wrong,
    "two-lines": "a\nb\n",
    nothing: "\n",
    text: "text\n",
  };
  expect(problemsIn(bad)).toEqual([
    "targets.yaml:2:14+12: cannot read `no-such-file`: there is no such file",
    "targets.yaml:3:14+9: `two-lines` has 2 lines; the file of a parameter holds its value, and nothing else",
    "targets.yaml:4:14+7: `nothing` has no text; the file of a parameter holds its value, and nothing else",
    "targets.yaml:5:28+4: value of parameter `d` in `text` cannot be `text`: expected a number",
    "targets.yaml:6:14+4: `file` and `default` both say what it is when nobody gives it",
    "targets.yaml:7:26+4: `file` goes with types `string`, `number`, `choice`, not with `path`",
    "targets.yaml:8:14+7: `../text` for `file` leaves the workspace; give a path below the folder of the root target file",
    "targets.yaml:9:14+6: expected the path of a file for `file`, found a list",
    "targets.yaml:10:18+4: `required` says that somebody gives it, and `default` or `file` who else does; leave out one of the two",
  ]);
});
