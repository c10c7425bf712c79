/** The wording of problems with lists: their forms, their values, and the matrices that take them. */
import type { Location } from "../../model/diagnostic.ts";
import type { BadValue } from "./parameter-problems.ts";
import { quoted, usage } from "./problem-words.ts";

export const notAForm = (text: string, at: Location) =>
  usage("not-a-form", `\`${text}\` is no form of a value`, at, {
    hint: "write names of pieces with one of `. - + ~ : @ / =` or several between them, such as `name==version`",
  });

export const formNeedsList = (type: string, at: Location) =>
  usage("form-needs-list", `\`form\` goes with type \`list\`, not with \`${type}\``, at);

export const formConflict = (name: string, forms: readonly (string | undefined)[], at: Location) =>
  usage(
    "type-conflict",
    `parameter \`${name}\` has ${shownForm(forms[0])} here and ${shownForm(forms[1])} elsewhere`,
    at,
    { hint: "give both one form, or rename one" },
  );

const shownForm = (form: string | undefined): string =>
  form === undefined ? "no form" : `the form \`${form}\``;

export const notAList = (axis: string, text: string, at: Location, example: string | undefined) =>
  usage("not-a-list", `matrix key \`${axis}\` takes a list, and \`${text}\` is none`, at, {
    hint: example
      ? `write \`\${${example}}\`, or the values themselves`
      : "declare a parameter with `type: list`, or write the values themselves",
  });

export const unknownPiece = (
  axis: string,
  piece: string,
  pieces: readonly string[],
  at: Location,
) =>
  usage("unknown-piece", `\`${axis}\` has no piece \`${piece}\``, at, {
    hint:
      pieces.length > 0
        ? `its pieces are ${quoted(pieces).join(", ")}`
        : "declare its pieces with `form` of the parameter",
  });

export const semverOfList = (piece: string, at: Location) =>
  usage("semver-of-list", `\`\${semver.${piece}}\` takes no number from a list`, at, {
    hint: "write the values into the matrix, or give the pieces of the version a `form`",
  });

const givenBy = (from: string | undefined) =>
  from === undefined ? undefined : [`given by ${from}`];

export const notAsForm = ({ subject, value, from, at }: BadValue, form: string, help?: string) =>
  usage("bad-value", `${subject} cannot be \`${value}\`: expected \`${form}\``, at, {
    details: givenBy(from),
    hint: help,
  });

export const pieceNotAsPattern = (
  { subject, value, from, at }: BadValue,
  piece: { readonly name: string; readonly text: string; readonly pattern: string },
  help: string | undefined,
) =>
  usage(
    "bad-value",
    `${subject} cannot be \`${value}\`: expected text like \`${piece.pattern}\` as \`${piece.name}\`, found \`${piece.text}\``,
    at,
    { details: givenBy(from), hint: help },
  );

export const emptyListValue = ({ subject, from, at }: BadValue, form: string | undefined) =>
  usage("bad-value", `${subject} has an empty value`, at, {
    details: givenBy(from),
    hint: form && `each is like \`${form}\``,
  });

export const listRepeats = ({ subject, from, at }: BadValue, value: string) =>
  usage("list-repeats", `${subject} has \`${value}\` a second time`, at, {
    details: givenBy(from),
  });
