/**
 * Reads a tar as it arrives, entry by entry; nothing of it is held. Pulled by the reader, so that
 * errors and the pace need no care. What the entries are is the caller's.
 */
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { failure } from "../docker/errors.ts";
import type { ByteSource } from "../store/blob-store.ts";

const block = 512;

export interface TarEntry {
  /** Without a leading `./`. */
  readonly name: string;
  readonly kind: "file" | "link" | "other";
  /** Where a link leads, as it is written. */
  readonly link: string;
  readonly size: number;
  /** Where the content begins. */
  readonly offset: number;
  /** To be read before the next entry is asked for, or not at all. */
  readonly content: ByteSource;
}

/** @throws DiagnosticError `archive-incomplete` where it breaks off or is no tar */
export async function* tarEntries(source: ByteSource): AsyncGenerator<TarEntry> {
  const bytes = new Bytes(source);
  let meta: Meta = {};
  try {
    for (;;) {
      const head = await bytes.take(block);
      if (head.every((byte) => byte === 0)) {
        await endOf(bytes);
        return;
      }
      const header = new Header(head, 0, meta.pax);
      if (!header.cksumValid) throw incomplete("it holds something else than entries");
      const size = header.size ?? 0;
      const next = await metaOf(header, size, bytes);
      if (next) {
        meta = { ...meta, ...next };
        continue;
      }
      const content = bytes.pass(size);
      yield entryOf(header, meta, { offset: bytes.at, content });
      for await (const _ of content);
      await bytes.take(padding(size));
      meta = {};
    }
  } finally {
    await bytes.close();
  }
}

/** What stands before an entry because it does not fit into its header. */
interface Meta {
  readonly pax?: Pax;
  readonly path?: string;
  readonly linkpath?: string;
}

async function metaOf(header: Header, size: number, bytes: Bytes): Promise<Meta | undefined> {
  const read = async () => {
    if (size > 1024 * 1024) throw incomplete("a name in it is too long");
    const text = (await bytes.take(size)).toString("utf8");
    await bytes.take(padding(size));
    return text;
  };
  switch (header.type) {
    case "ExtendedHeader":
    case "OldExtendedHeader":
      return { pax: Pax.parse(await read(), undefined, false) };
    case "GlobalExtendedHeader":
      await read();
      return {};
    case "NextFileHasLongPath":
      return { path: (await read()).replace(/\0.*$/s, "") };
    case "NextFileHasLongLinkpath":
      return { linkpath: (await read()).replace(/\0.*$/s, "") };
    default:
      return undefined;
  }
}

function entryOf(
  header: Header,
  { path, linkpath }: Meta,
  place: Pick<TarEntry, "offset" | "content">,
): TarEntry {
  const name = (path ?? header.path ?? "").replace(/^(\.\/)+/, "");
  const link = linkpath ?? header.linkpath ?? "";
  const { type } = header;
  const isFile = type === "File" || type === "OldFile" || type === "ContiguousFile";
  const isLink = type === "SymbolicLink" || type === "Link";
  const kind = isFile ? "file" : isLink ? "link" : "other";
  return {
    name,
    link: type === "Link" ? `/${link}` : link,
    kind,
    size: header.size ?? 0,
    ...place,
  };
}

/** Two blocks of zeros, and whatever fills the record after them. */
async function endOf(bytes: Bytes): Promise<void> {
  const second = await bytes.take(block);
  if (!second.every((byte) => byte === 0)) throw incomplete("it holds something else at its end");
  await bytes.drain();
}

const padding = (size: number): number => (block - (size % block)) % block;

export const incomplete = (why: string) =>
  failure("archive-incomplete", "surroundings", `the archive is not whole: ${why}`);

/** Hands out a stream of chunks in the pieces that are asked for. */
class Bytes {
  /** How many were handed out. */
  at = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many. */
  async take(length: number): Promise<Buffer> {
    if (length <= this.#held.length) return this.#hand(length);
    const parts: Buffer[] = [];
    for await (const part of this.pass(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *pass(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#held.length === 0 && !(await this.#more())) throw incomplete("it breaks off");
      const part = this.#hand(Math.min(left, this.#held.length));
      left -= part.length;
      yield part;
    }
  }

  async drain(): Promise<void> {
    while (await this.#more());
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #hand(length: number): Buffer {
    const part = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.at += length;
    return part;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done) return false;
    this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return true;
  }
}
