import { readArguments, resolveArguments } from "../../src/cli/read-arguments.ts";
import { ok } from "../../src/model/result.ts";
import { fleetDeclaration } from "./fleet.ts";

const declaration = fleetDeclaration();

function read(...argv: string[]) {
  const { names, given, ...read } = readArguments(argv, declaration);
  const wanted = resolveArguments({ names, given, ...read }, declaration);
  return wanted.ok ? ok({ names, given, wanted: wanted.value }) : wanted;
}

function refused(...argv: string[]): string[] {
  const result = read(...argv);
  if (result.ok) throw new Error("not refused");
  return result.problems.flatMap(({ message, hint }) => (hint ? [message, hint] : [message]));
}

function given(...argv: string[]) {
  const result = read(...argv);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return Object.fromEntries(result.value.given);
}

test("without names the default is wanted", () => {
  expect(read()).toMatchObject({ value: { names: ["all"], wanted: ["all"] } });
});

test("a matrix stands for all members, and one can be named", () => {
  expect(read("page")).toMatchObject({ value: { wanted: ["page[left]", "page[right]"] } });
  expect(read("page[left]", "notes")).toMatchObject({ value: { wanted: ["page[left]", "notes"] } });
});

test("parameters are options, with the place they came from", () => {
  expect(given("page", "--version", "2.0", "--os=trixie", "--docs")).toEqual({
    version: { value: "2.0", from: "--version" },
    os: { value: "trixie", from: "--os" },
    docs: { value: true, from: "--docs" },
  });
});

test("a flag is turned off by `--no-`", () => {
  expect(given("--no-docs")).toEqual({ docs: { value: false, from: "--no-docs" } });
});

test("a value may be empty, negative or hold `=`", () => {
  expect(given("notes", "--version=")).toMatchObject({ version: { value: "" } });
  expect(given("notes", "--version", "-1")).toMatchObject({ version: { value: "-1" } });
  expect(given("notes", "--version=a=b")).toMatchObject({ version: { value: "a=b" } });
});

test("words after `--` are targets", () => {
  expect(refused("--", "--docs")).toEqual([
    "there is no target `--docs`",
    "`tbuild list` shows all",
  ]);
});

test.each([
  [
    ["--verison", "2"],
    ["there is no option `--verison`", "did you mean `--version`?"],
  ],
  [["--kep-going"], ["there is no option `--kep-going`", "did you mean `--keep-going`?"]],
  [["-z"], ["there is no option `-z`", "`tbuild --help` shows all"]],
  [["--no-version"], ["there is no option `--no-version`", "did you mean `--version`?"]],
  [["--version"], ["option `--version` needs a value"]],
  [
    ["--version", "--docs"],
    ["option `--version` needs a value", "if `--docs` is the value, write `--version=--docs`"],
  ],
  [
    ["--os", "a", "--os", "b"],
    ["option `--os` is given twice", "leave one of them out"],
  ],
  [["--docs", "--no-docs"], ["options `--docs` and `--no-docs` contradict each other"]],
  [["--docs=yes"], ["option `--docs` takes no value", "write `--docs` or `--no-docs`"]],
  [
    ["notes", "--os", "trixie"],
    ["option `--os` has no effect on `notes`", "it is used by `page`, `all` and `pack`"],
  ],
  [
    ["--token", "hush"],
    [
      "secret `token` cannot be given on the command line, where other users can read it",
      "set the environment variable `FLEET_TOKEN`, or say `--token-file PATH`",
    ],
  ],
  [["pgae"], ["there is no target `pgae`", "did you mean `page`? `tbuild list` shows all"]],
])("%j is refused", (argv, told) => {
  expect(refused(...argv)).toEqual(told);
});

test("a secret that was typed is repeated nowhere", () => {
  expect(refused("--token", "hush").join()).not.toContain("hush");
  expect(refused("--token=hush").join()).not.toContain("hush");
});

test("a secret comes from a file", () => {
  expect(given("page", "--token-file", "t")).toEqual({
    "token-file": { value: "t", from: "--token-file" },
  });
});

test("all problems are told at once", () => {
  expect(refused("--verison", "2", "--docs=1")).toHaveLength(4);
});
