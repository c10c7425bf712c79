import { join } from "node:path";
import { resolveParameters } from "../../src/config/expand/resolve-parameters.ts";
import { temporaryFolder } from "../support/folder.ts";
import { loaded, must, problemsIn, resolved, shown } from "./support/workspace.ts";

const text = `params:
  version: { default: 5.1.0-1 }
  os: { default: bookworm, choices: [bookworm, trixie] }
  jobs-each: { type: number, env: JOBS }
  fast: { type: flag, env: FAST }
  packages: { type: path, env: PACKAGES }
  to: { type: path, default: dist }
  token: { type: secret, env: TOKEN }
  key: { type: secret }
targets: {}
`;

const values = (given: Record<string, string | boolean>, environment: NodeJS.ProcessEnv = {}) =>
  Object.fromEntries(must(resolved(loaded(text), { given, environment })).texts);

const problemsOf = (given: Record<string, string | boolean>, environment: NodeJS.ProcessEnv = {}) =>
  shown(resolved(loaded(text), { given, environment }));

describe("the value of a parameter", () => {
  test("is the default, and of a flag false; what has none is not given", () => {
    const declaration = loaded(text);
    const { texts } = must(resolved(declaration));
    expect(Object.fromEntries(texts)).toEqual({
      version: "5.1.0-1",
      os: "bookworm",
      fast: "false",
      to: join(declaration.root, "dist"),
    });
  });

  test("comes from the command line before the environment before the default", () => {
    expect(values({}, { JOBS: "7" })["jobs-each"]).toBe("7");
    expect(values({ "jobs-each": "8" }, { JOBS: "7" })["jobs-each"]).toBe("8");
  });

  test("in an empty environment variable is not given", () => {
    expect(values({}, { JOBS: "", PACKAGES: "" })).not.toHaveProperty("packages");
  });

  test("of a path starts at the folder of the caller", () => {
    const given = new Map([["packages", { value: "debs", from: "--packages" }]]);
    const { texts } = must(resolveParameters(loaded(text), given, {}, "/srv/fleet/sub"));
    expect(texts.get("packages")).toBe("/srv/fleet/sub/debs");
  });

  test.each(["true", "1", "yes", "TRUE"])("of a flag may be %s in the environment", (flag) => {
    expect(values({}, { FAST: flag })["fast"]).toBe("true");
  });

  test.each(["false", "0", "no"])("of a flag may be %s, too", (flag) => {
    expect(values({ fast: true }, {})["fast"]).toBe("true");
    expect(values({}, { FAST: flag })["fast"]).toBe("false");
  });

  test("that does not fit is told with what fits and where it came from", () => {
    expect(
      problemsOf(
        { os: "jessie", "jobs-each": "many", packages: "", version: true },
        { FAST: "on" },
      ),
    ).toEqual([
      "parameter `version` needs a value (given by --version)",
      "parameter `os` cannot be `jessie`: choose `bookworm` or `trixie` (given by --os)",
      "parameter `jobs-each` cannot be `many`: expected a number (given by --jobs-each)",
      "parameter `fast` cannot be `on`: expected `true` or `false` (given by environment variable FAST)",
      "parameter `packages` cannot be empty (given by --packages)",
    ]);
  });

  test("for a name that is none is told with the nearest", () => {
    expect(problemsOf({ verzion: "1" })).toEqual([
      "there is no parameter `verzion`; did you mean `--version`?",
    ]);
  });
});

describe("a secret", () => {
  test("comes from its environment variable or a file, and is kept apart", () => {
    const folder = temporaryFolder({ "targets.yaml": text, "key.txt": "hunter2\n" });
    const given = { "key-file": join(folder, "key.txt") };
    const found = must(resolved(loaded(text), { given, environment: { TOKEN: "abc" } }));
    expect(Object.fromEntries(found.secrets)).toEqual({ token: "abc", key: "hunter2" });
    expect([...found.texts.values()]).not.toContain("abc");
  });

  test("is not taken from the command line", () => {
    expect(problemsOf({ token: "abc", key: "x" })).toEqual([
      "secret `token` cannot be given with `--token`: everybody on this machine could read it; use `--token-file PATH` or the environment variable `TOKEN`",
      "secret `key` cannot be given with `--key`: everybody on this machine could read it; use `--key-file PATH`",
    ]);
  });

  test("whose file is not there is told", () => {
    expect(problemsOf({ "key-file": "nowhere.txt" })).toEqual([
      "cannot read `nowhere.txt` for secret `key`: there is no such file",
    ]);
  });
});

