import { candidatesFor } from "../../src/cli/commands/complete.ts";
import { fleetDeclaration } from "./fleet.ts";

const declaration = fleetDeclaration();
const complete = (...words: string[]) => candidatesFor(words, declaration);

test("the first word is a command or a target", () => {
  expect(complete("")).toEqual([
    "watch",
    "explain",
    "graph",
    "why",
    "tags",
    "tag",
    "load",
    "list",
    "state",
    "completion",
    "help",
    "notes",
    "page",
    "given",
    "all",
    "pack",
  ]);
  expect(complete("all", "")).toEqual(["notes", "page", "given", "all", "pack"]);
});

test("members of a matrix come once its name is there", () => {
  expect(complete("pa")).toEqual(["page", "pack"]);
  expect(complete("page")).toEqual(["page", "page[left]", "page[right]"]);
  expect(complete("page[r")).toEqual(["page[right]"]);
});

test("options are those that the named targets can reach", () => {
  expect(complete("notes", "--")).toContain("--version");
  expect(complete("notes", "--")).not.toContain("--os");
  expect(complete("notes", "--ver")).toEqual(["--version", "--verbose"]);
  expect(complete("page", "--to")).toEqual(["--token-file"]);
});

test("values are completed where they are known, and else left to the shell", () => {
  expect(complete("--os", "")).toEqual(["bookworm", "trixie"]);
  expect(complete("--os=t")).toEqual(["--os=trixie"]);
  expect(complete("--log", "p")).toEqual(["pretty", "plain"]);
  expect(complete("--packages", "")).toEqual([]);
  expect(complete("-f", "")).toEqual([]);
});

test("shells are completed after `completion`", () => {
  expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
});

test("without a target file there are still options and commands", () => {
  expect(candidatesFor(["--qu"], undefined)).toEqual(["--quiet"]);
  expect(candidatesFor(["li"], undefined)).toEqual(["list"]);
});

test("a command's own options come with those of its targets", () => {
  expect(complete("watch", "--p")).toEqual(["--poll", "--packages", "--profile"]);
  expect(complete("watch", "notes", "--ver")).toEqual(["--version", "--verbose"]);
  expect(complete("graph", "--format", "d")).toEqual(["dot"]);
  expect(complete("notes", "--p")).toEqual(["--profile"]);
});
