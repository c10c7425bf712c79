/**
 * Compresses streams so that the same bytes come out however they arrive: gzip on several cores,
 * zstd where the runtime has it. Only who asks knows what is worth compressing.
 */
import { availableParallelism } from "node:os";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { ByteSource } from "./blob-store.ts";

export type Compression = "none" | "gzip" | "zstd";

/** Measured on Debian's files: level 6 is 2 % smaller and takes half as long again (docs/images.md). */
const level = 4;

/** Part of what makes the bytes repeat: never changed without need. */
const pieceSize = 1024 * 1024;
/** As far back as deflate looks. */
const window = 32 * 1024;

const zstd = zlib as unknown as {
  createZstdCompress?: () => NodeJS.ReadWriteStream & AsyncIterable<Buffer>;
  createZstdDecompress?: () => NodeJS.ReadWriteStream & AsyncIterable<Buffer>;
};

/** Node has it from 22.15 on. */
export const hasZstd = (): boolean => zstd.createZstdCompress !== undefined;

/**
 * The same bytes whatever the pieces of the source and the number of cores.
 * @throws Error for zstd where `hasZstd` is false
 */
export function compress(source: ByteSource, compression: Compression): ByteSource {
  switch (compression) {
    case "none":
      return source;
    case "gzip":
      return gzip(source);
    case "zstd":
      return through(source, required(zstd.createZstdCompress));
  }
}

/**
 * Reads several members behind each other as one. Fails like its source, and with zlib's error for other bytes.
 * @throws Error for zstd where `hasZstd` is false
 */
export function decompress(source: ByteSource, compression: Compression): ByteSource {
  switch (compression) {
    case "none":
      return source;
    case "gzip":
      return through(source, zlib.createGunzip);
    case "zstd":
      return through(source, required(zstd.createZstdDecompress));
  }
}

/** By the first bytes of a file. */
export function compressionOf(start: Uint8Array): Compression {
  const magic = Buffer.from(start.subarray(0, 4)).toString("hex");
  if (magic.startsWith("1f8b")) return "gzip";
  return magic === "28b52ffd" ? "zstd" : "none";
}

const deflate = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);

/** Pieces are compressed side by side, each with the end of the one before as its dictionary, and joined. */
async function* gzip(source: ByteSource): AsyncGenerator<Uint8Array> {
  // No name, no time, and an unknown operating system.
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const running: Promise<Buffer>[] = [];
  // One more than there are cores: none waits while the next piece is read.
  const atOnce = availableParallelism() + 1;
  let [sum, size] = [0, 0];
  let dictionary: Uint8Array | undefined;
  for await (const piece of inPieces(source)) {
    running.push(deflatePiece(piece, dictionary));
    dictionary = piece.subarray(-window);
    sum = zlib.crc32(piece, sum);
    size += piece.length;
    if (running.length >= atOnce) yield (await running.shift()) as Buffer;
  }
  for (const piece of running) yield await piece;
  const end = Buffer.alloc(10);
  // An empty last block: the pieces end without one.
  end[0] = 3;
  end.writeUInt32LE(sum, 2);
  end.writeUInt32LE(size % 2 ** 32, 6);
  yield end;
}

const deflatePiece = (piece: Uint8Array, dictionary: Uint8Array | undefined): Promise<Buffer> =>
  deflate(piece, {
    level: isDense(piece) ? 0 : level,
    memLevel: 9,
    chunkSize: pieceSize,
    finishFlush: zlib.constants.Z_SYNC_FLUSH,
    ...(dictionary && { dictionary }),
  });

/** Bytes of a piece that tell whether it can be made smaller, in four places. */
const sampleSize = 32 * 1024;

/** Archives, pictures and keys: to try takes long and gains nothing, so they are stored as they are. */
function isDense(piece: Uint8Array): boolean {
  const part = sampleSize / 4;
  if (piece.length < 4 * sampleSize) return false;
  const step = Math.floor((piece.length - part) / 3);
  const parts = [0, 1, 2, 3].map((nth) => piece.subarray(nth * step, nth * step + part));
  return zlib.deflateRawSync(Buffer.concat(parts), { level: 1 }).length > sampleSize * 0.98;
}

/** All of the same size but the last, however the bytes came. */
async function* inPieces(source: ByteSource): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(pieceSize);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceSize - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < pieceSize) continue;
      yield piece;
      piece = Buffer.allocUnsafe(pieceSize);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** An error on the way in comes out at the end. */
async function* through(
  source: ByteSource,
  make: () => NodeJS.ReadWriteStream & AsyncIterable<Buffer>,
): AsyncGenerator<Uint8Array> {
  const stream = make();
  pipeline(Readable.from(source, { objectMode: false }), stream, () => undefined);
  yield* stream;
}

function required<T>(make: T | undefined): T {
  if (make === undefined) throw new Error("this Node has no zstd");
  return make;
}
