/** What messages call an entry of the lock file, and its words. */

/** The words of a key, or of a whole line; undefined where a quote does not end. */
export function splitPin(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|([^\s"]+))(?=\s|$)/y;
  const trimmed = text.trim();
  while (pattern.lastIndex < trimmed.length) {
    const [found, quoted, plain] = pattern.exec(trimmed) ?? [];
    if (found === undefined) return undefined;
    const word = quoted === undefined ? plain : unquoted(quoted);
    if (word === undefined) return undefined;
    words.push(word);
  }
  return words;
}

/** ``` `master` of `https://example.org/api.git` ```, or the image or the URL. */
export function shownPin(key: string): string {
  const [kind, subject = "", ref = ""] = splitPin(key) ?? [];
  return kind === "git" ? `\`${ref}\` of \`${subject}\`` : `\`${subject}\``;
}

/** What a change of it is told of: the branch alone, where that is enough. */
export function pinName(key: string): string {
  const [kind, subject = "", ref = ""] = splitPin(key) ?? [];
  return kind === "git" ? ref : subject;
}

/** Twelve digits: enough to tell two of them apart. */
export const shortPin = (value: string): string => value.replace(/^sha256:/, "").slice(0, 12);

function unquoted(word: string): string | undefined {
  try {
    return JSON.parse(word) as string;
  } catch {
    return undefined;
  }
}
