/** The wording of every problem of a target file; one function each. */
import type { Location } from "../../model/diagnostic.ts";
import { describeNode, type Node } from "../yaml/node.ts";
import { didYouMean, oneOf, quoted, readFailure, showPlace, usage } from "./problem-words.ts";

export * from "./list-problems.ts";
export * from "./name-problems.ts";
export * from "./parameter-problems.ts";
export * from "./registry-problems.ts";

// Files

export const fileTooLarge = (file: string, size: number, limit: number) =>
  usage(
    "file-too-large",
    `\`${file}\` has ${megabytes(size)} MB, a target file may have ${megabytes(limit)} MB`,
    undefined,
    {
      hint: "is it the right file? lists of targets may be split with `include` or made by `matrix`",
    },
  );

const megabytes = (bytes: number) => (bytes / (1024 * 1024)).toFixed(1).replace(/\.0$/, "");

export const fileUnreadable = (file: string, cause: NodeJS.ErrnoException, at?: Location) =>
  usage("file-unreadable", `cannot read \`${file}\`: ${readFailure(cause)}`, at, {
    hint: cause.code === "EISDIR" ? "name the target file in it" : undefined,
  });

export const invalidUtf8 = (at: Location, byte: number) =>
  usage("invalid-utf8", `byte 0x${byte.toString(16).padStart(2, "0")} is not UTF-8`, at, {
    hint: "save the file as UTF-8",
  });

export const yamlSyntax = (message: string, at: Location, unquoted: boolean) =>
  usage("yaml-syntax", `not valid YAML: ${lowerFirst(message.replace(/\.$/, ""))}`, at, {
    hint: unquoted ? "inside `[ ]` and `{ }`, put text with `${…}` in quotes" : undefined,
  });

const lowerFirst = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

export const nestedTooDeep = (at: Location) =>
  usage("yaml-depth", "values are nested too deeply in this file", at);

export const severalDocuments = (what: string, at: Location) =>
  usage("several-documents", `a second YAML document begins here, ${what} is one`, at);

export const emptyFile = (what: string, key: string, at: Location) =>
  usage("empty-file", "this file is empty", at, { hint: `${what} needs at least \`${key}\`` });

export const unknownAnchor = (name: string, at: Location) =>
  usage("unknown-anchor", `there is no anchor \`${name}\` before this alias`, at);

export const tooManyAliases = (limit: number, at: Location) =>
  usage("too-many-aliases", `aliases repeat more than ${limit} values`, at, {
    hint: "write a `matrix`, or a script that a target runs",
  });

export const keyNotText = (at: Location) => usage("key-not-text", "a key must be text", at);

export const duplicateKey = (key: string, [first, second]: readonly Location[]) =>
  usage("duplicate-key", `key \`${key}\` is here a second time`, second, {
    hint: "remove one of them",
    details: first && [`the first is at ${showPlace(first)}`],
  });

// Shapes

/** @param what the key, or what else the value stands for */
export const expected = (what: string, wanted: string, found: Node, at: Location) =>
  usage("wrong-type", `expected ${wanted} for ${what}, found ${describeNode(found)}`, at);

export const expectedValue = (what: string, wanted: string, found: string, at: Location) =>
  usage("wrong-type", `expected ${wanted} for ${what}, found \`${found}\``, at);

export const notAChoice = (what: string, found: string, choices: readonly string[], at: Location) =>
  usage("not-a-choice", `${what} cannot be \`${found}\`: choose ${oneOf(choices)}`, at);

export const notADuration = (
  what: string,
  found: string,
  at: Location,
  meant: string | undefined,
) =>
  usage(
    "not-a-duration",
    `expected a duration such as \`90 s\` or \`1 h 30 min\` for ${what}, found \`${found}\``,
    at,
    { hint: didYouMean(meant) },
  );

export const unknownFailure = (
  name: string,
  known: readonly string[],
  at: Location,
  near: string | undefined,
) =>
  usage("unknown-failure", `there is no kind of failure \`${name}\``, at, {
    hint: near ? didYouMean(near) : `give ${oneOf(known)}, or an exit code`,
  });

