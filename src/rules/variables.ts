/** Finds variables in a text as shells write them: `$NAME`, `${NAME}`, `${NAME:-default}` and the like. */

export interface Variable {
  /** Empty for braces with something else in them. */
  readonly name: string;
  /** `-`, `+` or `?`, with or without `:` before it; empty where none is. */
  readonly operator: string;
  /** What follows the operator; it may have variables in it. */
  readonly word: string;
  /** As it stands in the text. */
  readonly written: string;
}

/** How a text says that a `$` is no variable: `\` before any character, or a second `$`. */
export type Escaping = "\\" | "$";

/** What stands between variables, and they, in their order; escapes are undone. */
export function cutVariables(text: string, escaping: Escaping): readonly (string | Variable)[] {
  const parts: (string | Variable)[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const escaped = escaping === "$" ? /^\$\$/.exec(rest) : /^\\./s.exec(rest);
    const variable = escaped ? undefined : variableAt(rest);
    if (variable) {
      parts.push(plain, variable);
      plain = "";
    } else plain += escaped ? rest[1] : rest[0];
    at += variable?.written.length ?? escaped?.[0].length ?? 1;
  }
  return [...parts, plain].filter((part) => part !== "");
}

function variableAt(text: string): Variable | undefined {
  const [written, name = ""] = /^\$([a-z_]\w*)/i.exec(text) ?? [];
  if (written !== undefined) return { name, operator: "", word: "", written };
  const inner = text.startsWith("${") ? untilBrace(text) : undefined;
  if (inner === undefined) return undefined;
  const [, braced = "", operator = "", word = ""] =
    /^([a-z_]\w*)(?:(:?[-+?])(.*))?$/is.exec(inner) ?? [];
  return { name: braced, operator, word, written: `\${${inner}}` };
}

/** What stands between `${` and its `}`, pairs inside counted. */
function untilBrace(text: string): string | undefined {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return text.slice(2, at);
  }
  return undefined;
}

/**
 * The text with the values of its variables.
 * @param lookup value of a variable: empty when it is not set, undefined when it cannot be known
 * @returns undefined when the text uses something that cannot be known
 */
export function expandVariables(
  text: string,
  lookup: (name: string) => string | undefined,
  escaping: Escaping = "\\",
): string | undefined {
  const valueIn = ({ name, operator, word }: Variable): string | undefined => {
    // Patterns such as `${NAME%x}` are rare: left to whoever reads the text for good.
    const value = name === "" ? undefined : lookup(name);
    if (value === undefined || operator === "" || operator.endsWith("?")) return value;
    const isWord = operator.endsWith("+") ? value !== "" : value === "";
    return isWord ? expandVariables(word, lookup, escaping) : value;
  };
  let expanded = "";
  for (const part of cutVariables(text, escaping)) {
    const value = typeof part === "string" ? part : valueIn(part);
    if (value === undefined) return undefined;
    expanded += value;
  }
  return expanded;
}
