/** Finds what a name means in a remote repository, from what `git ls-remote` lists. */

export type RemoteRef =
  /** A name that the server knows, and the commit that it leads to. */
  | { readonly kind: "named"; readonly ref: string; readonly commit: string }
  /** May be a commit, or the start of one: the server does not list those. */
  | { readonly kind: "commit"; readonly commit: string };

/**
 * As git does: a tag wins over a branch, and both over a commit.
 * @param listed lines of `git ls-remote`: an object, a tab, a name
 * @returns undefined when it can mean nothing
 */
export function findRef(listed: readonly string[], name = "HEAD"): RemoteRef | undefined {
  const objects = new Map<string, string>();
  for (const line of listed) {
    const [object = "", ref = ""] = line.split("\t");
    objects.set(ref, object);
  }
  for (const ref of [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`]) {
    // What an annotated tag is of is listed under its own name.
    const commit = objects.get(`${ref}^{}`) ?? objects.get(ref);
    if (commit !== undefined) return { kind: "named", ref, commit };
  }
  return /^[0-9a-f]{7,64}$/i.test(name) && listed.length > 0
    ? { kind: "commit", commit: name.toLowerCase() }
    : undefined;
}

/** Names of branches and tags as people write them, each once. */
export function namesOf(listed: readonly string[], kind: "heads" | "tags"): readonly string[] {
  const start = `refs/${kind}/`;
  const names = listed.map((line) => line.split("\t")[1] ?? "");
  return names
    .filter((name) => name.startsWith(start) && !name.endsWith("^{}"))
    .map((name) => name.slice(start.length));
}
