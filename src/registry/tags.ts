/** Reads what a repository of a registry holds: its tags, with what each of them names. Writes nothing. */
import type { Digest } from "../model/artifact.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { RegistryRequest } from "./client.ts";
import type { Answer } from "./exchange.ts";
import { digestOf, readManifest } from "./manifests.ts";
import type { Place } from "./place.ts";

export interface RegistryTag {
  readonly tag: string;
  readonly digest: Digest;
  /** ISO 8601, where the image says when it was made. */
  readonly created?: string;
  /** Bytes that a pull of nothing known brings; absent for an image of several platforms. */
  readonly size?: number;
}

/** Manifests at the same time. */
const atOnce = 8;

/**
 * @returns undefined where there is no such repository; versions first, the newest of them at the top
 * @throws DiagnosticError where the registry cannot be reached or refuses
 */
export async function readTags(place: Place): Promise<readonly RegistryTag[] | undefined> {
  const names = await tagNames(place);
  if (names === undefined) return undefined;
  const found = await inParallel(names, atOnce, place.signal, (name, signal) =>
    readTag({ ...place, signal }, name),
  );
  return found.filter((tag) => tag !== undefined).sort(byVersionThenTime);
}

/**
 * All pages: each says where the next one is.
 * @returns undefined where there is no such repository
 * @throws DiagnosticError where the registry cannot be reached or refuses
 */
export async function tagNames(place: Place): Promise<readonly string[] | undefined> {
  const names: string[] = [];
  let next: string | URL | undefined = `${place.repository}/tags/list`;
  while (next !== undefined) {
    const request = about(place, "list the tags of", next);
    const answer = await place.client.send(request);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw place.client.refused(answer, request);
    names.push(...(parse<{ tags?: readonly string[] | null }>(answer.body)?.tags ?? []));
    next = nextPage(answer);
  }
  return names;
}

function nextPage({ headers, url }: Answer): URL | undefined {
  const link = [headers["link"] ?? []].flat().join(",");
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link) ?? [];
  return target !== undefined && URL.canParse(target, url.href) ? new URL(target, url) : undefined;
}

interface ManifestJson {
  readonly config?: { readonly digest: Digest; readonly size: number };
  readonly layers?: readonly { readonly size: number }[];
}

/**
 * What one tag or digest names.
 * @returns undefined where there is none, or where it went a moment ago
 * @throws DiagnosticError where the registry cannot be reached or refuses
 */
export async function readTag(place: Place, tag: string): Promise<RegistryTag | undefined> {
  const manifest = await readManifest(place, tag);
  if (manifest === undefined) return undefined;
  const { config, layers } = parse<ManifestJson>(manifest.bytes) ?? {};
  if (config === undefined || layers === undefined) return { tag, digest: manifest.digest };
  const size = layers.reduce((sum, layer) => sum + layer.size, config.size);
  const created = await createdIn(place, config.digest);
  return { tag, digest: manifest.digest, ...(created && { created }), size };
}

async function createdIn(place: Place, digest: Digest): Promise<string | undefined> {
  const to = `${place.repository}/blobs/${digest}`;
  const { status, body } = await place.client.send(about(place, "read", to));
  // What it says counts only if it is what was asked for.
  if (status !== 200 || digestOf(body) !== digest) return undefined;
  const { created } = parse<{ created?: unknown }>(body) ?? {};
  return typeof created === "string" && !Number.isNaN(Date.parse(created)) ? created : undefined;
}

function about(place: Place, verb: string, to: string | URL): RegistryRequest {
  const { repository, client, signal } = place;
  const doing = `${verb} \`${client.host}/${repository}\``;
  return {
    method: "GET",
    to,
    repository,
    doing,
    signal,
    scopes: [`repository:${repository}:pull`],
  };
}

function parse<T>(bytes: Uint8Array): T | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as T;
  } catch {
    return undefined;
  }
}

const numeric = new Intl.Collator("en", { numeric: true });

function byVersionThenTime(a: RegistryTag, b: RegistryTag): number {
  const [isA, isB] = [isVersion(a), isVersion(b)];
  if (isA !== isB) return isA ? -1 : 1;
  const versions = isA ? numeric.compare(b.tag.replace(/^v/, ""), a.tag.replace(/^v/, "")) : 0;
  return (
    versions || (b.created ?? "").localeCompare(a.created ?? "") || numeric.compare(a.tag, b.tag)
  );
}

const isVersion = ({ tag }: RegistryTag): boolean => /^v?\d/.test(tag);
