/**
 * Pulls an image by way of the mirrors of its registry, in their order. What is done when none of them
 * has it is told by the caller.
 */
import type { Docker } from "../docker/docker.ts";
import type { Digest, ImageArtifact } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import { repositoryAt } from "../registry/endpoint.ts";
import { mirroredNames } from "../registry/open-registry.ts";
import { parseReference, type Reference, writeReference } from "./reference.ts";
import type { ActContext } from "./rule.ts";

/** Codes of the engine's answers that say: not from here, not now. */
export const pullReasons: Readonly<Record<string, string>> = {
  "image-not-found": "not found in the registry",
  "registry-unreachable": "the registry cannot be reached",
  "registry-denied": "the registry denies access",
};

export interface MirroredImage {
  readonly image: ImageArtifact;
  /** What a registry calls these very bytes; undefined where the engine does not tell. */
  readonly digest: string | undefined;
}

/** @returns undefined where no mirror gives it, or there is none */
export async function pullFromMirrors(
  reference: Reference,
  docker: Docker,
  context: ActContext,
): Promise<MirroredImage | undefined> {
  const { host = "docker.io", repository, tag, digest } = reference;
  const names = mirroredNames(host, repositoryAt(host, repository), context.access.registries);
  const version = digest === undefined ? `:${tag ?? "latest"}` : `@${digest}`;
  for (const name of names) {
    const found = await pullAs(`${name}${version}`, reference, docker, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The engine is left as if the image had come from its own registry. */
async function pullAs(
  name: string,
  reference: Reference,
  docker: Docker,
  context: ActContext,
): Promise<MirroredImage | undefined> {
  const before = await docker.imageId(name);
  const image = await pullOrTell(name, docker, context);
  if (image === undefined) return undefined;
  const own = ownName(reference);
  let digest: string | undefined;
  try {
    await docker.tag(image, own);
    digest = await digestInEngine(name, docker);
  } finally {
    if (before === undefined) await docker.removeImage(name);
    else if (before !== image) await docker.tag(before, name);
  }
  return { image: { kind: "image", digest: image, references: [own] }, digest };
}

/** The digest of a registry under which an engine holds what it calls by this name. */
export async function digestInEngine(name: string, docker: Docker): Promise<string | undefined> {
  const wanted = parseReference(name);
  for (const held of (await docker.registryNames(name)) ?? []) {
    const parsed = parseReference(held);
    if (parsed?.host === wanted?.host && parsed?.repository === wanted?.repository) {
      return parsed?.digest;
    }
  }
  return undefined;
}

async function pullOrTell(
  name: string,
  docker: Docker,
  { progress, signal }: ActContext,
): Promise<Digest | undefined> {
  try {
    const image = await docker.pull(name, progress, signal);
    progress.output(`pulled from a mirror as ${name}`);
    return image;
  } catch (error) {
    progress.output(`mirror passed over: ${whyNot(error)}`);
    return undefined;
  }
}

/** An engine gives no image the name of a digest that it did not pull under it: its tag tells it. */
export const ownName = ({ digest, ...named }: Reference): string =>
  writeReference(digest === undefined ? named : { ...named, tag: digest.replace(":", "-") });

/** Only what the registry of the mirror is to blame for. */
function whyNot(error: unknown): string {
  if (!(error instanceof DiagnosticError)) throw error;
  const { code, message } = error.diagnostic;
  if (code !== "pull-failed" && pullReasons[code] === undefined) throw error;
  return message;
}
