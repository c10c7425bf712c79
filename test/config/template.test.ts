import { fieldsOf, problemsIn } from "./support/workspace.ts";

const params = "params: { v: { default: 1.10 }, os: { default: bookworm }, t: { type: secret } }\n";
const pulls = (text: string) =>
  fieldsOf(`${params}targets:\n  a: { pull: ${text} }\n`, "a")?.["pull"];
const problemsOf = (text: string) => problemsIn(`${params}targets:\n  a: { pull: ${text} }\n`);

describe("a text", () => {
  test("gets the values of its parameters, numbers as they were typed", () => {
    expect(pulls('"x/${os}:${v}"')).toBe("x/bookworm:1.10");
  });

  test("with a doubled dollar keeps a plain one, and other dollars are no business of ours", () => {
    expect(pulls("'$${os} $os $$ ${os}$'")).toBe("${os} $os $$ bookworm$");
  });

  test("with an unknown parameter names the nearest, at its place", () => {
    expect(problemsOf('"x/${os}:${vv}"')).toEqual([
      "targets.yaml:3:23+5: there is no parameter `vv`; did you mean `v`?",
    ]);
    expect(problemsOf('"${version}"')).toEqual([
      "targets.yaml:3:15+10: there is no parameter `version`; declare it under `params`, or write `$${version}` for plain text",
    ]);
  });

  test("with shell's own braces is told how to write them", () => {
    expect(problemsOf('"${os:-x}"')).toEqual([
      "targets.yaml:3:15+8: `${os:-x}` names no parameter; write `$${os:-x}` for plain text",
    ]);
  });

  test("with an open brace is told so", () => {
    expect(problemsOf('"a${os"')).toEqual([
      "targets.yaml:3:16+2: `${` without `}`; write `$${` for a plain `${`",
    ]);
  });

  test("never gets a secret", () => {
    expect(problemsOf('"${t}"')).toEqual([
      "targets.yaml:3:15+4: `t` is a secret, and would be shown here; hand it over with the key `secrets`",
    ]);
  });

  test("of several lines has problems at their own line", () => {
    expect(problemsIn("targets:\n  a:\n    run: |\n      make\n      echo ${x}\n")).toEqual([
      "targets.yaml:5:12+4: there is no parameter `x`; declare it under `params`, or write `$${x}` for plain text",
    ]);
  });
});

describe("secrets", () => {
  const secrets = (text: string) => `${params}targets:\n  a: { run: x, secrets: { T: ${text} } }\n`;

  test("are handed over by name", () => {
    expect(fieldsOf(secrets('"${t}"'), "a")?.["secrets"]).toEqual({ T: "t" });
  });

  test("are parameters of that type, and nothing around them", () => {
    for (const text of ['"${v}"', '"x${t}"', "[]"]) {
      expect(problemsIn(secrets(text))[0]).toMatch(
        /^targets\.yaml:3:30\+\d: `T` of `secrets` takes one secret parameter; write `\$\{t\}`$/,
      );
    }
  });
});
