/** Reads one entry of a folder for its digest. Remembers nothing. */
import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import type { Digest } from "../model/artifact.ts";
import { type Look, sameSignature, settled, signatureOf, statIfPresent } from "./looks.ts";

export interface ReadFile {
  /** sha256 of the content. */
  readonly content: string;
  readonly stats: Stats;
}

/** Executable is what its owner may execute: that is also what is packed into archives and contexts. */
export function entryDigest({ content, stats }: ReadFile): Digest {
  if ((stats.mode & 0o100) === 0) return `sha256:${content}`;
  return `sha256:${createHash("sha256").update(`executable\0${content}`).digest("hex")}`;
}

/**
 * A link counts by where it points, and by the file there when that is one. Links may point to
 * nowhere, and to each other in a circle.
 */
export function readLink(
  path: string,
  startedAt: number,
): { readonly digest: Digest } & Required<Pick<Look, "behind">> {
  const hash = createHash("sha256").update(`link\0${readlinkSync(path)}`);
  const stats = statIfPresent(path, statSync);
  let behind = stats === undefined ? "absent" : settled(stats, startedAt);
  if (stats?.isFile()) {
    const read = readStable(path);
    hash.update(`\0${entryDigest(read)}`);
    behind = settled(read.stats, startedAt);
  }
  return { digest: `sha256:${hash.digest("hex")}`, behind };
}

/** Pipes, sockets and devices hold nothing to compare, and reading one may never end. */
export const digestOfSpecial = ({ mode, rdev }: Stats): Digest =>
  `sha256:${createHash("sha256")
    .update(`special\0${mode >> 12} ${rdev}`)
    .digest("hex")}`;

const chunkSize = 1 << 20;
let chunk: Buffer | undefined;

/** Reads a file that does not change meanwhile; tries again when it does. */
export function readStable(path: string): ReadFile {
  for (let attempt = 1; ; attempt++) {
    const file = openSync(path, "r");
    try {
      const before = fstatSync(file);
      const content = hashOpenFile(file);
      const after = fstatSync(file);
      if (sameSignature(signatureOf(before), signatureOf(after)) || attempt === 3) {
        return { content, stats: after };
      }
    } finally {
      closeSync(file);
    }
  }
}

function hashOpenFile(file: number): string {
  chunk ??= Buffer.allocUnsafe(chunkSize);
  const hash = createHash("sha256");
  for (;;) {
    const length = readSync(file, chunk, 0, chunkSize, null);
    if (length === 0) return hash.digest("hex");
    hash.update(length === chunkSize ? chunk : chunk.subarray(0, length));
  }
}
