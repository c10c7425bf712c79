/** Saves images into a folder, one archive each, with their checksums and what they are. */
import { rmSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../../files/make-folders.ts";
import { unpackedContents } from "../../images/image-contents.ts";
import type { ImageArtifact } from "../../model/artifact.ts";
import type { Traffic } from "../../model/traffic.ts";
import { inParallel } from "../../net/in-parallel.ts";
import { counted, usageError } from "../problems.ts";
import { parseReference, tagsOnly } from "../reference.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { trafficWords } from "../traffic-words.ts";
import { artifactsIn, writeArchive, writeWhole } from "./save-archive.ts";
import { archiveCompression, checksums, manifestName, type SaveValues } from "./save-fields.ts";
import { manifestJson, savedImage } from "./save-manifest.ts";
import { isHeld, readSaved, type SavedArchive, writeSaved } from "./saved-record.ts";

/** Unpacking layers and writing them keep two cores busy. */
const atOnce = 2;

/** Archives whose image is still the same are kept. The checksums are written last. */
export async function saveArchives(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): Promise<ActOutcome> {
  const wanted = nameArchives(values, images, context);
  const folder = values.to;
  const held = readSaved(context);
  const keptOf = ([name, image]: readonly [string, ImageArtifact]) =>
    held.filter((saved) => isHeld(saved, { name, folder, images: [savedImage(image)] }, context));
  const kept = [...wanted].flatMap((entry) => keptOf(entry).slice(0, 1));
  const toWrite = [...wanted].filter((entry) => keptOf(entry).length === 0);
  const sums = path.join(folder, checksums);
  makeFolders(folder);
  // Archives replaced one after the other: until all are, the old sums would be wrong.
  if (toWrite.length > 0) rmSync(sums, { force: true });
  const written = await writeAll(values, toWrite, context);
  const all = [...kept, ...written].sort((a, b) => (a.name < b.name ? -1 : 1));
  writeSaved(context, all);
  const about = path.join(folder, manifestName);
  writeWhole(about, manifestJson(all), context);
  writeWhole(sums, all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""), context);
  const files = [...all.map(({ name }) => path.join(folder, name)), about, sums];
  const traffic = { sent: sizeOf(written), mounted: 0, there: sizeOf(kept), shared: 0 };
  const artifacts = artifactsIn(files, context);
  return { kind: "made", artifacts, note: noteOn(all.length, kept.length, traffic), traffic };
}

async function writeAll(
  values: SaveValues,
  wanted: readonly (readonly [string, ImageArtifact])[],
  context: ActContext,
): Promise<readonly SavedArchive[]> {
  if (wanted.length === 0) return [];
  const compression = archiveCompression(values);
  const { blobs, signal, progress } = context;
  const parts = { docker: await context.docker(), blobs, signal, progress };
  const ids = wanted.map(([, image]) => image.digest);
  const { contents, forms } = await unpackedContents(ids, compression, parts);
  const work = wanted.map(([name, image], index) => ({ name, image, content: contents[index] }));
  return inParallel(work, atOnce, signal, ({ name, image, content }, stop) => {
    if (content === undefined) throw new Error(`no content for ${name}`);
    const images = [{ content, references: tagsOnly(image.references) }];
    return writeArchive(path.join(values.to, name), images, {
      forms,
      compression,
      signal: stop,
      context,
    });
  });
}

/** @throws DiagnosticError when two images would have one name */
function nameArchives(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): ReadonlyMap<string, ImageArtifact> {
  const named = new Map<string, ImageArtifact>();
  const extension = { none: "tar", gzip: "tar.gz", zstd: "tar.zst" }[archiveCompression(values)];
  for (const image of images) {
    const name = `${archiveNameOf(image)}.${extension}`;
    const other = named.get(name);
    if (other !== undefined) {
      throw usageError(context.target, "save", {
        code: "archive-twice",
        message: `\`${other.references[0]}\` and \`${image.references[0]}\` would both be saved as \`${name}\``,
      });
    }
    named.set(name, image);
  }
  return named;
}

/** `contrail/agent:5.1.0-1` is saved as `contrail-agent_5.1.0-1`; the host of a registry is left out. */
function archiveNameOf(image: ImageArtifact): string {
  const parsed = parseReference(image.references[0] ?? "");
  if (parsed === undefined) return `image_${image.digest.slice("sha256:".length, 19)}`;
  const tag = parsed.tag ?? parsed.digest?.slice(0, 19).replace(":", "-") ?? "latest";
  return `${parsed.repository.replaceAll("/", "-")}_${tag}`;
}

const sizeOf = (archives: readonly SavedArchive[]): number =>
  archives.reduce((sum, { size }) => sum + size, 0);

function noteOn(all: number, kept: number, traffic: Traffic): string {
  const archives =
    kept === 0 ? counted(all, "archive") : `${counted(all, "archive")}, ${kept} kept`;
  return `${archives}: ${trafficWords(traffic, "written")}`;
}
