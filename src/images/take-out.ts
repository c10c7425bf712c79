/**
 * Takes images out of an engine into the blob store: those that share layers by one request, so that the
 * engine reads a layer of several images once. Both forms that engines give are read: the one of
 * old engines with a folder for each layer, and the one of new ones that is an OCI layout.
 */
import type { Readable } from "node:stream";
import type { Docker, ProgressSink } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import type { BlobRecords, ImageRecord } from "../store/blob-records.ts";
import type { BlobStore } from "../store/blob-store.ts";
import type { Compression } from "../store/compress.ts";
import type { LayerForms } from "../store/layer-forms.ts";
import { groupImages } from "./group-images.ts";
import { readTaken } from "./taken-image.ts";
import { incomplete, type TarEntry, tarEntries } from "./tar-entries.ts";

export interface TakingParts {
  readonly docker: Pick<Docker, "save" | "layersOf">;
  readonly store: BlobStore;
  readonly records: BlobRecords;
  readonly forms: LayerForms;
  /** The form that new layers get as they come; absent: unpacked. */
  readonly compression?: Compression;
  readonly signal: AbortSignal;
  readonly progress?: Pick<ProgressSink, "transfer">;
  /** Told of each layer that came, while others still do, and of those images that have it. */
  readonly onLayer?: (diffId: Digest, images: readonly Digest[]) => void;
}

/**
 * @returns the records of the images, in their order; the layers of each are there in some form
 * @throws DiagnosticError when the engine lacks one, or breaks off
 */
export async function takeOut(
  ids: readonly Digest[],
  parts: TakingParts,
): Promise<readonly ImageRecord[]> {
  const lacking = [...new Set(ids)].filter((id) => wholeRecord(id, parts) === undefined);
  const imagesOf = await layersOf(lacking, parts.docker);
  const isNew = (diffId: Digest) => parts.forms.find(diffId) === undefined;
  const withNew = new Set(
    [...imagesOf].flatMap(([diffId, images]) => (isNew(diffId) ? images : [])),
  );
  const others = lacking.filter((id) => !withNew.has(id));
  if (others.length > 0) await takeConfigs(others, parts);
  await takeGroups(groupImages([...withNew], imagesOf), imagesOf, parts);
  return ids.map((id) => {
    const record = wholeRecord(id, parts);
    if (record === undefined) throw incomplete(`layers of \`${id}\` are missing`);
    return record;
  });
}

function wholeRecord(id: Digest, { records, forms }: TakingParts): ImageRecord | undefined {
  const record = records.image(id);
  if (record === undefined || record.given) return record;
  return record.diffIds.every((diffId) => forms.find(diffId)) ? record : undefined;
}

/** Of images whose layers are all there. */
async function takeConfigs(ids: readonly Digest[], parts: TakingParts): Promise<void> {
  const left = new Set(ids);
  const archive = await parts.docker.save(ids, parts.signal);
  for await (const entry of tarEntries(archive as AsyncIterable<Buffer>)) {
    const digest = digestIn(entry.name);
    if (digest === undefined) continue;
    await takeEntry(entry, digest, parts);
    if (isConfig(digest, parts)) left.delete(digest);
    // What follows are layers.
    if (left.size === 0) break;
  }
  keepRecords(ids, parts);
}

type ImagesOf = ReadonlyMap<Digest, readonly Digest[]>;

/** While one comes the next one is asked for: an engine takes its time before the first byte. */
async function takeGroups(
  groups: readonly (readonly Digest[])[],
  imagesOf: ImagesOf,
  parts: TakingParts,
): Promise<void> {
  const { docker, signal, forms } = parts;
  // A layer of a size that a known one has is most likely that one, and is looked at before it is compressed.
  const knownSizes = new Set([...imagesOf.keys()].map((diffId) => forms.find(diffId)?.rawSize));
  const isNew = ({ size }: TarEntry) => !knownSizes.has(size);
  const ask = (ids: readonly Digest[] | undefined) => ids && docker.save(ids, signal);
  let next = ask(groups[0]);
  try {
    for (const [index, ids] of groups.entries()) {
      const archive = (await next) as Readable;
      next = ask(groups[index + 1]);
      // Its failure is told when it is its turn.
      next?.catch(() => undefined);
      await takeWhole(archive, { imagesOf, isNew }, parts);
      keepRecords(ids, parts);
    }
  } catch (error) {
    await next?.then((archive) => (archive as Readable).destroy()).catch(() => undefined);
    throw error;
  }
}