describe("the declaration of a parameter", () => {
  test("gets its type from its choices or its default", () => {
    const types = loaded(
      "params: { a: {}, b: { default: 1 }, c: { default: true }, d: { choices: [x] }, e: }\ntargets: {}",
    ).parameters.map(({ name, type }) => `${name} ${type}`);
    expect(types).toEqual(["a string", "b number", "c flag", "d choice", "e string"]);
  });

  test("may have a pattern, which a whole value must match", () => {
    const declaration = loaded(
      "params: { name: { pattern: '[a-z]+|[0-9]+', help: Name of it } }\ntargets: {}",
    );
    const given = (value: string) => shown(resolved(declaration, { given: { name: value } }));
    expect([given("ab"), given("12")]).toEqual([[], []]);
    expect(given("a1")).toEqual([
      "parameter `name` cannot be `a1`: expected text like `[a-z]+|[0-9]+` (given by --name); Name of it",
    ]);
    expect(given("")).toEqual([
      "parameter `name` cannot be ``: expected text like `[a-z]+|[0-9]+` (given by --name); Name of it",
    ]);
  });

  test("of a secret may say that it is empty when nobody gives it", () => {
    const secret = "params: { key: { type: secret, env: KEY, default: '' } }\ntargets: {}";
    const { secrets } = must(resolved(loaded(secret)));
    expect([...secrets]).toEqual([["key", ""]]);
    const given = must(resolved(loaded(secret), { environment: { KEY: "k" } }));
    expect([...given.secrets]).toEqual([["key", "k"]]);
  });

  test("is checked in all its keys", () => {
    const wrong = `params:
  a: { typ: path }
  b: { type: text }
  c: { choices: [x, y], default: z }
  d: { type: number, default: many }
  e: { type: secret, default: x }
  f: { type: choice }
  g: { type: path, choices: [x] }
  h: { env: 1A, help: [x] }
  i: [x]
  j: { default: { x: 1 } }
  k: { choices: [] }
  e-file: {}
  l: { type: path, pattern: x }
  m: { pattern: "(" }
  n: { required: yes please }
  o: { required: true, default: 1 }
  p: { pattern: x, default: y }
targets: {}
`;
    expect(problemsIn(wrong)).toEqual([
      "targets.yaml:2:8+3: parameter `a` has no key `typ`; did you mean `type`?",
      "targets.yaml:3:14+4: `type` cannot be `text`: choose `string`, `number`, `flag`, `path`, `choice`, `list` or `secret`",
      "targets.yaml:4:34+1: default of parameter `c` cannot be `z`: choose `x` or `y`",
      "targets.yaml:5:31+4: default of parameter `d` cannot be `many`: expected a number",
      "targets.yaml:6:31+1: secret `e` cannot have a default: the target file is no secret; name an environment variable with `env`",
      "targets.yaml:7:14+6: type `choice` needs the key `choices`",
      "targets.yaml:8:14+4: `choices` goes with types `choice` and `list`, not with `path`",
      "targets.yaml:9:13+2: expected the name of an environment variable for `env`, found the text `1A`",
      "targets.yaml:9:23+3: expected text for `help`, found a list",
      "targets.yaml:10:6+3: expected a mapping such as `{ default: … }` for parameter `i`, found a list",
      "targets.yaml:11:17+8: expected a value for default of parameter `j`, found a mapping",
      "targets.yaml:12:17+2: `choices` is empty",
      "targets.yaml:13:3+6: a parameter cannot be called `e-file`: `--e-file` gives the secret `e`; choose another name",
      "targets.yaml:14:29+1: `pattern` goes with types `string` and `list`, not with `path`",
      "targets.yaml:15:17+3: expected a regular expression for `pattern`, found the text `(`",
      "targets.yaml:16:18+10: expected `true` or `false` for `required`, found the text `yes please`",
      "targets.yaml:17:18+4: `required` says that somebody gives it, and `default` or `file` who else does; leave out one of the two",
      "targets.yaml:18:29+1: default of parameter `p` cannot be `y`: expected text like `x`",
    ]);
  });
});
