/** Cuts an image name into the parts that the engine's API takes apart. Names are checked elsewhere. */

export interface ReferenceParts {
  /** Registry and repository: `localhost:5000/team/app`. */
  readonly name: string;
  /** A tag, or a digest with its algorithm; `latest` when none is written. */
  readonly tag: string;
}

/**
 * Cuts a reference. The API must always be told a tag: without one it pulls or pushes every tag of
 * the repository.
 */
export function splitReference(reference: string): ReferenceParts {
  const at = reference.indexOf("@");
  if (at >= 0) return { name: withoutTag(reference.slice(0, at)), tag: reference.slice(at + 1) };
  const name = withoutTag(reference);
  return { name, tag: reference.slice(name.length + 1) || "latest" };
}

/** The host of the registry that a reference names, `docker.io` when it names none. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf("/");
  const first = slash < 0 ? "" : reference.slice(0, slash);
  // The engine's rule: only these cannot be a user's name on Docker Hub.
  return /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
}

/** A colon after the last slash parts the tag; one before it parts a port. */
function withoutTag(reference: string): string {
  const colon = reference.lastIndexOf(":");
  return colon > reference.lastIndexOf("/") ? reference.slice(0, colon) : reference;
}
