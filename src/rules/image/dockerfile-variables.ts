/** Fills in the variables of a word of a Dockerfile: `$NAME`, `${NAME}`, `${NAME:-default}` and the like. */

/**
 * @param lookup value of a variable: empty when it is not set, undefined when it cannot be known
 * @returns undefined when the word uses something that cannot be known
 */
export function expandVariables(
  word: string,
  lookup: (name: string) => string | undefined,
): string | undefined {
  let text = "";
  for (let at = 0; at < word.length; ) {
    const rest = word.slice(at);
    if (/^\\./s.test(rest)) {
      text += rest[1];
      at += 2;
      continue;
    }
    const plain = /^\$(\w+)/.exec(rest);
    const braced = rest.startsWith("${") ? untilBrace(rest) : undefined;
    if (plain === null && braced === undefined) {
      text += rest[0];
      at += 1;
      continue;
    }
    const value = plain === null ? expandBraced(braced ?? "", lookup) : lookup(plain[1] as string);
    if (value === undefined) return undefined;
    text += value;
    at += plain === null ? (braced?.length ?? 0) + 3 : plain[0].length;
  }
  return text;
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

function expandBraced(
  inner: string,
  lookup: (name: string) => string | undefined,
): string | undefined {
  const parts = /^(\w+)(?:(:?[-+?])(.*))?$/s.exec(inner);
  // Patterns such as `${NAME%x}` are rare in FROM: left to the build.
  if (parts === null) return undefined;
  const [, name = "", operator, word = ""] = parts;
  const value = lookup(name);
  if (value === undefined || operator === undefined || operator.endsWith("?")) return value;
  if (operator.endsWith("+")) return value === "" ? "" : expandVariables(word, lookup);
  return value === "" ? expandVariables(word, lookup) : value;
}
