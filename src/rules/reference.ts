/**
 * Image references as text: parsed by the grammar of the distribution project and written the short
 * way. Knows no engine and no registry.
 */

export interface Reference {
  /** Registry host, absent for Docker Hub. */
  readonly host?: string;
  /** Path below the host, without Docker Hub's `library/`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Characters that a tag may have. */
export const longestTag = 128;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?$/;
const hostV6Pattern = /^\[[0-9a-fA-F:]+\](?::\d+)?$/;

/** The parts of a reference, or undefined where it is none. */
export function parseReference(text: string): Reference | undefined {
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return undefined;
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const place = splitHost(hasTag ? named.slice(0, colon) : named);
  if (!place.repository.split("/").every((part) => component.test(part))) return undefined;
  return { ...place, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** A reference the way the engine prints it: `docker.io/library/debian` is `debian:latest`. */
export function normaliseReference(text: string): string {
  const parsed = parseReference(text);
  return parsed === undefined ? text : writeReference(parsed);
}

/** Those that are names: one with a digest is no name that could be given to an image again. */
export const tagsOnly = (references: readonly string[]): readonly string[] =>
  references.filter((reference) => parseReference(reference)?.digest === undefined);

/** The short way to write a reference, with the tag that is meant where none is given. */
export function writeReference({ host, repository, tag, digest }: Reference): string {
  const name = host === undefined ? repository : `${host}/${repository}`;
  if (digest !== undefined) return `${name}${tag === undefined ? "" : `:${tag}`}@${digest}`;
  return `${name}:${tag ?? "latest"}`;
}

/** Whether text is `HOST` or `HOST/PATH` as a reference may start with. */
export function isRegistryPlace(text: string): boolean {
  const [host = "", ...path] = text.split("/");
  return isHost(host) && path.every((part) => component.test(part));
}

/** Whether text may stand behind the colon of a reference. */
export const isTag = (text: string): boolean => tagPattern.test(text);

const isHost = (text: string): boolean => hostPattern.test(text) || hostV6Pattern.test(text);

/** As Docker does: the first part is a host when it has a dot, a port or an upper-case letter. */
function splitHost(name: string): Pick<Reference, "host" | "repository"> {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain = /[.:A-Z[]/.test(first) || first === "localhost";
  if (slash < 0 || !isDomain || !isHost(first)) return { repository: shorten(name) };
  const repository = name.slice(slash + 1);
  const isHub = first === "docker.io" || first === "index.docker.io";
  return isHub ? { repository: shorten(repository) } : { host: first, repository };
}

const shorten = (repository: string): string => repository.replace(/^library\/(?=[^/]+$)/, "");
