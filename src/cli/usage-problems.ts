/** The wording of every problem with what was typed on the command line. */
import type { ReportOption } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { leastLimit } from "../model/limits.ts";
import { exactSize } from "../model/size.ts";

const usage = (code: string, message: string, hint?: string): Diagnostic => ({
  code,
  blame: "usage",
  message,
  ...(hint !== undefined && { hint }),
});

const quoted = (name: string): string => `\`${name}\``;

/** ``` `a`, `b` and 3 others ``` */
function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quoted);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} ${more === 1 ? "other" : "others"}`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** @param typed with its dashes, as are the others here */
export const unknownOption = (typed: string, near: string | undefined): Diagnostic =>
  usage(
    "unknown-option",
    `there is no option \`${typed}\``,
    near === undefined ? "`tbuild --help` shows all" : `did you mean \`${near}\`?`,
  );

export const givenTwice = (typed: string): Diagnostic =>
  usage("option-given-twice", `option \`${typed}\` is given twice`, "leave one of them out");

export const contradiction = (one: string, other: string): Diagnostic =>
  usage("options-contradict", `options \`${one}\` and \`${other}\` contradict each other`);

export const missingValue = (typed: string, next: string | undefined): Diagnostic =>
  usage(
    "option-without-value",
    `option \`${typed}\` needs a value`,
    next === undefined ? undefined : `if \`${next}\` is the value, write \`${typed}=${next}\``,
  );

export const unwantedValue = (typed: string, negatable: boolean): Diagnostic =>
  usage(
    "option-with-value",
    `option \`${typed}\` takes no value`,
    negatable ? `write \`${typed}\` or \`--no-${typed.slice(2)}\`` : undefined,
  );

export const badOptionValue = (typed: string, value: string, wanted: string): Diagnostic =>
  usage("bad-option-value", `option \`${typed}\` cannot be \`${value}\`: expected ${wanted}`);

export const unusedParameter = (
  typed: string,
  wanted: readonly string[],
  users: readonly string[],
): Diagnostic =>
  usage(
    "unused-option",
    `option \`${typed}\` has no effect on ${shortList(wanted)}`,
    users.length === 0 ? "no target uses it" : `it is used by ${shortList(users)}`,
  );

export const noWordsAfter = (command: string, word: string): Diagnostic =>
  usage(
    "unexpected-word",
    `\`tbuild ${command}\` takes no targets, found \`${word}\``,
    "`tbuild TARGET --help` tells about one",
  );

export const twoTargets = (found: number): Diagnostic =>
  usage(
    "two-targets",
    `\`tbuild why\` takes two targets, found ${found}`,
    "write `tbuild why TARGET DEPENDENCY`",
  );

export const oneSource = (found: number): Diagnostic =>
  usage(
    "one-source",
    `\`tbuild load\` takes one folder or file, found ${found}`,
    "write `tbuild load DIR`, `tbuild load FILE`, or `tbuild load -` for standard input",
  );

export const loadFromTerminal = (): Diagnostic =>
  usage(
    "load-from-terminal",
    "standard input is a terminal, and no archive comes from there",
    "write `ssh HOST tbuild save --to - | tbuild load -` or the like",
  );

export const terminalForBytes = (): Diagnostic =>
  usage(
    "no-pipe",
    "standard output is a terminal, and an archive is no text",
    "add `| ssh HOST docker load` or the like, or name a file",
  );

export const jsonBesideBytes = (): Diagnostic =>
  usage(
    "no-pipe",
    "`--log json` and an archive cannot both go to standard output",
    "leave `--log json` out, or name a file",
  );

export const pipeTaken = (): Diagnostic =>
  usage("no-pipe", "another target writes to standard output", "name one of them, or a file");

export const watchIsNoDryRun = (): Diagnostic =>
  usage(
    "options-contradict",
    "`tbuild watch` builds, and `--dry-run` does not",
    "leave `watch` out to be told once what would be built",
  );

export const watchHasNoReport = ({ name, what }: ReportOption): Diagnostic =>
  usage(
    "options-contradict",
    `\`--${name}\` is of one build, and \`tbuild watch\` runs many`,
    `leave \`watch\` out for the ${what} of one build`,
  );

