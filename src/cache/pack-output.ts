/** Packs a file or folder that a target made into a blob of the store, the same bytes for the same content. */
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import type { PackedFile } from "../docker/docker.ts";
import { unsafeEntry } from "../docker/output-entries.ts";
import { packFiles } from "../docker/pack-context.ts";
import type { Descriptor } from "../model/image-content.ts";
import type { BlobStore } from "../store/blob-store.ts";
import { compress } from "../store/compress.ts";
import { entryTypes } from "./entry.ts";

/** An output, and where it lies. */
export interface PackedOutput {
  /** Relative to the workspace. */
  readonly path: string;
  /** Absolute. */
  readonly source: string;
}

/** @throws DiagnosticError where something in it cannot be packed, or changes meanwhile */
export async function packOutput(
  { source }: PackedOutput,
  store: BlobStore,
  signal: AbortSignal,
): Promise<Descriptor> {
  const bytes = compress(packFiles(filesAt(source)), "gzip");
  const { digest, size } = await store.add(bytes, signal);
  return { mediaType: entryTypes.files, digest, size };
}

/** The entry itself and all below it, by names that begin with its own; folders only where they are empty. */
function filesAt(source: string): readonly PackedFile[] {
  const found: PackedFile[] = [];
  const visit = (name: string, at: string): void => {
    const names = lstatSync(at).isDirectory() ? readdirSync(at) : [];
    if (names.length === 0) found.push({ name, source: at });
    for (const inner of names) visit(`${name}/${inner}`, path.join(at, inner));
  };
  visit(path.basename(source), source);
  return found;
}

/**
 * Why outputs cannot be put into another workspace as they are: a link in them leads elsewhere, so that
 * what is behind it is not theirs.
 */
export function whyNotMovable(outputs: readonly PackedOutput[]): string | undefined {
  const own = outputs.map((output) => output.path);
  for (const { path: output, source } of outputs) {
    for (const { name, source: at } of filesAt(source)) {
      if (!lstatSync(at).isSymbolicLink()) continue;
      const linkpath = readlinkSync(at);
      const place = path.posix.join(path.posix.dirname(output), name);
      const isUnsafe = unsafeEntry({ path: name, type: "SymbolicLink", linkpath }, output);
      const to = path.posix.join(path.posix.dirname(place), linkpath);
      const isOwn = own.some((one) => to === one || to.startsWith(`${one}/`));
      if (isUnsafe !== undefined || !isOwn) return `\`${place}\` is a link to \`${linkpath}\``;
    }
  }
  return undefined;
}