interface Expected {
  readonly imagesOf: ImagesOf;
  readonly isNew: (entry: TarEntry) => boolean;
}

async function takeWhole(
  archive: Readable,
  { imagesOf, isNew }: Expected,
  parts: TakingParts,
): Promise<void> {
  for await (const entry of tarEntries(archive)) {
    const digest = digestIn(entry.name);
    const isLayer = digest === undefined ? isOldLayer(entry) : imagesOf.has(digest);
    const taken =
      isLayer && isNew(entry)
        ? await takeLayer(entry, digest, parts)
        : await takeEntry(entry, digest, parts);
    const images = taken && imagesOf.get(taken);
    if (taken && images) parts.onLayer?.(taken, images);
  }
}

async function takeLayer(
  entry: TarEntry,
  expected: Digest | undefined,
  { forms, compression = "none", signal, progress }: TakingParts,
): Promise<Digest> {
  if (expected !== undefined && forms.find(expected)) return expected;
  return forms.keep(showing(entry, progress), compression, { signal, expected });
}

function keepRecords(ids: readonly Digest[], { records, store }: TakingParts): void {
  for (const id of ids) {
    const record = readTaken(id, store);
    if (record === undefined) throw incomplete(`\`${id}\` is missing in it`);
    records.keepImage(record);
  }
}

/** The images that have each layer. */
async function layersOf(ids: readonly Digest[], docker: TakingParts["docker"]): Promise<ImagesOf> {
  const images = new Map<Digest, Digest[]>();
  const found = await Promise.all(ids.map((id) => docker.layersOf(id)));
  for (const [index, diffIds] of found.entries()) {
    for (const diffId of new Set(diffIds)) {
      images.set(diffId, [...(images.get(diffId) ?? []), ids[index] as Digest]);
    }
  }
  return images;
}

/** Where the engine keeps images as registries do, an ID is that of a manifest, and more is needed. */
function isConfig(id: Digest, { store }: TakingParts): boolean {
  const record = readTaken(id, store);
  return record !== undefined && record.given === undefined;
}

/**
 * Versions, names and the like of the old form are left.
 * @returns the blob that is in the store now, and was not
 */
async function takeEntry(
  entry: TarEntry,
  digest: Digest | undefined,
  { store, forms, signal, progress }: TakingParts,
): Promise<Digest | undefined> {
  const isLayer = digest === undefined && isOldLayer(entry);
  if (entry.kind !== "file" || (digest === undefined && !isLayer)) return undefined;
  if (digest !== undefined && forms.find(digest)) return undefined;
  const blob = await store.add(showing(entry, progress), signal, digest);
  // Which layer it is shows only now.
  if (isLayer && forms.dropUnpacked(blob.digest)) return undefined;
  return blob.digest;
}

const isOldLayer = ({ name, kind }: TarEntry): boolean =>
  kind === "file" && /(^|\/)layer\.tar$/.test(name);

/** New engines name every file by its digest, old ones the configurations only. */
function digestIn(name: string): Digest | undefined {
  const hex = /^(?:blobs\/sha256\/([0-9a-f]{64})|([0-9a-f]{64})\.json)$/.exec(name);
  return hex ? `sha256:${hex[1] ?? hex[2]}` : undefined;
}

async function* showing(
  { name, size, content }: TarEntry,
  progress: TakingParts["progress"],
): AsyncGenerator<Uint8Array> {
  const id = name.replace(/^blobs\/sha256\/|\/layer\.tar$/g, "").slice(0, 12);
  let done = 0;
  for await (const chunk of content) {
    done += chunk.length;
    progress?.transfer?.(id, done, size);
    yield chunk;
  }
}