export const whichShell = (found: string | undefined): Diagnostic =>
  usage(
    "which-shell",
    found === undefined ? "which shell is missing" : `there is no completion for \`${found}\``,
    "write `tbuild completion bash`, `zsh` or `fish`",
  );

export const noTargetFile = (folder: string): Diagnostic =>
  usage(
    "no-target-file",
    `there is no \`targets.yaml\` in \`${folder}\` or above it`,
    "go to a folder that has one, or name it with `--file`",
  );

export const noFolder = (folder: string): Diagnostic =>
  usage("no-folder", `there is no folder \`${folder}\``);

export const nothingWanted = (): Diagnostic =>
  usage(
    "nothing-wanted",
    "no target is named, and the target file has no `default`",
    "name one; `tbuild list` shows all",
  );

export const secretTyped = (name: string, env: string | undefined): Diagnostic =>
  usage(
    "secret-on-command-line",
    `secret \`${name}\` cannot be given on the command line, where other users can read it`,
    env === undefined
      ? `put it into a file and say \`--${name}-file PATH\``
      : `set the environment variable \`${env}\`, or say \`--${name}-file PATH\``,
  );

/** Nothing is wrong with what was typed, as far as that can be told: the disk refuses. */
export const unwritableReport = (
  { name, what }: ReportOption,
  file: string,
  why: string,
): Diagnostic => ({
  code: `${name}-unwritable`,
  blame: "surroundings",
  message: `cannot write the ${what} \`${file}\`: ${why}`,
  hint: `name another file with \`--${name}\``,
});

export const reportsInOneFile = (one: string, other: string): Diagnostic =>
  usage(
    "options-contradict",
    `options \`--${one}\` and \`--${other}\` name the same file`,
    "give each a file of its own",
  );

export const purgeUnasked = (): Diagnostic =>
  usage(
    "purge-unasked",
    "`tbuild purge` removes all that this workspace made, and there is no terminal to ask on",
    "add `--yes`, or `--dry-run` to be told what would go",
  );

export const tagsOfWhat = (): Diagnostic =>
  usage(
    "missing-word",
    "`tbuild tags` takes an image or targets, found none",
    "write `tbuild tags registry.example.org/team/web` or `tbuild tags push`",
  );

export const noImage = (names: string): Diagnostic =>
  usage(
    "no-image",
    `\`${names}\` makes no image and pushes none`,
    "name a target that does, or an image with its registry",
  );

const howToTag =
  "write `tbuild tag registry.example.org/team/web@sha256:… 1.0` or `tbuild tag registry.example.org/team/web:1.0 latest`";

export const tagWithWhat = (): Diagnostic =>
  usage("missing-word", "`tbuild tag` takes an image and the tags that it gets", howToTag);

export const noReference = (word: string): Diagnostic =>
  usage("bad-reference", `\`${word}\` is no image of a registry`, howToTag);

export const noTag = (word: string): Diagnostic =>
  usage(
    "bad-tag",
    `\`${word}\` is no tag`,
    "a tag has letters, digits, `_`, `.` and `-`, at most 128, and begins with none of the last two",
  );

/** @param from a tag or a digest */
export const noSuchImage = (name: string, from: string): Diagnostic => ({
  code: "no-such-image",
  blame: "surroundings",
  message: `there is no \`${name}${from.includes(":") ? "@" : ":"}${from}\``,
  hint: `\`tbuild tags ${name}\` shows what there is`,
});

// Limits of the environment

export const unknownLimit = (name: string, near: string | undefined): Diagnostic =>
  usage(
    "unknown-limit",
    `\`TBUILD_LIMITS\` has no limit \`${name}\``,
    near === undefined
      ? `write it as in \`TBUILD_LIMITS="logs: 200 MB, traces: 1 GB"\``
      : `did you mean \`${near}\`?`,
  );

export const limitNoSize = (name: string, found: string): Diagnostic =>
  usage(
    "limit-no-size",
    `expected a size for \`${name}\` of \`TBUILD_LIMITS\`, found ${found === "" ? "nothing" : `\`${found}\``}`,
    "write a number and B, kB, MB, GB or TB, such as `200 MB`",
  );

export const limitTooSmall = (name: string): Diagnostic =>
  usage(
    "limit-too-small",
    `\`${name}\` of \`TBUILD_LIMITS\` is less than ${exactSize(leastLimit)}`,
    "allow more",
  );
