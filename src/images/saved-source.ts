/**
 * What lies in a saved layout or archive: its images with their names, and the bytes of their blobs. All
 * forms are read that tbuild, engines and skopeo write.
 */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { failure } from "../docker/errors.ts";
import type { Digest } from "../model/artifact.ts";
import type { Descriptor } from "../model/image-content.ts";
import { type ByteSource, digestOfBytes, verified } from "../store/blob-store.ts";
import { type IndexEntry, type NamedImage, nameOf, shortName } from "./image-index.ts";
import { imageContent, layerTypes } from "./image-manifest.ts";
import { IndexedTar } from "./indexed-tar.ts";
import { blobPath } from "./write-archive.ts";

export interface SavedSource {
  readonly images: readonly NamedImage[];
  /** The bytes of a blob; they fail at their end where they are not what the digest says. */
  open(digest: Digest): ByteSource;
}

/** The files of a layout by name, in a folder or a tar. */
interface Files {
  /** Undefined: it is not there. */
  text(name: string): Promise<string | undefined>;
  blob(digest: Digest): ByteSource;
}

/** @param folder that holds an OCI layout */
export function openLayout(folder: string): Promise<SavedSource> {
  const fileOf = (digest: Digest) => path.join(folder, blobPath(digest));
  return openFiles({
    text: async (name) => {
      const file = path.join(folder, name);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
    blob: (digest) => {
      if (!statSync(fileOf(digest), { throwIfNoEntry: false })?.isFile()) throw lacking(digest);
      return createReadStream(fileOf(digest));
    },
  });
}

/** @param file a tar that is not compressed: an OCI layout, or what an engine of any age writes */
export async function openArchive(file: string, signal: AbortSignal): Promise<SavedSource> {
  const tar = await IndexedTar.open(file, signal);
  const blob = (digest: Digest): ByteSource => {
    if (!tar.has(digest)) throw lacking(digest);
    return tar.open(digest);
  };
  const text = async (name: string): Promise<string | undefined> => {
    const found = tar.find(name);
    return found && (await bytesOf(tar.open(found.digest))).toString("utf8");
  };
  const rows = await text("manifest.json");
  if (rows === undefined) return openFiles({ text, blob });
  const images: NamedImage[] = [];
  for (const row of parse<readonly Row[]>(rows, "manifest.json")) {
    images.push(imageOfRow(row, tar));
  }
  return { images, open: (digest) => verified(blob(digest), digest) };
}

/** A row of `manifest.json`, the index that every engine reads. */
interface Row {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[] | null;
}

function imageOfRow({ Config, RepoTags, Layers }: Row, tar: IndexedTar): NamedImage {
  const find = (name: string) => {
    const found = tar.find(name);
    if (found === undefined) throw damaged(`\`${name}\` is missing`);
    return found;
  };
  const config = find(Config);
  const named = /^([0-9a-f]{64})\.json$/.exec(Config)?.[1];
  if (named !== undefined && config.digest !== `sha256:${named}`) {
    throw damaged(`\`${Config}\` is ${config.digest}`);
  }
  const layers = (Layers ?? []).map((name) => ({
    mediaType: layerTypes.none,
    ...plain(find(name)),
  }));
  return {
    content: imageContent(config.digest, config, layers),
    references: (RepoTags ?? []).map(shortName),
  };
}

const plain = ({ digest, size }: { readonly digest: Digest; readonly size: number }) => ({
  digest,
  size,
});

async function openFiles(files: Files): Promise<SavedSource> {
  const index = await files.text("index.json");
  if (index === undefined) throw damaged("it has no `index.json`");
  const { manifests = [] } = parse<{ manifests?: readonly IndexEntry[] }>(index, "index.json");
  const names = new Map<Digest, string[]>();
  for (const entry of manifests) {
    names.set(entry.digest, [...(names.get(entry.digest) ?? []), nameOf(entry) ?? []].flat());
  }
  const open = (digest: Digest) => verified(files.blob(digest), digest);
  const images: NamedImage[] = [];
  for (const [digest, references] of names) {
    const entry = manifests.find((each) => each.digest === digest) as IndexEntry;
    images.push({ content: await contentOf(entry, open), references: references.filter(isWhole) });
  }
  return { images, open };
}

/** skopeo may write a tag alone, which is the name of nothing. */
const isWhole = (name: string): boolean => name.includes(":") || name.includes("/");

async function contentOf(entry: Descriptor, open: (digest: Digest) => ByteSource) {
  const bytes = await bytesOf(open(entry.digest));
  const { config, layers } = parse<{ config?: Descriptor; layers?: readonly Descriptor[] }>(
    bytes.toString("utf8"),
    entry.digest,
  );
  if (!config || !layers) throw damaged(`\`${entry.digest}\` is no manifest of one image`);
  const { mediaType, digest, size } = entry;
  return { id: config.digest, manifest: { mediaType, digest, size, bytes }, config, layers };
}

/** Each blob of the images, read to its end. */
export async function verifyBlobs(
  images: readonly NamedImage[],
  { open }: SavedSource,
): Promise<void> {
  const seen = new Set<Digest>();
  for (const { content } of images) {
    for (const { digest } of [content.config, ...content.layers]) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      for await (const _ of open(digest));
    }
    const { manifest } = content;
    if (digestOfBytes(manifest.bytes) !== manifest.digest) throw damaged("a manifest was altered");
  }
}

async function bytesOf(source: ByteSource): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parse<T>(text: string, name: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw damaged(`\`${name}\` is no JSON`);
  }
}

const lacking = (digest: Digest) => damaged(`blob \`${digest}\` is missing`);

export const damaged = (why: string) =>
  failure("saved-damaged", "surroundings", `what was saved cannot be loaded: ${why}`, {
    hint: "save it again, or copy it again from where it was saved",
  });
