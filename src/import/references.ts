/** References of images in texts of a draft, which may hold parameters. */
import type { Text } from "./draft.ts";

/** Name and tag, `latest` where none is said. */
export function splitTag(reference: Text): readonly [name: Text, tag: Text] {
  const colon = /:((?:[^:/${}]|\$\{[^}]*\})*)$/.exec(reference);
  if (colon === null) return [reference, "latest"];
  return [reference.slice(0, colon.index), colon[1] ?? "latest"];
}

/** Where a name lies and its last part: `registry/team` and `web`. */
export function splitName(reference: Text): readonly [place: Text | undefined, name: Text] {
  const [name] = splitTag(reference);
  const slash = name.replace(/\$\{[^}]*\}/g, (use) => "x".repeat(use.length)).lastIndexOf("/");
  return slash < 0 ? [undefined, name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** The last part of a name without its tag. */
export const repositoryName = (reference: string): string =>
  splitName(reference.split("@")[0] ?? "")[1];
