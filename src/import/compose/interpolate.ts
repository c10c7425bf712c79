/**
 * Variables in texts of compose files: `$NAME`, `${NAME:-default}` and the like. Those that a person would give
 * become parameters; what cannot be one is filled in.
 */
import { cutVariables, expandVariables, type Variable } from "../../rules/variables.ts";
import type { DraftParameter, Text } from "../draft.ts";
import { literal } from "../draft.ts";
import { parameterName } from "../names.ts";

export interface Variables {
  /** Of `.env`. */
  readonly known: ReadonlyMap<string, string>;
  /** Parameters made so far, by the names of their variables. */
  readonly parameters: Map<string, DraftParameter>;
  /** Is told what cannot be kept: a variable, and why. */
  readonly lose: (subject: string, why: string) => void;
}

/** A text of the compose file as one of the target file. */
export function interpolate(text: string, variables: Variables): Text {
  const parts = cutVariables(text, "$");
  return parts.map((part) => written(part, variables)).join("");
}

function written(part: string | Variable, variables: Variables): Text {
  if (typeof part === "string") return literal(part);
  const { known, parameters, lose } = variables;
  const { name, operator, word } = part;
  if (name === "") {
    lose(`\`${part.written}\``, "it is no variable of a compose file");
    return "";
  }
  if (operator.endsWith("+")) {
    lose(
      `\`${part.written}\``,
      "a parameter has one value; what it is without the variable is written here",
    );
    return known.get(name) ? interpolate(word, variables) : "";
  }
  const given = isSecret(name) && known.has(name) ? withheld(name, lose) : known.get(name);
  const otherwise = operator.endsWith("-") ? defaultOf(word, variables) : "";
  const value = given !== undefined && (given !== "" || operator === "-") ? given : otherwise;
  const before = parameters.get(name);
  if (before === undefined) {
    const help = operator.endsWith("?") && word !== "" ? { help: word } : {};
    parameters.set(name, { name: parameterName(name), default: value, env: name, ...help });
  } else if (before.default !== value) {
    // The first place decides for the parameter; here the text says what it stands for today.
    lose(
      `the default \`${value}\` of \`${name}\``,
      `elsewhere it is \`${before.default}\`, and a parameter has one`,
    );
    return literal(value);
  }
  return `\${${parameterName(name)}}`;
}

/** Defaults may name other variables; those of parameters may not. */
const defaultOf = (word: string, { known }: Variables): string =>
  expandVariables(word, (name) => known.get(name) ?? "", "$") ?? "";

/** The target file is for everybody who has the project, and `.env` often is not. */
const isSecret = (name: string): boolean =>
  /pass|token|secret|credential|(^|_)key($|_)/i.test(name);

function withheld(name: string, lose: Variables["lose"]): undefined {
  lose(
    `the value of \`${name}\``,
    "it looks like a secret and stays in `.env`; rule `image` has `secrets` for such",
  );
  return undefined;
}

/** The lines of an `.env` file. */
export function readEnvironment(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ""] =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const quoted = /^(["'])(.*)\1/.exec(value)?.[2];
    found.set(name, quoted ?? value.replace(/\s+#.*$/, ""));
  }
  return found;
}
