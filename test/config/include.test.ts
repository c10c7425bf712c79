import {
  expanded,
  fieldsOf,
  loaded,
  must,
  problemsIn,
  resolved,
  shown,
  target,
} from "./support/workspace.ts";

const files = {
  "targets.yaml": `
params: { os: { default: bookworm, choices: [bookworm, trixie] }, rel: {}, key: { type: secret } }
include:
  bundles: bundles/targets.yaml
  tools: { file: tools/targets.yaml, params: { os: "x-\${os}", rel: "\${rel}", fast: true, key: "\${key}" } }
targets:
  web: { image: web, base: "bundles/base[a]" }
`,
  "bundles/targets.yaml": `
params: { os: { default: sid, choices: [sid] }, level: { default: 9 } }
targets:
  base: { matrix: { c: [a, b] }, image: "images/\${os}", needs: [rest] }
  rest: { run: "make \${level}", inputs: ["src/**", "!src/x"], outputs: [out/] }
`,
  "tools/targets.yaml": `
include: { deep: deep/t.yaml }
params: { os: {}, rel: { default: one }, fast: { type: flag }, where: { type: path, default: d }, key: { type: secret } }
targets:
  x: { run: ["\${os}", "\${rel}", "\${fast}"], secrets: { K: "\${key}" } }
  save: { save: deep/y, to: "\${where}" }
`,
  "tools/deep/t.yaml": "params: { os: {} }\ntargets: { y: { pull: '${os}' } }\n",
};

describe("an included file", () => {
  test("has its targets under the name of the include", () => {
    expect(loaded(files).targets.map(({ name }) => name)).toEqual([
      "web",
      "bundles/base",
      "bundles/rest",
      "tools/x",
      "tools/save",
      "tools/deep/y",
    ]);
  });

  test("is read by its own names, and from its own folder", () => {
    expect(fieldsOf(files, "web")).toEqual({ image: ["web"], base: "bundles/base[a]" });
    expect(target(files, "bundles/base[b]")).toMatchObject({
      folder: "bundles",
      needs: ["bundles/rest"],
      rule: { fields: { image: ["bundles/images/bookworm"] } },
    });
    expect(fieldsOf(files, "bundles/rest")).toMatchObject({
      inputs: [{ pattern: "bundles/src/**" }, { pattern: "!bundles/src/x" }],
      outputs: ["bundles/out/"],
    });
  });

  test("shares parameters by name, and the outer declaration wins", () => {
    const { parameters } = loaded(files);
    expect(parameters.map(({ name }) => name)).toEqual(["os", "rel", "key", "level", "where"]);
    expect(parameters[0]?.choices).toEqual(["bookworm", "trixie"]);
  });

  test("gets the values that the include fixes, in files below it too", () => {
    expect(fieldsOf(files, "tools/x")?.["run"]).toEqual({ argv: ["x-bookworm", "one", "true"] });
    expect(fieldsOf(files, "tools/deep/y", { given: { os: "trixie" } })?.["pull"]).toBe("x-trixie");
    expect(fieldsOf(files, "tools/x", { given: { rel: "two" } })?.["run"]).toEqual({
      argv: ["x-bookworm", "two", "true"],
    });
    expect(fieldsOf(files, "tools/x")?.["secrets"]).toEqual({ K: "key" });
  });

  test("has defaults of paths start at its folder", () => {
    expect(fieldsOf(files, "tools/save")?.["to"]).toMatch(/\/tools\/d$/);
  });

  test("counts among the files that were read", () => {
    const { root, files: read } = loaded(files);
    expect(read.map(({ path }) => path.slice(root.length + 1))).toEqual([
      "targets.yaml",
      "bundles/targets.yaml",
      "tools/targets.yaml",
      "tools/deep/t.yaml",
    ]);
  });

  test("asks for what the user can give where a fixed value is missing", () => {
    const text = {
      "targets.yaml":
        'params: { a: {} }\ninclude: { t: { file: t.yaml, params: { b: "${a}" } } }\n',
      "t.yaml": "params: { b: {} }\ntargets: { x: { pull: 'x:${b}' } }",
    };
    expect(target(text, "t/x").missing).toEqual(["a"]);
    expect(must(expanded(text)).targets.size).toBe(1);
  });

  test("may require a parameter: then the default of the outer file is none for it", () => {
    const text = {
      "targets.yaml":
        "params: { v: { type: string, default: 1, env: V } }\ninclude: { t: t.yaml }\ntargets: { y: { pull: 'y:${v}' } }\n",
      "t.yaml":
        "params: { v: { required: true, pattern: '[0-9]+' } }\ntargets: { x: { pull: 'x:${v}' } }",
    };
    expect([target(text, "t/x").missing, fieldsOf(text, "y")]).toEqual([["v"], { pull: "y:1" }]);
    expect(fieldsOf(text, "t/x", { given: { v: "2" } })).toEqual({ pull: "x:2" });
    expect(fieldsOf(text, "t/x", { environment: { V: "3" } })).toEqual({ pull: "x:3" });
    expect(shown(resolved(loaded(text), { given: { v: "a" } }))).toEqual([
      "t.yaml:1:11+1: parameter `v` cannot be `a`: expected text like `[0-9]+`",
    ]);
    const alone = { "targets.yaml": text["t.yaml"] };
    expect([target(alone, "x").missing, fieldsOf(alone, "x", { given: { v: "2" } })]).toEqual([
      ["v"],
      { pull: "x:2" },
    ]);
    const fixed = {
      ...text,
      "targets.yaml":
        "params: { v: { type: string, default: 1 } }\ninclude: { t: { file: t.yaml, params: { v: '${v}' } } }\n",
    };
    expect(fieldsOf(fixed, "t/x")).toEqual({ pull: "x:1" });
  });

  test("may be included twice, with other values", () => {
    const text = {
      "targets.yaml":
        "include: { a: { file: t.yaml, params: { v: 1 } }, b: { file: t.yaml, params: { v: 2 } } }\n",
      "t.yaml": "params: { v: { default: 0 } }\ntargets: { x: { pull: 'x:${v}' } }",
    };
    expect([fieldsOf(text, "a/x"), fieldsOf(text, "b/x")]).toEqual([
      { pull: "x:1" },
      { pull: "x:2" },
    ]);
  });
});

