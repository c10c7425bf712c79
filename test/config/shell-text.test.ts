import { execFileSync } from "node:child_process";
import { shellText } from "../../src/config/read/shell-text.ts";
import { fieldsOf, problemsIn } from "./support/workspace.ts";

const refuse = (name: string) => {
  throw new Error(`impossible: ${name}`);
};

const shell = (text: string) => shellText(text, (name) => ({ param: name ?? "" }), refuse);

const value = `a  b $(echo "x") 'q' \\ *`;

/** What the shell prints when `${x}` has a value that it must not touch. */
function printed(script: string): string {
  const { shell: text, variables } = shell(script);
  const env = Object.fromEntries(Object.keys(variables).map((name) => [name, value]));
  return execFileSync("sh", ["-euc", text], { encoding: "utf8", env });
}

describe("a command", () => {
  test("gets its parameters as variables", () => {
    const text = "params: { v: { default: 1 } }\ntargets: { a: { run: 'make ${v} $HOME $${v}' } }";
    expect(fieldsOf(text, "a")?.["run"]).toEqual({
      shell: 'make "${tbuild_v}" $HOME ${v}',
      variables: { tbuild_v: "1" },
    });
  });

  test("given as a list gets them in its arguments", () => {
    const text = "params: { v: { default: 1 } }\ntargets: { a: { run: [make, 'x=${v}', 7] } }";
    expect(fieldsOf(text, "a")?.["run"]).toEqual({ argv: ["make", "x=1", "7"] });
  });

  test("keeps parameters apart whose variables would have one name", () => {
    expect(shell("${a-b} ${a_b} ${a-b}")).toEqual({
      shell: '"${tbuild_a_b}" "${tbuild_a_b_2}" "${tbuild_a_b}"',
      variables: { tbuild_a_b: { param: "a-b" }, tbuild_a_b_2: { param: "a_b" } },
    });
  });

  test.each([
    ["bare", "printf %s ${x}", value],
    ["inside a word", "printf %s a/${x}.deb", `a/${value}.deb`],
    ["in double quotes", 'printf %s "<${x}>"', `<${value}>`],
    ["in single quotes", "printf %s '<${x}> $y'", `<${value}> $y`],
    ["after escaped quotes", "printf %s \\\"${x}\\'", `"${value}'`],
    ["in a quoted substitution", 'printf %s "$(printf %s ${x})"', value],
    ["in a quoted substitution's quotes", 'printf %s "$(printf %s "${x}")"', value],
    ["after a comment with a quote", "# don't\nprintf %s ${x}", value],
    [
      "in a here-document",
      "cat <<END\n<${x}> it's\nEND\nprintf %s ${x}",
      `<${value}> it's\n${value}`,
    ],
    ["in an indented one", "cat <<-END\n\t${x}\n\tEND\n", `${value}\n`],
    ["in a subshell", "(printf %s ${x})", value],
    ["as a default", "printf %s $${y:-${x}}", value],
    ["in a case", "case ${x} in a*) printf %s ${x};; esac", value],
  ])("leaves a value whole: %s", (_, script, wanted) => {
    expect(printed(script)).toBe(wanted);
  });

  test.each([
    ["a substitution", "echo $(printf %s ${x})"],
    ["backquotes", "echo `printf %s ${x}`"],
    ["quoted backquotes", 'echo "`printf %s ${x}`"'],
  ])("quotes a value inside %s", (_, script) => {
    expect(shell(script).shell).toContain('printf %s "${tbuild_x}"');
  });

  test("counts with parameters", () => {
    const { shell: text } = shell("echo $((${x} + 1))");
    expect(execFileSync("sh", ["-euc", text], { encoding: "utf8", env: { tbuild_x: "2" } })).toBe(
      "3\n",
    );
  });

  test("is told where the shell replaces nothing", () => {
    const text =
      "params: { v: {} }\ntargets:\n  a:\n    run: |\n      cat <<'E'\n      ${v}\n      E\n";
    expect(problemsIn(text)).toEqual([
      "targets.yaml:6:7+4: `${v}` is in a here-document whose end is quoted; leave out the quotes at its `<<`",
    ]);
  });
});
