/** Parameters with several values, the pieces of these, and matrices that take them. */
import { definitionsOf } from "../../src/config/expand/definitions.ts";
import { fillMatrices } from "../../src/config/expand/fill-matrices.ts";
import { listTargets, reachableParameters } from "../../src/config/list-targets.ts";
import {
  expanded,
  fieldsOf,
  loaded,
  must,
  problemsIn,
  resolved,
  shown,
} from "./support/workspace.ts";

const services = `params:
  service: { type: list, default: [web, db], env: SERVICES }
targets:
  images: { matrix: { name: "\${service}" }, image: "images/\${name}", tags: ["shop/\${name}:1"] }
  all: { needs: [images] }
`;

const packages = `params:
  package:
    type: list
    form: name==version
    pattern: { name: "[a-z]+" }
    help: What to pack
  version: {}
targets:
  wheel: { matrix: { bundle: "\${package}" }, run: "make \${bundle.name}", outputs: ["out/\${bundle}"] }
  image:
    matrix: { bundle: "\${package}" }
    pull: "\${bundle.name}:\${bundle.version}"
    needs: ["wheel[\${bundle}]"]
  all: { needs: [image] }
`;

type Given = Parameters<typeof resolved>[1];

const namesOf = (files: string, given: Given = {}) => [
  ...must(expanded(files, given)).targets.keys(),
];

const textOf = (files: string, given: Given = {}) =>
  must(resolved(loaded(files), given)).texts.get("service");

const refusal = (files: string, given: Given = {}) => shown(resolved(loaded(files), given));

describe("a list", () => {
  test("is its default, or what is given with commas, or a variable with spaces or commas", () => {
    expect(textOf(services)).toBe("web,db");
    expect(textOf(services, { given: { service: "db,cache" } })).toBe("db,cache");
    expect(textOf(services, { environment: { SERVICES: " db cache,web\n" } })).toBe("db,cache,web");
  });

  test("with an empty value, or the same twice, is refused", () => {
    expect(refusal(services, { given: { service: "web," } })).toEqual([
      "parameter `service` has an empty value (given by --service)",
    ]);
    expect(refusal(services, { given: { service: "" } })).toEqual([
      "parameter `service` has an empty value (given by --service)",
    ]);
    expect(refusal(services, { environment: { SERVICES: "a b a" } })).toEqual([
      "parameter `service` has `a` a second time (given by environment variable SERVICES)",
    ]);
  });

  test("has values that may stand in the name of a target", () => {
    expect(refusal(services, { given: { service: "a b" } })).toEqual([
      "parameter `service` cannot be `a b`: expected letters, digits and `. _ - + ~ : @ / =` (given by --service)",
    ]);
  });

  test("may have choices or a pattern for each value", () => {
    const chosen = "params: { s: { type: list, choices: [a, b] } }\ntargets: {}\n";
    expect(refusal(chosen, { given: { s: "a,c" } })).toEqual([
      "parameter `s` cannot be `c`: choose `a` or `b` (given by --s)",
    ]);
    const like = 'params: { s: { type: list, pattern: "[a-z]+" } }\ntargets: {}\n';
    expect(refusal(like, { given: { s: "a,B" } })).toEqual([
      "parameter `s` cannot be `B`: expected text like `[a-z]+` (given by --s)",
    ]);
  });

  test("stands in a text with commas between its values", () => {
    const file = 'params: { s: [a, b] }\ntargets: { t: { pull: "x:${s}" } }\n';
    expect(problemsIn(file)).toEqual([
      "targets.yaml:1:14+6: expected a mapping such as `{ default: … }` for parameter `s`, found a list",
    ]);
    const good = 'params: { s: { default: [a, b] } }\ntargets: { t: { pull: "x:${s}" } }\n';
    expect(fieldsOf(good, "t")).toEqual({ pull: "x:a,b" });
  });
});

