/**
 * Variables in texts of compose files: `$NAME`, `${NAME:-default}` and the like. Those that a person would give
 * become parameters; what cannot be one is filled in.
 */
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
  let written = "";
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const [found = "", , plain] = /^\$(\$|([A-Za-z_]\w*))/.exec(rest) ?? [];
    if (found === "$$") written += rest.startsWith("$${") ? "$$" : "$";
    else if (found !== "") written += variable(plain ?? "", "", "", variables);
    const braced = found === "" && rest.startsWith("${") ? untilBrace(rest) : undefined;
    if (braced !== undefined) written += bracedText(braced, variables);
    else if (found === "") written += text[at];
    at += braced === undefined ? Math.max(1, found.length) : braced.length + 3;
  }
  return written;
}

function untilBrace(text: string): string | undefined {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return text.slice(2, at);
  }
  return undefined;
}

function bracedText(inner: string, variables: Variables): Text {
  const [, name, operator = "", word = ""] =
    /^([A-Za-z_]\w*)(?:(:?[-+?])(.*))?$/s.exec(inner) ?? [];
  if (name !== undefined) return variable(name, operator, word, variables);
  variables.lose(`\`\${${inner}}\``, "it is no variable of a compose file");
  return "";
}

function variable(name: string, operator: string, word: string, variables: Variables): Text {
  const { known, parameters, lose } = variables;
  if (operator.endsWith("+")) {
    lose(
      `\`\${${name}${operator}${word}}\``,
      "a parameter has one value; what it is without the variable is written here",
    );
    return known.get(name) ? interpolate(word, variables) : "";
  }
  const given = isSecret(name) && known.has(name) ? withheld(name, lose) : known.get(name);
  const otherwise = operator.endsWith("-") ? plainOf(word, variables) : "";
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

/** Defaults may name other variables; those of parameters may not. */
function plainOf(word: string, { known }: Variables): string {
  return word.replace(
    /\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (_, braced, otherwise, plain) => known.get(String(braced ?? plain)) || String(otherwise ?? ""),
  );
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
