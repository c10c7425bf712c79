/**
 * Packs files into a tar stream, for the context of a build and for the inputs of a container. The
 * same files give the same bytes. Which files, and under which names, is the caller's choice.
 */
import { closeSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { PackedFile } from "./docker.ts";

/** Bytes read and handed on at once; more makes no difference in speed. */
const chunkSize = 512 * 1024;
/** Files up to this size are read synchronously: the thread pool costs more than the read. */
const smallFile = 64 * 1024;
const block = 512;

export interface PackOptions {
  /**
   * Begin with an entry `./`. A build context needs it: BuildKit looks only at the first 1,024
   * bytes to tell an archive from a Dockerfile, and a first entry with a pax header is longer, an
   * archive without entries shorter. Not for containers, where it would change the folder's mode.
   */
  readonly root?: boolean;
}

/**
 * Streams a tar of the files, sorted by name, later ones of the same name winning. Owner 0:0, time
 * 0, modes 0755 for folders and what its owner may execute, 0644 for other files; folders above a
 * file get entries of their own; a source that is a symbolic link is packed as that link, one that
 * is a folder as an empty folder. Names that ustar cannot hold and files from 8 GiB on use pax
 * headers. At most two chunks of 512 KiB are held. Destroy the stream to give up: it closes what it
 * holds open.
 *
 * Format: POSIX pax, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html.
 * @throws DiagnosticError from the stream: `file-changed` when a file vanished or shrank, and
 *   `file-unreadable` when it cannot be read
 */
export function packFiles(files: readonly PackedFile[], options: PackOptions = {}): Readable {
  const chunks = inChunks(entries(files, options.root === true));
  return Readable.from(chunks, { objectMode: false, highWaterMark: chunkSize });
}

/** Joins small pieces, as most files and all the headers are, into chunks worth sending. */
async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < chunkSize) continue;
    // A large piece is passed on as it is: to copy it would halve the speed.
    if (piece.length >= chunkSize / 2) yield* held;
    else yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  yield Buffer.concat(held);
}

interface Entry {
  readonly path: string;
  readonly type: "File" | "Directory" | "SymbolicLink";
  readonly mode: number;
  readonly size?: number;
  readonly linkpath?: string;
}

async function* entries(files: readonly PackedFile[], root: boolean): AsyncGenerator<Buffer> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const folders = new Set<string>();
  if (root) yield header({ path: "./", type: "Directory", mode: 0o755 });
  for (const name of [...byName.keys()].sort()) {
    const file = byName.get(name) as PackedFile;
    for (const folder of foldersAbove(name)) {
      if (folders.has(folder) || byName.has(folder)) continue;
      folders.add(folder);
      yield header({ path: `${folder}/`, type: "Directory", mode: 0o755 });
    }
    yield* entry(file);
  }
  yield Buffer.alloc(2 * block); // the end mark
}

async function* entry(file: PackedFile): AsyncGenerator<Buffer> {
  const stats = reading(file, () => lstatSync(file.source));
  const mode = stats.mode & 0o100 ? 0o755 : 0o644;
  if (stats.isSymbolicLink()) {
    const linkpath = reading(file, () => readlinkSync(file.source));
    yield header({ path: file.name, type: "SymbolicLink", mode: 0o777, linkpath });
  } else if (stats.isDirectory()) {
    yield header({ path: `${file.name}/`, type: "Directory", mode: 0o755 });
  } else if (stats.isFile()) {
    yield header({ path: file.name, type: "File", mode, size: stats.size });
    if (stats.size <= smallFile) yield readSmall(file, stats.size);
    else yield* readLarge(file, stats.size);
    yield Buffer.alloc(padding(stats.size));
  } else throw unreadable(file, `it is ${kindOf(stats)}`);
}

function readSmall(file: PackedFile, size: number): Buffer {
  return reading(file, () => {
    const content = Buffer.allocUnsafe(size);
    const descriptor = openSync(file.source, "r");
    try {
      for (let at = 0; at < size; ) {
        const count = readSync(descriptor, content, at, size - at, at);
        if (count === 0) throw shrank(file, size, at);
        at += count;
      }
    } finally {
      closeSync(descriptor);
    }
    return content;
  });
}

async function* readLarge(file: PackedFile, size: number): AsyncGenerator<Buffer> {
  const handle = await open(file.source, "r").catch((error) => {
    throw asDiagnostic(file, error);
  });
  try {
    for (let at = 0; at < size; ) {
      // A new buffer each time: the stream still holds the one before.
      const chunk = Buffer.allocUnsafeSlow(Math.min(chunkSize, size - at));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at).catch((error) => {
        throw asDiagnostic(file, error);
      });
      if (bytesRead === 0) throw shrank(file, size, at);
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** A header block, with a pax header before it when ustar cannot hold the values. */
function header(entry: Entry): Buffer {
  const ustar = Buffer.alloc(block);
  const fixed = { size: 0, uid: 0, gid: 0, mtime: new Date(0) };
  const needsPax = new Header({ ...fixed, ...entry }).encode(ustar);
  if (!needsPax) return ustar;
  const { type: _type, mode: _mode, ...named } = entry;
  return Buffer.concat([new Pax(named).encode(), ustar]);
}

function foldersAbove(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}

function reading<T>(file: PackedFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asDiagnostic(file, error);
  }
}

function asDiagnostic(file: PackedFile, error: unknown): Error {
  if (error instanceof DiagnosticError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return changed(file, "vanished while it was packed", error);
  }
  if (code === undefined) return error as Error;
  const why = code === "EACCES" || code === "EPERM" ? "permission denied" : code;
  return unreadable(file, why, error);
}

function shrank(file: PackedFile, expected: number, found: number): DiagnosticError {
  const sizes = `expected ${expected} bytes, found ${found}`;
  return changed(file, `shrank while it was packed: ${sizes}`);
}

function changed(file: PackedFile, how: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    {
      code: "file-changed",
      blame: "target",
      message: `file \`${file.name}\` ${how}`,
      hint: `find out what else writes \`${file.source}\` during the build`,
    },
    { cause },
  );
}

function unreadable(file: PackedFile, why: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    {
      code: "file-unreadable",
      blame: "target",
      message: `cannot read file \`${file.name}\`: ${why}`,
      hint: `look at \`${file.source}\`, or leave it out of the inputs`,
    },
    { cause },
  );
}

function kindOf(stats: Stats): string {
  if (stats.isSocket()) return "a socket";
  if (stats.isFIFO()) return "a named pipe";
  return "a device";
}
