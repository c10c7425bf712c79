/** The path of a request as decoded names, and its query. What is not plainly a path is refused. */
import { badRequest } from "../refusal.ts";

export interface RequestPath {
  /** As it was sent, without the query. */
  readonly path: string;
  /** Decoded, each by itself: a name may hold a slash, and is still one name. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
}

/** @throws Refusal for proxies' and wildcards' forms, escapes that are none, and control characters */
export function readPath(url: string): RequestPath {
  const [path = "", query = ""] = splitOnce(url, "?");
  if (!path.startsWith("/")) throw badRequest("this is no path of this server");
  const names = path.slice(1).split("/").map(decoded);
  return { path, names, query: new URLSearchParams(query) };
}

function splitOnce(text: string, by: string): readonly string[] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(name: string): string {
  let text: string;
  try {
    text = decodeURIComponent(name);
  } catch {
    throw badRequest("the path has an escape that is none");
  }
  if (/\p{Cc}/u.test(text)) throw badRequest("the path has a control character in it");
  return text;
}