describe("a matrix of a list", () => {
  test("has a member for each value that the list has now", () => {
    expect(namesOf(services)).toEqual(["images[web]", "images[db]", "all"]);
    expect(namesOf(services, { given: { service: "cache" } })).toEqual(["images[cache]", "all"]);
  });

  test("has no members where the list is switched off, in included files too", () => {
    expect(namesOf(services, { given: { service: false } })).toEqual(["all"]);
    const inner =
      'params: { s: { type: list } }\ntargets: { t: { matrix: { n: "${s}" }, pull: "${n}" }, all: { needs: [t] } }\n';
    const outer = `params: { mine: { default: [x, y] } }
include: { a: i.yaml, b: { file: i.yaml, params: { s: "\${mine}" } } }
targets: {}
`;
    const files = { "targets.yaml": outer, "i.yaml": inner };
    expect(namesOf(files as never, { given: { s: "p", mine: false } })).toEqual([
      "a/t[p]",
      "a/all",
      "b/all",
    ]);
    expect(namesOf(files as never, { given: { s: false } })).toEqual([
      "a/all",
      "b/t[x]",
      "b/t[y]",
      "b/all",
    ]);
  });

  test("gives the pieces of each value", () => {
    const given = { package: "flask==3.0.0,django==5.0" };
    expect(fieldsOf(packages, "image[django==5.0]", { given })).toEqual({ pull: "django:5.0" });
    expect(
      must(expanded(packages, { given })).targets.get("image[flask==3.0.0]" as never),
    ).toMatchObject({ needs: ["wheel[flask==3.0.0]"], parameters: {}, missing: [] });
  });

  test("makes no target another one when the list becomes longer", () => {
    const one = must(expanded(packages, { given: { package: "a==1" } }));
    const two = must(expanded(packages, { given: { package: "b==1,a==1" } }));
    const name = "image[a==1]" as never;
    expect(two.targets.get(name)).toEqual(one.targets.get(name));
  });

  test("is declared otherwise when the list is another one", () => {
    const declaration = loaded(packages);
    const digestOf = (value: string) => {
      const values = must(resolved(declaration, { given: { package: value } }));
      return definitionsOf(must(fillMatrices(declaration, values)), values).get("wheel");
    };
    expect(digestOf("a==1")).toBe(digestOf("a==1"));
    expect(digestOf("a==1")).not.toBe(digestOf("a==2"));
  });

  test("without a value is one target that says what it lacks", () => {
    const { targets, families } = must(expanded(packages));
    expect([...targets.keys()]).toEqual(["wheel", "image", "all"]);
    expect(targets.get("image" as never)).toMatchObject({ missing: ["package"], needs: [] });
    expect(families.get("image[a==1]")).toEqual(["image"]);
  });

  test("has the list and what its pieces may stand for as options", () => {
    const options = reachableParameters(loaded(packages), ["all"]).map(({ name }) => name);
    expect(options).toEqual(["package", "version"]);
  });

  test("is listed with the list that it has a member for each value of", () => {
    expect(listTargets(loaded(packages))[0]).toMatchObject({ members: [], each: ["package"] });
  });
});

describe("a piece that was left out", () => {
  test("is the value of the parameter of its name", () => {
    const given = { package: "flask,django==5.0", version: "3.0.0" };
    expect(namesOf(packages, { given })).toContain("image[flask==3.0.0]");
    expect(refusal(packages, { given: { package: "a,a==1", version: "1" } })).toEqual([
      "parameter `package` has `a==1` a second time (given by --package)",
    ]);
  });

  test("is missing where that is not given", () => {
    const found = must(expanded(packages, { given: { package: "flask" } })).targets;
    expect(found.get("image" as never)?.missing).toEqual(["version"]);
  });

  test("is told where there is no such parameter", () => {
    const alone = packages.replace("  version: {}\n", "");
    expect(refusal(alone, { given: { package: "flask" } })).toEqual([
      "parameter `package` cannot be `flask`: expected `name==version` (given by --package); What to pack",
    ]);
  });

  test("may be given to the file that includes the list's", () => {
    const files = {
      "targets.yaml":
        "params: { version: { default: '9' } }\ninclude: { b: b.yaml }\ntargets: {}\n",
      "b.yaml": packages.replace("version: {}", "version: { required: true }"),
    };
    const named = (given: Record<string, string>) => [
      ...must(expanded(files, { given })).targets.keys(),
    ];
    expect(named({ package: "a", version: "1" })).toContain("b/image[a==1]");
    expect(named({ package: "a" })).toContain("b/image");
  });
});

