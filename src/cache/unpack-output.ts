/** Unpacks what `pack-output.ts` packed into a folder, and nothing that would land outside of it. */
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { unsafeEntry } from "../docker/output-entries.ts";
import type { ByteSource } from "../store/blob-store.ts";
import { damaged } from "./damage.ts";

/**
 * @param bytes a tar that is not compressed
 * @param folder absolute; there already
 * @param output path of the output, relative to what links must not lead out of
 * @throws CacheDamage where it is no tar, or holds what it should not
 */
export async function unpackOutput(
  bytes: ByteSource,
  folder: string,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const { Unpack } = await import("tar");
  const top = path.posix.basename(output);
  let problem: string | undefined;
  const unpacker = new Unpack({
    cwd: folder,
    preserveOwner: false,
    // Made here and now, as far as the commands after it can tell.
    noMtime: true,
    strict: true,
    filter: (name, entry) => {
      const isOther = name.replace(/\/+$/, "") !== top && !name.startsWith(`${top}/`);
      if (isOther) problem ??= `\`${output}\` holds \`${name}\`, which is no part of it`;
      const unsafe = "header" in entry ? unsafeEntry(entry, output) : undefined;
      if (unsafe !== undefined) problem ??= `\`${output}\` ${unsafe}`;
      return problem === undefined;
    },
  });
  try {
    const source = Readable.from(bytes, { objectMode: false });
    await pipeline(source, unpacker as unknown as NodeJS.WritableStream, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isSystemError(error)) throw error;
    throw damaged(`\`${output}\` cannot be unpacked: ${(error as Error).message}`);
  }
  if (problem !== undefined) throw damaged(problem);
}

const isSystemError = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EMFILE"].includes(
    (error as NodeJS.ErrnoException).code ?? "",
  );
