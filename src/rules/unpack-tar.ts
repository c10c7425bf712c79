/** Unpacks a tar, plain or compressed, into a folder. Where the folder goes then is the caller's. */
import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { pipeline, type Readable, Transform } from "node:stream";
import { throwIfAborted } from "../docker/errors.ts";
import { failure } from "./problems.ts";

/** Programs for what Node itself cannot read. */
const programs: Readonly<Record<string, string>> = {
  ".xz": "xz",
  ".txz": "xz",
  ".zst": "zstd",
  ".bz2": "bzip2",
};

/** A bomb is larger unpacked than any archive of real files: a few kilobytes would fill a disk. */
const mostTimes = 1000;

/** Told by the name, as every user can tell it too. */
export const isTarName = (name: string): boolean =>
  /\.(tar|tgz|txz|tar\.(gz|xz|zst|bz2|br))$/i.test(name);

/**
 * Names in the archive that `matches` accepts are unpacked, never outside of the folder.
 * @throws DiagnosticError when it is not a tar, or not a whole one
 */
export async function unpackTar(
  file: string,
  folder: string,
  matches: (name: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  const { Unpack } = await import("tar");
  const problems: string[] = [];
  const unpack = new Unpack({
    cwd: folder,
    // Numbers of users of another machine mean nothing here.
    preserveOwner: false,
    brotli: file.endsWith(".br"),
    filter: (name, entry) =>
      ("type" in entry && entry.type === "Directory") || matches(name.replace(/^(\.?\/)+/, "")),
    maxDecompressionRatio: mostTimes,
    onwarn: (code, message) => {
      if (code !== "TAR_ENTRY_INFO") problems.push(String(message));
      // Of what it gives up it never says that it is done.
      if (code === "TAR_ABORT") gaveUp.abort();
    },
  });
  const gaveUp = new AbortController();
  const either = AbortSignal.any([signal, gaveUp.signal]);
  try {
    await feed(await open(file, either), unpack as unknown as Sink, either);
  } catch (error) {
    throwIfAborted(signal);
    if (isSystemError(error)) throw error;
    problems.push((error as Error).message);
  }
  if (problems.length > 0) throw notATar(file, problems[0] as string);
}

interface Sink {
  write(chunk: Buffer): boolean;
  end(): void;
  on(event: "close" | "drain" | "error", listener: (error: Error) => void): void;
}

/** The parser is no stream of Node's, so the two are joined by hand. */
function feed(source: Readable, sink: Sink, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const stop = (error: Error) => {
      source.destroy();
      reject(error);
    };
    signal.addEventListener("abort", () => stop(new Error("aborted")), { once: true });
    sink.on("error", stop);
    sink.on("drain", () => source.resume());
    sink.on("close", () => resolve());
    source.on("error", stop);
    source.on("end", () => sink.end());
    source.on("data", (chunk: Buffer) => {
      if (!sink.write(chunk)) source.pause();
    });
  });
}

async function open(file: string, signal: AbortSignal): Promise<Readable> {
  const program = programs[path.extname(file).toLowerCase()];
  if (program === undefined) return createReadStream(file);
  const { execa } = await import("execa");
  const child = execa(program, ["-dc", file], {
    buffer: false,
    stdin: "ignore",
    cancelSignal: signal,
  });
  child.catch((error: { code?: string; shortMessage: string }) => {
    const message =
      error.code === "ENOENT"
        ? `cannot unpack \`${path.basename(file)}\`: program \`${program}\` was not found`
        : `cannot unpack \`${path.basename(file)}\`: ${error.shortMessage}`;
    child.stdout.destroy(failure("surroundings", "unpack-failed", message));
  });
  // Errors of either end come out of the second.
  return pipeline(
    child.readable({ from: "stdout" }),
    noBomb(statSync(file).size * mostTimes),
    () => {},
  );
}

/** What the parser does for the compressions that it reads itself. */
function noBomb(most: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      if (bytes > most) done(new Error(`it is more than ${mostTimes} times as large unpacked`));
      else done(null, chunk);
    },
  });
}

const isSystemError = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT", "EACCES", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "");

const notATar = (file: string, why: string) =>
  failure("usage", "not-a-tar", `cannot unpack \`${path.basename(file)}\`: ${why}`);
