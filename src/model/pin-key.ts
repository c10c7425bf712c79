/** What an entry of the lock file is called there. */
import { createHash } from "node:crypto";
import type { Asked } from "./pin.ts";

/** What stands before the value in a line of the lock file; without credentials. */
export function pinKey(asked: Asked): string {
  return wordsOf(asked).map(written).join(" ");
}

function wordsOf(asked: Asked): readonly string[] {
  switch (asked.kind) {
    case "git":
      return ["git", withoutCredentials(asked.url), asked.ref];
    case "image":
      return ["image", asked.reference];
    case "fetch":
      return ["fetch", withoutQuery(withoutCredentials(asked.url))];
  }
}

const written = (word: string): string =>
  /^[^\s"\p{Cc}]+$/u.test(word) ? word : JSON.stringify(word);

/** The lock file is for everybody. The user of an SSH address is no secret, its password is. */
function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, who: string) =>
    scheme.toLowerCase() === "ssh://" ? `${scheme}${who.replace(/:.*$/s, "")}@` : scheme,
  );
}

/** A query may be a password as well; what it was still tells two files apart. */
function withoutQuery(url: string): string {
  const at = url.indexOf("?");
  return at < 0
    ? url
    : `${url.slice(0, at)}?${createHash("sha256").update(url.slice(at)).digest("hex").slice(0, 12)}`;
}
