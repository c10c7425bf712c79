/** Saves all images of a `save` target as one archive: a file, or bytes for another program. */

import path from "node:path";
import { makeFolders } from "../../files/make-folders.ts";
import { packedContents, unpackedContents } from "../../images/image-contents.ts";
import type { NamedImage } from "../../images/image-index.ts";
import { archiveBytes, type BlobForms } from "../../images/write-archive.ts";
import type { ImageArtifact } from "../../model/artifact.ts";
import { type ByteSource, Summing } from "../../store/blob-store.ts";
import { counted, failure } from "../problems.ts";
import { tagsOnly } from "../reference.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { trafficWords } from "../traffic-words.ts";
import { artifactsIn, writeArchive, writeWhole } from "./save-archive.ts";
import { archiveCompression, isLayout, layerCompression, type SaveValues } from "./save-fields.ts";
import { manifestJson, savedImage } from "./save-manifest.ts";
import { isHeld, readSaved, writeSaved } from "./saved-record.ts";

/** The checksum and what it holds stand beside it. */
export async function saveFile(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): Promise<ActOutcome> {
  const file = values.to;
  const wanted = {
    name: path.basename(file),
    folder: path.dirname(file),
    images: images.map(savedImage),
  };
  const held = readSaved(context).find((saved) => isHeld(saved, wanted, context));
  makeFolders(wanted.folder);
  const saved = held ?? (await writeNew(values, images, context));
  writeSaved(context, [saved]);
  writeWhole(`${file}.json`, manifestJson([saved]), context);
  writeWhole(`${file}.sha256`, `${saved.sha256}  ${saved.name}\n`, context);
  const artifacts = artifactsIn([file, `${file}.json`, `${file}.sha256`], context);
  const [sent, there] = held ? [0, saved.size] : [saved.size, 0];
  const traffic = { sent, mounted: 0, there, shared: 0 };
  const note = `${counted(images.length, "image")} in one archive: ${trafficWords(traffic, "written")}`;
  return { kind: "made", artifacts, note, traffic };
}

export async function savePipe(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): Promise<ActOutcome> {
  // Before the engine is asked for anything.
  const pipe = context.pipe();
  const { named, forms } = await contentsFor(values, images, context);
  const sum = new Summing();
  const bytes = sum.over(archiveBytes(named, forms, archiveCompression(values)));
  await writeOut(bytes, pipe, context.signal);
  const traffic = { sent: sum.blob().size, mounted: 0, there: 0, shared: 0 };
  const note = `${counted(images.length, "image")} written to standard output`;
  return { kind: "made", artifacts: [], note, traffic };
}

async function writeNew(values: SaveValues, images: readonly ImageArtifact[], context: ActContext) {
  const { named, forms } = await contentsFor(values, images, context);
  const compression = archiveCompression(values);
  return writeArchive(values.to, named, { forms, compression, signal: context.signal, context });
}

async function contentsFor(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): Promise<{ readonly named: readonly NamedImage[]; readonly forms: BlobForms }> {
  const { blobs, signal, progress } = context;
  const parts = { docker: await context.docker(), blobs, signal, progress };
  const ids = images.map(({ digest }) => digest);
  const { contents, forms } = isLayout(values)
    ? await packedContents(ids, layerCompression(values), parts)
    : await unpackedContents(ids, archiveCompression(values), parts);
  const named = contents.map((content, index) => ({
    content,
    references: tagsOnly(images[index]?.references ?? []),
  }));
  return { named, forms };
}

/** Each chunk is waited for: what cannot be written yet is not read yet. */
async function writeOut(
  bytes: ByteSource,
  pipe: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      pipe.write(chunk, (error) => (error ? reject(pipeProblem(error)) : resolve()));
    });
  }
}

const pipeProblem = (error: Error) =>
  failure(
    "surroundings",
    "pipe-closed",
    `cannot write to standard output: ${(error as NodeJS.ErrnoException).code === "EPIPE" ? "whoever reads it ended" : error.message}`,
    { hint: "see what the command behind the `|` says" },
  );