export const keyWithoutRule = (key: string, isFirstOf: boolean, at: Location) =>
  usage(
    "key-without-rule",
    isFirstOf
      ? `\`${key}\` is for what runs, and a \`first-of\` runs nothing itself`
      : `\`${key}\` is for what runs, and a group runs nothing itself`,
    at,
    { hint: isFirstOf ? "put it beside the rule of an alternative" : "put it on its targets" },
  );

export const managedWithoutImage = (kinds: readonly string[], at: Location) =>
  usage("managed-without-image", "`managed` is for images", at, {
    hint: `put it beside ${oneOf(kinds)}`,
  });

export const unknownKey = (where: string, key: string, at: Location, near: string | undefined) =>
  usage("unknown-key", `${where} has no key \`${key}\``, at, { hint: didYouMean(near) });

export const keyOfOtherRule = (
  key: string,
  owners: readonly string[],
  rule: string,
  at: Location,
) =>
  usage(
    "key-of-other-rule",
    rule === ""
      ? `\`${key}\` is a key of ${oneOf(owners)}, and this target has no rule`
      : `\`${key}\` is a key of ${oneOf(owners)}, not of \`${rule}\``,
    at,
  );

export const twoRules = (target: string, [first, second]: readonly string[], at: Location) =>
  usage("two-rules", `${target} has two rules, \`${first}\` and \`${second}\``, at, {
    hint: "make two targets of it",
  });

export const missingKey = (where: string, key: string, at: Location) =>
  usage("missing-key", `${where} needs the key \`${key}\``, at);

export const noRule = (at: Location, kinds: readonly string[]) =>
  usage("no-rule", "an alternative needs a rule or `target`", at, {
    hint: `the rules are ${oneOf(kinds)}`,
  });

export const nestedAlternatives = (at: Location) =>
  usage("nested-alternatives", "`first-of` cannot stand inside `first-of`", at, {
    hint: "list all alternatives in one, or name another target with `target`",
  });

export const emptyList = (what: string, at: Location) =>
  usage("empty-list", `${what} is empty`, at);

export const notASize = (what: string, found: Node, at: Location) =>
  usage("wrong-type", `expected a size for ${what}, found ${describeNode(found)}`, at, {
    hint: "write a number and B, kB, MB, GB or TB, such as `200 MB`",
  });

export const limitTooSmall = (what: string, least: string, at: Location) =>
  usage("limit-too-small", `${what} is less than ${least}`, at, { hint: "allow more" });

// Names

export const illegalName = (what: string, name: string, at: Location, allowed: string) =>
  usage("illegal-name", `\`${name}\` cannot name ${what}`, at, { hint: allowed });

export const reservedTarget = (name: string, at: Location) =>
  usage("reserved-name", `a target cannot be called \`${name}\`: it is a command of tbuild`, at, {
    hint: "choose another name",
  });

export const reservedParameter = (name: string, at: Location) =>
  usage(
    "reserved-name",
    `a parameter cannot be called \`${name}\`: \`--${name}\` is an option of tbuild`,
    at,
    { hint: "choose another name" },
  );

// Paths

export const outsideWorkspace = (what: string, path: string, at: Location) =>
  usage("outside-workspace", `\`${path}\` for ${what} leaves the workspace`, at, {
    hint: "give a path below the folder of the root target file",
  });

export const wholeWorkspace = (what: string, at: Location) =>
  usage("whole-workspace", `${what} cannot be the workspace itself`, at);

export const insideState = (what: string, path: string, at: Location) =>
  usage("inside-state", `\`${path}\` for ${what} lies in \`.tbuild\`, which is tbuild's own`, at);

export const emptyPath = (what: string, at: Location) =>
  usage("empty-path", `the path for ${what} is empty`, at);

// Includes

export const includeCycle = (files: readonly string[], at: Location) =>
  usage("include-cycle", `target files include each other: ${files.join(" -> ")}`, at);

export const tooManyIncludes = (limit: number, at: Location) =>
  usage("too-many-includes", `more than ${limit} target files are included`, at);

export const twoWays = (what: string, ways: readonly string[], at: Location) =>
  usage("two-ways", `${what} has ${quoted(ways).join(" and ")}, and takes one of them`, at);
