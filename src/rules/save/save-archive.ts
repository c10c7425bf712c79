/** Writes one file of a `save` target: it appears by rename, when it is whole and on the disk. */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import type { NamedImage } from "../../images/image-index.ts";
import { archiveBytes, type BlobForms } from "../../images/write-archive.ts";
import type { FileArtifact } from "../../model/artifact.ts";
import { Summing } from "../../store/blob-store.ts";
import type { Compression } from "../../store/compress.ts";
import { shownPath } from "../output-files.ts";
import type { ActContext } from "../rule.ts";
import { writeStream } from "../write-stream.ts";
import { savedContent } from "./save-manifest.ts";
import type { SavedArchive } from "./saved-record.ts";

export interface ArchiveParts {
  readonly forms: BlobForms;
  readonly compression: Compression;
  readonly signal: AbortSignal;
  readonly context: ActContext;
}

/** Nothing is left behind when it fails. */
export async function writeArchive(
  file: string,
  images: readonly NamedImage[],
  { forms, compression, signal, context }: ArchiveParts,
): Promise<SavedArchive> {
  const part = partOf(file, context);
  const sum = new Summing();
  try {
    const bytes = sum.over(archiveBytes(images, forms, compression));
    await writeStream([Readable.from(bytes, { objectMode: false })], part, signal);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  const { digest, size } = sum.blob();
  const sha256 = digest.slice("sha256:".length);
  return { name: path.basename(file), sha256, size, images: images.map(savedContent) };
}

/** A small file, in place of the one that was there. */
export function writeWhole(file: string, content: string | Uint8Array, context: ActContext): void {
  const part = partOf(file, context);
  writeFileSync(part, content, { flush: true });
  renameSync(part, file);
}

/** The same name each time, and that of no other workspace: what a killed run left is overwritten. */
const partOf = (file: string, { workspaceId }: ActContext): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${workspaceId}.part`);

export const artifactsIn = (
  files: readonly string[],
  { project, files: view }: ActContext,
): readonly FileArtifact[] =>
  files.map((file) => ({
    kind: "file",
    path: shownPath(project.root, file),
    digest: view.digestFile(file),
  }));
