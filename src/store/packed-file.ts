/**
 * A file of named sections of numbers and strings, each behind its CRC-32: read as far as it is
 * asked for, and replaced whole. Knows nothing of what the sections mean.
 *
 *     "tbuild1\n"  length of the head (u32)  its CRC-32 (u32)  head (JSON)  sections, at multiples of 8
 *
 * Numbers are in the byte order of this machine: the state of a workspace is not carried elsewhere.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { replaceFile } from "./replace-file.ts";

/** What a section may hold; strings have no NUL in them, as names of files have none. */
export type Section = Float64Array | Uint32Array | Uint8Array | readonly string[];

interface SectionPlace {
  readonly name: string;
  /** Bytes from the end of the head. */
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
  /** Of strings. */
  readonly count: number;
}

interface Head {
  readonly about: unknown;
  readonly sections: readonly SectionPlace[];
}

const magic = Buffer.from("tbuild1\n");
const alignment = 8;
const prefixLength = magic.length + 8;

/** A section that is not what was written. */
export class DamagedFile extends Error {}

/** An open packed file; what it holds is read when it is asked for. */
export class PackedFile {
  readonly about: unknown;
  readonly #handle: number;
  readonly #start: number;
  readonly #sections: ReadonlyMap<string, SectionPlace>;

  /** @returns undefined for a file that does not exist, or whose head is torn or altered */
  static open(file: string): PackedFile | undefined {
    let handle: number;
    try {
      handle = openSync(file, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return new PackedFile(handle);
    } catch (error) {
      closeSync(handle);
      if (error instanceof DamagedFile) return undefined;
      throw error;
    }
  }

  private constructor(handle: number) {
    this.#handle = handle;
    const prefix = Buffer.from(readExactly(handle, prefixLength, 0));
    const length = prefix.readUInt32LE(magic.length);
    if (!prefix.subarray(0, magic.length).equals(magic)) throw new DamagedFile();
    if (length > fstatSync(handle).size) throw new DamagedFile();
    const bytes = readExactly(handle, length, prefixLength);
    if (crc32(bytes) !== prefix.readUInt32LE(magic.length + 4)) throw new DamagedFile();
    const head = JSON.parse(Buffer.from(bytes).toString("utf8")) as Head;
    this.about = head.about;
    this.#start = aligned(prefixLength + length);
    this.#sections = new Map(head.sections.map((section) => [section.name, section]));
  }

  /** @throws DamagedFile like the other readers, when the section is not what was written */
  floats(name: string): Float64Array {
    return new Float64Array(this.#read(name).buffer);
  }

  integers(name: string): Uint32Array {
    return new Uint32Array(this.#read(name).buffer);
  }

  bytes(name: string): Uint8Array {
    return this.#read(name);
  }

  strings(name: string): readonly string[] {
    const { count } = this.#place(name);
    if (count === 0) return [];
    const found = Buffer.from(this.#read(name).buffer).toString("utf8").split("\0");
    if (found.length !== count) throw new DamagedFile();
    return found;
  }

  close(): void {
    closeSync(this.#handle);
  }

  #read(name: string): Uint8Array<ArrayBuffer> {
    const { offset, length, crc } = this.#place(name);
    const bytes = readExactly(this.#handle, length, this.#start + offset);
    if (crc32(bytes) !== crc) throw new DamagedFile();
    return bytes;
  }

  #place(name: string): SectionPlace {
    const place = this.#sections.get(name);
    if (place === undefined) throw new DamagedFile();
    return place;
  }
}

/**
 * Replaces a file: the old one stands until the new one is whole.
 * @param about any JSON, read when the file is opened
 */
export function writePacked(
  file: string,
  about: unknown,
  sections: Readonly<Record<string, Section>>,
): void {
  replaceFile(file, (handle) => {
    for (const piece of pack(about, sections)) writeFully(handle, piece);
  });
}

function* pack(about: unknown, sections: Readonly<Record<string, Section>>): Generator<Uint8Array> {
  const places: SectionPlace[] = [];
  const bodies: Uint8Array[] = [];
  let offset = 0;
  for (const [name, section] of Object.entries(sections)) {
    const body = bytesOf(section);
    places.push({ name, offset, length: body.length, crc: crc32(body), count: section.length });
    bodies.push(body);
    offset = aligned(offset + body.length);
  }
  const head = Buffer.from(JSON.stringify({ about, sections: places } satisfies Head));
  const prefix = Buffer.alloc(prefixLength);
  magic.copy(prefix);
  prefix.writeUInt32LE(head.length, magic.length);
  prefix.writeUInt32LE(crc32(head), magic.length + 4);
  yield prefix;
  yield head;
  yield padding(prefixLength + head.length);
  for (const body of bodies) {
    yield body;
    yield padding(body.length);
  }
}

function bytesOf(section: Section): Uint8Array {
  if (section instanceof Uint8Array) return section;
  if (ArrayBuffer.isView(section)) {
    return new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
  }
  return Buffer.from(section.join("\0"));
}

const aligned = (length: number): number => Math.ceil(length / alignment) * alignment;
const padding = (length: number): Uint8Array => new Uint8Array(aligned(length) - length);

function readExactly(handle: number, length: number, position: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(handle, bytes, done, length - done, position + done);
    if (count === 0) throw new DamagedFile();
    done += count;
  }
  return bytes;
}

function writeFully(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(handle, bytes, done, bytes.length - done);
  }
}
