/**
 * Finds the layouts and archives behind what the user named: a folder, a file, or what comes through a
 * pipe. What is compressed, or comes but once, is laid aside first, since it is read twice.
 */
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { failure } from "../docker/errors.ts";
import type { ByteSource } from "../store/blob-store.ts";
import { type Compression, compressionOf, decompress, hasZstd } from "../store/compress.ts";
import { openArchive, openLayout, type SavedSource } from "./saved-source.ts";

/** One after the other; what was laid aside for one is removed before the next. */
export async function* savedSources(
  place: string,
  input: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<SavedSource> {
  if (place === "-") {
    yield* openStream(input, signal);
    return;
  }
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) throw usage("no-saved", `there is no \`${place}\``);
  if (!stats.isDirectory()) yield* openStream(createReadStream(place), signal, place);
  else if (existsSync(path.join(place, "index.json"))) yield openLayout(place);
  else {
    for (const name of archivesIn(place)) {
      const file = path.join(place, name);
      yield* openStream(createReadStream(file), signal, file);
    }
  }
}

function archivesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) =>
    /^[^.].*\.(tar|tgz|tar\.(gz|zst))$/.test(name),
  );
  if (names.length > 0) return names.sort();
  throw usage("no-saved", `there is no OCI layout and no archive in \`${folder}\``);
}

/** @param file that the stream is of */
async function* openStream(
  stream: ByteSource,
  signal: AbortSignal,
  file?: string,
): AsyncGenerator<SavedSource> {
  const { start, all, close } = await peek(stream);
  const compression = compressionOf(start);
  if (file !== undefined && compression === "none") {
    await close();
    yield openArchive(file, signal);
    return;
  }
  refuseZstd(compression);
  const aside = mkdtempSync(path.join(tmpdir(), "tbuild-load-"));
  try {
    const plain = path.join(aside, "archive.tar");
    const bytes = Readable.from(decompress(all, compression), { objectMode: false });
    await writeFile(plain, bytes, { signal });
    yield openArchive(plain, signal);
  } catch (error) {
    throw unreadable(error) ?? error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The first bytes, and all of them. */
async function peek(stream: ByteSource) {
  const chunks = stream[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  let ended = false;
  while (start.length < 4 && !ended) {
    const { value, done } = await chunks.next();
    if (done) ended = true;
    else start = Buffer.concat([start, value]);
  }
  const close = async (): Promise<void> => void (await chunks.return?.());
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { start, all: all(), close };
}

function refuseZstd(compression: Compression): void {
  if (compression !== "zstd" || hasZstd()) return;
  throw failure("no-zstd", "surroundings", "this Node cannot unpack zstd", {
    hint: "run tbuild with Node 22.15 or newer, or say `zstd -dc FILE | tbuild load -`",
  });
}

function unreadable(error: unknown) {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (!code.startsWith("Z_")) return undefined;
  return failure("archive-incomplete", "surroundings", `the archive is not whole: ${message}`);
}

const usage = (code: string, message: string) =>
  failure(code, "usage", message, { hint: "name a folder or a file that was saved, or `-`" });
