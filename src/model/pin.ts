/**
 * What targets ask servers for by names that may come to stand for something else, and how a lock file
 * keeps what these stood for. Reading and writing that file is left to `pins/`.
 */
import { createHash } from "node:crypto";
import type { Location } from "./diagnostic.ts";

export type Asked =
  /** A branch or a tag, or the remote's HEAD. */
  | { readonly kind: "git"; readonly url: string; readonly ref: string }
  /** Normalised, and without a digest. */
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "fetch"; readonly url: string };

/** A commit, or a digest with `sha256:` before it. */
export interface Pin {
  readonly value: string;
  /** In the lock file; absent where this run found it out. */
  readonly at?: Location;
}

/** What became of an entry of the lock file when servers were asked again. */
export type PinChange =
  | { readonly kind: "moved"; readonly key: string; readonly from: string; readonly to: string }
  | { readonly kind: "stays" | "added"; readonly key: string; readonly to: string }
  /** Nothing names it any more. */
  | { readonly kind: "gone"; readonly key: string; readonly from: string };

/** What rules see of the lock while they act. */
export interface PinsView {
  known(asked: Asked): Pin | undefined;
  /** Asks once in a run, whoever wants to know; what nobody could tell is asked again. */
  find(asked: Asked, ask: () => Promise<string | undefined>): Promise<string | undefined>;
  /** @returns the value that counts: the first one that was noted */
  note(asked: Asked, value: string): string;
}

/**
 * `targets.lock` of `targets.yaml`: each root target file has one of its own.
 * @param files absolute paths, the root file first
 */
export const lockPathOf = ([root]: readonly { readonly path: string }[]): string =>
  (root?.path ?? "").replace(/(\.ya?ml)?$/, ".lock");

/** What stands before the value in a line of the lock file; without credentials. */
export function pinKey(asked: Asked): string {
  return wordsOf(asked).map(written).join(" ");
}

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

/** All of its digits: it stands for nothing else, ever. */
export const isWholeCommit = (ref: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);

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

function unquoted(word: string): string | undefined {
  try {
    return JSON.parse(word) as string;
  } catch {
    return undefined;
  }
}

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
