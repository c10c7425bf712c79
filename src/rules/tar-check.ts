/**
 * Watches a docker-archive pass by and fails when it is not a whole one. The last bytes alone do not
 * tell: layers are tars too, so an archive that breaks off after one ends in zeros as well.
 */
import { Transform, type TransformCallback } from "node:stream";
import { failure } from "./problems.ts";

const block = 512;
/** Every docker-archive has it; the engine writes it last. */
const index = "manifest.json";

/**
 *   header ──▶ content ──▶ header … ──▶ (two zero blocks) ──▶ end
 *      ╰──▶ pax: the content is a header for the next entry ──▶ header
 */
export class TarCheck extends Transform {
  #partial: Buffer = Buffer.alloc(0);
  /** Bytes of the content and its padding still to come. */
  #skip = 0;
  #pax: { readonly size: number; readonly chunks: Buffer[] } | undefined;
  #nextSize: number | undefined;
  #zeroBlocks = 0;
  #hasIndex = false;

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    try {
      this.#walk(chunk);
      done(null, chunk);
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const isWhole = this.#zeroBlocks >= 2 && this.#partial.length === 0 && this.#hasIndex;
    done(isWhole ? null : broken("the engine broke it off"));
  }

  #walk(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#skip > 0) {
        const length = Math.min(this.#skip, chunk.length - at);
        this.#pax?.chunks.push(chunk.subarray(at, at + length));
        this.#skip -= length;
        at += length;
        if (this.#skip === 0) this.#endOfContent();
        continue;
      }
      const piece = chunk.subarray(at, at + block - this.#partial.length);
      at += piece.length;
      this.#partial = Buffer.concat([this.#partial, piece]);
      if (this.#partial.length < block) return;
      this.#header(this.#partial);
      this.#partial = Buffer.alloc(0);
    }
  }

  #header(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks > 0 || !hasRightSum(header)) throw broken("it holds something else");
    const type = String.fromCharCode(header[156] as number);
    const size = this.#nextSize ?? sizeIn(header);
    this.#nextSize = undefined;
    if (text(header, 0, 100) === index) this.#hasIndex = true;
    if (type === "x") this.#pax = { size, chunks: [] };
    this.#skip = Math.ceil(size / block) * block;
    if (this.#skip === 0) this.#endOfContent();
  }

  /** A file from 8 GiB on has its size in the record before it. */
  #endOfContent(): void {
    if (this.#pax === undefined) return;
    const record = Buffer.concat(this.#pax.chunks).subarray(0, this.#pax.size).toString();
    const size = /(?:^|\n)\d+ size=(\d+)\n/.exec(record)?.[1];
    if (size !== undefined) this.#nextSize = Number(size);
    this.#pax = undefined;
  }
}

const text = (header: Buffer, start: number, length: number): string =>
  header.toString("latin1", start, start + length).replace(/\0.*$/s, "");

function sizeIn(header: Buffer): number {
  const first = header[124] as number;
  // Other programs than the engine's write large sizes as a number in base 256.
  if (first & 0x80) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(text(header, 124, 12).trim() || "0", 8);
}

function hasRightSum(header: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 32 : (header[at] as number);
  return sum === Number.parseInt(text(header, 148, 8).trim(), 8);
}

const broken = (why: string) =>
  failure("surroundings", "archive-incomplete", `the archive of the image is not whole: ${why}`);
