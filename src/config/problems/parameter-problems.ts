/** The wording of problems with parameters: their declarations, their uses in texts and their values. */
import type { Location } from "../../model/diagnostic.ts";
import { didYouMean, oneOf, readFailure, showPlace, usage } from "./problem-words.ts";

export const unknownParameter = (name: string, at: Location, near: string | undefined) =>
  usage("unknown-parameter", `there is no parameter \`${name}\``, at, {
    hint:
      didYouMean(near) ?? `declare it under \`params\`, or write \`$\${${name}}\` for plain text`,
  });

export const illegalPlaceholder = (text: string, at: Location) =>
  usage("illegal-placeholder", `\`\${${text}}\` names no parameter`, at, {
    hint: `write \`$\${${text}}\` for plain text`,
  });

export const noVersionInMatrix = (part: string, value: string, at: Location) =>
  usage(
    "no-semantic-version",
    `\`\${semver.${part}}\` has no value for \`version\` \`${value}\`, which is no semantic version`,
    at,
    { hint: "a semantic version is MAJOR.MINOR.PATCH, such as `1.2.3` or `1.2.3-rc.1`" },
  );

export const openPlaceholder = (at: Location) =>
  usage("open-placeholder", "`${` without `}`", at, { hint: "write `$${` for a plain `${`" });

export const secretInText = (name: string, at: Location) =>
  usage("secret-in-text", `\`${name}\` is a secret, and would be shown here`, at, {
    hint: "hand it over with the key `secrets`",
  });

export const notASecret = (what: string, at: Location, example: string | undefined) =>
  usage("not-a-secret", `${what} takes one secret parameter`, at, {
    hint: example ? `write \`\${${example}}\`` : "declare one under `params` with `type: secret`",
  });

export const quotedDocument = (name: string, at: Location) =>
  usage("quoted-here-document", `\`\${${name}}\` is in a here-document whose end is quoted`, at, {
    hint: "leave out the quotes at its `<<`",
  });

export const choicesNeedChoice = (type: string, at: Location) =>
  usage(
    "choices-need-choice",
    `\`choices\` goes with types \`choice\` and \`list\`, not with \`${type}\``,
    at,
  );

export const secretDefault = (name: string, at: Location) =>
  usage(
    "secret-default",
    `secret \`${name}\` cannot have a default: the target file is no secret`,
    at,
    {
      hint: "name an environment variable with `env`",
    },
  );

export const secretFileTaken = (secret: string, at: Location) =>
  usage(
    "reserved-name",
    `a parameter cannot be called \`${secret}-file\`: \`--${secret}-file\` gives the secret \`${secret}\``,
    at,
    { hint: "choose another name" },
  );

export const typeConflict = (
  name: string,
  types: readonly string[],
  [at, other]: readonly Location[],
) =>
  usage(
    "type-conflict",
    `parameter \`${name}\` is a ${types[0]} here and a ${types[1]} elsewhere`,
    at,
    {
      hint: "give both one type, or rename one",
      details: other && [`the other is at ${showPlace(other)}`],
    },
  );

export interface BadValue {
  /** ``parameter `os` `` or ``default of parameter `os` ``. */
  readonly subject: string;
  readonly value: string;
  /** Where it came from, when not from the target file. */
  readonly from?: string | undefined;
  readonly at?: Location | undefined;
}

export const badChoice = ({ subject, value, from, at }: BadValue, choices: readonly string[]) =>
  usage("bad-value", `${subject} cannot be \`${value}\`: choose ${oneOf(choices)}`, at, {
    details: from === undefined ? undefined : [`given by ${from}`],
  });

export const badValue = ({ subject, value, from, at }: BadValue, wanted: string) =>
  usage("bad-value", `${subject} cannot be \`${value}\`: expected ${wanted}`, at, {
    details: from === undefined ? undefined : [`given by ${from}`],
  });

export const notAsPattern = (
  { subject, value, from, at }: BadValue,
  pattern: string,
  help: string | undefined,
) =>
  usage("bad-value", `${subject} cannot be \`${value}\`: expected text like \`${pattern}\``, at, {
    details: from === undefined ? undefined : [`given by ${from}`],
    hint: help,
  });

export const patternNeedsString = (type: string, at: Location) =>
  usage(
    "pattern-needs-string",
    `\`pattern\` goes with types \`string\` and \`list\`, not with \`${type}\``,
    at,
  );

export const requiredDefault = (at: Location) =>
  usage(
    "required-default",
    "`required` says that somebody gives it, and `default` or `file` who else does",
    at,
    {
      hint: "leave out one of the two",
    },
  );

export const noFileValue = (why: string, at: Location) => usage("no-file-value", why, at);

export const notOneLine = (path: string, lines: number, at: Location) =>
  usage("not-one-line", `\`${path}\` has ${lines === 0 ? "no text" : `${lines} lines`}`, at, {
    hint: "the file of a parameter holds its value, and nothing else",
  });

export const emptyValue = (subject: string, from: string) =>
  usage("bad-value", `${subject} cannot be empty`, undefined, { details: [`given by ${from}`] });

export const unknownGiven = (name: string, near: string | undefined) =>
  usage("unknown-parameter", `there is no parameter \`${name}\``, undefined, {
    hint: near && `did you mean \`--${near}\`?`,
  });

export const secretOnCommandLine = (name: string, env: string | undefined) =>
  usage(
    "secret-on-command-line",
    `secret \`${name}\` cannot be given with \`--${name}\`: everybody on this machine could read it`,
    undefined,
    { hint: `use \`--${name}-file PATH\`${env ? ` or the environment variable \`${env}\`` : ""}` },
  );

export const secretFileUnreadable = (name: string, path: string, cause: NodeJS.ErrnoException) =>
  usage(
    "secret-file-unreadable",
    `cannot read \`${path}\` for secret \`${name}\`: ${readFailure(cause)}`,
  );

export const unknownFixed = (where: string, key: string, at: Location, near: string | undefined) =>
  usage("unknown-parameter", `${where} has no parameter \`${key}\``, at, {
    hint: didYouMean(near),
  });

export const needsValue = (subject: string, from: string) =>
  usage("needs-value", `${subject} needs a value`, undefined, { details: [`given by ${from}`] });