describe("problems of includes", () => {
  test("are a file that is not there, at the place that names it", () => {
    expect(problemsIn({ "targets.yaml": "include: { a: b/targets.yaml, c: . }\n" })).toEqual([
      "targets.yaml:1:15+14: cannot read `b/targets.yaml`: there is no such file",
      "targets.yaml:1:34+1: cannot read `.`: it is a folder; name the target file in it",
    ]);
  });

  test("are files that include each other, shown as a chain", () => {
    expect(
      problemsIn({
        "targets.yaml": "include: { a: a/t.yaml }\n",
        "a/t.yaml": "include: { b: ../b.yaml }\n",
        "b.yaml": "include: { a: a/t.yaml }\n",
      }),
    ).toEqual(["b.yaml:1:15+8: target files include each other: a/t.yaml -> b.yaml -> a/t.yaml"]);
  });

  test("are a file outside the workspace, unknown keys and wrong values", () => {
    expect(
      problemsIn({
        "targets.yaml": `include:
  a: ../t.yaml
  b: { fil: x }
  c: [x]
  "d e": { file: t.yaml, params: { lvel: 1, list: [x] } }
`,
        "t.yaml": "params: { level: {}, list: {} }\ntargets: {}\n",
      }),
    ).toEqual([
      "targets.yaml:2:6+9: `../t.yaml` for include `a` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:3:6+10: include `b` needs the key `file`",
      "targets.yaml:3:8+3: include `b` has no key `fil`; did you mean `file`?",
      "targets.yaml:4:6+3: expected the path of a target file for include `c`, found a list",
      "targets.yaml:5:3+5: `d e` cannot name an included file; use letters, digits, `.`, `-` and `_`, a letter, digit or `_` first",
      "targets.yaml:5:36+4: `d e` has no parameter `lvel`; did you mean `level`?",
      "targets.yaml:5:51+3: expected text for parameter `list`, found a list",
    ]);
  });

  test("are parameters of one name and two types", () => {
    expect(
      problemsIn({
        "targets.yaml": "params: { v: { default: 1 } }\ninclude: { a: t.yaml }\n",
        "t.yaml": "params: { v: { type: path } }\ntargets: {}\n",
      }),
    ).toEqual([
      "t.yaml:1:11+1: parameter `v` is a path here and a number elsewhere (the other is at targets.yaml:1:11); give both one type, or rename one",
    ]);
  });

  test("are values that do not fit the parameter that they are fixed for", () => {
    const declaration = loaded({
      "targets.yaml": "include: { a: { file: t.yaml, params: { n: many } } }\n",
      "t.yaml": "params: { n: { type: number } }\ntargets: {}\n",
    });
    expect(shown(resolved(declaration))).toEqual([
      "targets.yaml:1:44+4: parameter `n` cannot be `many`: expected a number",
    ]);
  });

  test("in one file include those of the other", () => {
    expect(
      problemsIn({
        "targets.yaml": "include: { a: t.yaml }\ntargets: { x: { needs: [a/yy] } }\n",
        "t.yaml": "targets: { y: { needs: [z] } }\n",
      }),
    ).toEqual([
      "targets.yaml:2:25+4: there is no target `a/yy`; did you mean `a/y`?",
      "t.yaml:1:25+1: there is no target `z`; did you mean `y`?",
    ]);
  });
});