test.each([
  ["a=1", "expected text like `[a-z]+` as `name`, found `a=1`"],
  ["==1", "expected `name==version`"],
  ["a==", "expected `name==version`"],
  ["a==1==2", "expected `name==version`"],
  ["A==1", "expected text like `[a-z]+` as `name`, found `A`"],
])("a value of another form is told with what is expected: %s", (value, wanted) => {
  expect(refusal(packages, { given: { package: value } })).toEqual([
    `parameter \`package\` cannot be \`${value}\`: ${wanted} (given by --package); What to pack`,
  ]);
});

test("an including file gives a list as a list, as a text, or as a list of its own", () => {
  const inner =
    'params: { s: { type: list } }\ntargets: { t: { matrix: { n: "${s}" }, pull: "${n}" } }\n';
  const outer = `params: { mine: { default: [x, y] }, v: { default: 1 } }
include:
  a: { file: i.yaml, params: { s: [p, "q\${v}"] } }
  b: { file: i.yaml, params: { s: "p,q" } }
  c: { file: i.yaml, params: { s: "\${mine}" } }
targets: {}
`;
  const files = { "targets.yaml": outer, "i.yaml": inner };
  expect([...must(expanded(files)).targets.keys()]).toEqual([
    "a/t[p]",
    "a/t[q1]",
    "b/t[p]",
    "b/t[q]",
    "c/t[x]",
    "c/t[y]",
  ]);
});

test("what is wrong with a list and with what takes it is told at its place", () => {
  const file = `params:
  a: { type: list, form: name }
  b: { form: name==version }
  c: { type: list, form: name==version, pattern: { nme: x, version: "[" } }
  d: { type: list, default: [] }
  e: { type: list, form: name==version, default: ["x==", "y==1"] }
  f: { type: list, form: name==version }
  os: {}
targets:
  g: { matrix: { x: "\${os}" }, pull: x }
  h: { matrix: { x: "\${f}" }, pull: "\${x.nme} \${x.name}" }
  i: { matrix: { x: "\${d}" }, pull: "\${x.name}" }
  j: { matrix: { version: "\${d}" }, pull: "\${semver.major}" }
  k: { run: make, in: h }
`;
  expect(problemsIn(file)).toEqual([
    "targets.yaml:2:26+4: `name` is no form of a value; write names of pieces with one of `. - + ~ : @ / =` or several between them, such as `name==version`",
    "targets.yaml:3:14+13: `form` goes with type `list`, not with `string`",
    "targets.yaml:4:52+3: `pattern` of a `form` has no key `nme`; did you mean `name`?",
    "targets.yaml:4:69+3: expected a regular expression for `version` of `pattern` of a `form`, found the text `[`",
    "targets.yaml:5:29+2: default of parameter `d` is empty",
    "targets.yaml:6:50+15: default of parameter `e` cannot be `x==`: expected `name==version`",
    "targets.yaml:10:21+7: matrix key `x` takes a list, and `${os}` is none; write `${a}`, or the values themselves",
    "targets.yaml:11:38+8: `x` has no piece `nme`; its pieces are `name`, `version`",
    "targets.yaml:12:38+9: `x` has no piece `name`; declare its pieces with `form` of the parameter",
    "targets.yaml:13:44+15: `${semver.major}` takes no number from a list; write the values into the matrix, or give the pieces of the version a `form`",
    "targets.yaml:14:23+1: `in` takes one target, `h` stands for as many as a list has values",
  ]);
});

test("a parameter that two files share has one form", () => {
  const files = {
    "targets.yaml": "params: { s: { type: list } }\ninclude: { b: b.yaml }\ntargets: {}\n",
    "b.yaml": "params: { s: { type: list, form: a=b } }\ntargets: {}\n",
  };
  expect(problemsIn(files)).toEqual([
    "b.yaml:1:11+1: parameter `s` has the form `a=b` here and no form elsewhere; give both one form, or rename one",
  ]);
});

test("a list makes no more targets than a matrix may have", () => {
  const file = `params: { s: { type: list } }
targets: { t: { matrix: { a: "\${s}", b: "\${s}" }, pull: x } }
`;
  const many = Array.from({ length: 400 }, (_, index) => `v${index}`).join(",");
  const declaration = loaded(file);
  const values = must(resolved(declaration, { given: { s: many } }));
  expect(shown(fillMatrices(declaration, values))).toEqual([
    "targets.yaml:2:12+1: the matrix of `t` makes 160000 targets, 100000 are allowed",
  ]);
});
