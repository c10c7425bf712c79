/** Lists, names, removes and imports the images that an engine holds. Moving them is left to `transfer.ts`. */
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import type Dockerode from "dockerode";
import type { Digest } from "../model/artifact.ts";
import type { ImageSummary, RemoveOutcome } from "./docker.ts";
import { failure, reasonOf, statusOf, throwIfAborted } from "./errors.ts";
import { decodeJsonLines } from "./json-lines.ts";
import { splitReference } from "./reference-parts.ts";

/** All images that have a name or stand by themselves, by one request. */
export async function listImages(engine: Dockerode): Promise<readonly ImageSummary[]> {
  const images = await engine.listImages();
  return images.map((image) => ({
    id: image.Id as Digest,
    // Old engines print `<none>:<none>` for an image that lost its name.
    references: (image.RepoTags ?? []).filter((name) => !name.startsWith("<none>")),
    labels: image.Labels ?? {},
    created: image.Created,
    size: image.Size,
  }));
}

/** The image ID under a reference or ID, or undefined. */
export async function imageId(engine: Dockerode, reference: string): Promise<Digest | undefined> {
  try {
    return (await engine.getImage(reference).inspect()).Id as Digest;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Names with the digests of registries; undefined where the engine holds no such image. */
export async function registryNames(
  engine: Dockerode,
  reference: string,
): Promise<readonly string[] | undefined> {
  try {
    return (await engine.getImage(reference).inspect()).RepoDigests ?? [];
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** @throws DiagnosticError `image-not-found` */
export async function layersOf(engine: Dockerode, reference: string): Promise<readonly Digest[]> {
  try {
    const { RootFS } = await engine.getImage(reference).inspect();
    return (RootFS?.Layers ?? []) as Digest[];
  } catch (error) {
    throw statusOf(error) === 404 ? imageNotFound(reference, error) : error;
  }
}

/** @throws DiagnosticError `image-not-found` */
export async function tagImage(engine: Dockerode, id: string, reference: string): Promise<void> {
  const { name, tag } = splitReference(reference);
  try {
    await engine.getImage(id).tag({ repo: name, tag });
  } catch (error) {
    throw statusOf(error) === 404 ? imageNotFound(id, error) : error;
  }
}

/** Removes one reference, or an image by ID when nothing else holds it. Never forced. */
export async function removeImage(
  engine: Dockerode,
  referenceOrId: string,
): Promise<RemoveOutcome> {
  try {
    await engine.getImage(referenceOrId).remove({ force: false });
    return { kind: "removed" };
  } catch (error) {
    if (statusOf(error) === 404) return { kind: "absent" };
    if (statusOf(error) === 409) return { kind: "in-use", by: holderOf(reasonOf(error)) };
    throw error;
  }
}

/**
 * Who holds an image, from the engine's refusal to remove it.
 * @internal exported for its test
 */
export function holderOf(reason: string): string {
  const container = /container ([0-9a-f]{12,64})/.exec(reason)?.[1];
  if (container) return `container ${container.slice(0, 12)}`;
  if (/dependent child images/.test(reason)) return "images that are built on it";
  if (/multiple repositories/.test(reason)) return "other references";
  return reason;
}

interface RootfsImport {
  /** Absolute path of the tar file, plain or compressed. */
  readonly tar: string;
  readonly tags: readonly string[];
  /** Dockerfile instructions such as `CMD ["bash"]`. */
  readonly changes: readonly string[];
}

/**
 * Imports a root file system as an image with one layer, and names it.
 * @returns the image ID
 * @throws DiagnosticError `import-failed`
 */
export async function importRootfs(
  engine: Dockerode,
  { tar, tags, changes }: RootfsImport,
  signal: AbortSignal,
): Promise<Digest> {
  throwIfAborted(signal);
  await assertReadable(tar);
  const [first, ...more] = tags;
  const named = first === undefined ? {} : repositoryOf(first);
  const options = { ...named, changes: [...changes], abortSignal: signal };
  const file = createReadStream(tar);
  try {
    const answer = await engine.importImage(file, options);
    const id = await importedId(answer as AsyncIterable<Buffer>, tar);
    for (const tag of more) await tagImage(engine, id, tag);
    return id;
  } catch (error) {
    throw statusOf(error) === undefined ? error : importFailed(tar, reasonOf(error), error);
  } finally {
    file.destroy();
  }
}

function repositoryOf(reference: string) {
  const { name, tag } = splitReference(reference);
  return { repo: name, tag };
}

/** The engine reports the ID as the last status. */
async function importedId(answer: AsyncIterable<Buffer>, tar: string): Promise<Digest> {
  let id: string | undefined;
  for await (const line of decodeJsonLines(answer)) {
    const { status, error } = line as { status?: string; error?: string };
    if (error !== undefined) throw importFailed(tar, error);
    if (status?.startsWith("sha256:")) id = status;
  }
  if (id === undefined) throw importFailed(tar, "the engine reported no image");
  return id as Digest;
}

async function assertReadable(tar: string): Promise<void> {
  try {
    await access(tar, constants.R_OK);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw importFailed(tar, absent ? "no such file" : "it cannot be read", error);
  }
}

function importFailed(tar: string, why: string, cause?: unknown) {
  return failure("import-failed", "target", `cannot import \`${tar}\`: ${why}`, { cause });
}

/** The engine holds no such image. */
export function imageNotFound(reference: string, cause?: unknown) {
  const message = `the engine holds no image \`${reference}\``;
  return failure("image-not-found", "surroundings", message, { cause });
}
