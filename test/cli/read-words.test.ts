import { readWords, unknownOptions } from "../../src/cli/read-words.ts";
import { commonOptions, type OptionDefinition } from "../../src/model/command-line.ts";

const definitions: readonly OptionDefinition[] = [
  ...commonOptions,
  { name: "os", takes: "VALUE", help: "" },
  { name: "docs", help: "", negatable: true },
];
const read = (...argv: string[]) => readWords(argv, definitions);
const values = (...argv: string[]) =>
  Object.fromEntries([...read(...argv).options].map(([name, { value }]) => [name, value]));
const said = (...argv: string[]) =>
  read(...argv).problems.map(({ message, hint }) => [message, hint].filter(Boolean).join("; "));

test.each([
  [["-j4"], { jobs: "4" }],
  [["-j", "4"], { jobs: "4" }],
  [["--jobs", "4"], { jobs: "4" }],
  [["--jobs=4"], { jobs: "4" }],
  [["-kn"], { "keep-going": true, "dry-run": true }],
  [["-kj4"], { "keep-going": true, jobs: "4" }],
  [["--os=a=b"], { os: "a=b" }],
  [["--os", "-1"], { os: "-1" }],
  [["--os="], { os: "" }],
  [["--docs"], { docs: true }],
  [["--no-docs"], { docs: false }],
  [["--no-fallback"], { "no-fallback": true }],
])("%j is read as %j", (argv, expected) => {
  expect(values(...argv)).toEqual(expected);
});

test("what is no option and no value of one is kept in its order", () => {
  expect(read("a", "--os", "trixie", "b", "-k", "c[x]").others).toEqual(["a", "b", "c[x]"]);
});

test("after `--` nothing is an option", () => {
  const { others, options } = read("a", "--", "--docs", "-j4");
  expect(others).toEqual(["a", "--docs", "-j4"]);
  expect(options.size).toBe(0);
});

test("options that are not in the list are told apart, and whether one came first", () => {
  expect(read("--token", "abc", "web")).toMatchObject({
    unknown: ["--token"],
    others: ["abc", "web"],
    unknownFirst: true,
  });
  expect(read("web", "--token=abc")).toMatchObject({ unknown: ["--token"], unknownFirst: false });
});

test.each([
  [["--os"], "option `--os` needs a value"],
  [
    ["--os", "--docs"],
    "option `--os` needs a value; if `--docs` is the value, write `--os=--docs`",
  ],
  [["-j", "-k"], "option `-j` needs a value; if `-k` is the value, write `-j=-k`"],
  [["--docs=yes"], "option `--docs` takes no value; write `--docs` or `--no-docs`"],
  [["--force=yes"], "option `--force` takes no value"],
  [["--docs", "--docs"], "option `--docs` is given twice; leave one of them out"],
  [["--log", "json", "--log", "plain"], "option `--log` is given twice; leave one of them out"],
  [["--docs", "--no-docs"], "options `--docs` and `--no-docs` contradict each other"],
])("%j is refused: %s", (argv, message) => {
  expect(said(...argv)).toEqual([message]);
});

test("an unknown option is told with the nearest one", () => {
  const hints = unknownOptions(["--kep-going", "--zzz", "-z"], definitions).map(({ hint }) => hint);
  expect(hints).toEqual([
    "did you mean `--keep-going`?",
    "`tbuild --help` shows all",
    "`tbuild --help` shows all",
  ]);
});
