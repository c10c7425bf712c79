/** Writes one image as a docker-archive: it appears by rename, when it is whole and on the disk. */
import { createHash } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { Transform } from "node:stream";
import { createGzip } from "node:zlib";
import type { Docker } from "../docker/docker.ts";
import type { Digest, ImageArtifact } from "../model/artifact.ts";
import { parseReference } from "./reference.ts";
import { TarCheck } from "./tar-check.ts";
import { writeStream } from "./write-stream.ts";

export interface SavedArchive {
  /** File name in the folder of the archives. */
  readonly name: string;
  /** Plain hexadecimal. */
  readonly sha256: string;
  readonly image: Digest;
  readonly references: readonly string[];
}

interface ArchiveRequest {
  readonly docker: Docker;
  readonly image: ImageArtifact;
  /** Absolute; a name that ends with `.gz` says compressed. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** @throws DiagnosticError when the engine did not give all of it; nothing is left behind then */
export async function writeArchive(request: ArchiveRequest): Promise<SavedArchive> {
  const { docker, image, file, signal } = request;
  const name = path.basename(file);
  // The same name each time: what a killed run left is overwritten.
  const part = path.join(path.dirname(file), `.${name}.part`);
  const hash = createHash("sha256");
  try {
    const references = image.references.length === 0 ? [image.digest] : image.references;
    const source = await docker.save(references, signal);
    const packing = name.endsWith(".gz") ? [createGzip()] : [];
    await writeStream([source, new TarCheck(), ...packing, hashing(hash)], part, signal);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  const sha256 = hash.digest("hex");
  return { name, sha256, image: image.digest, references: image.references };
}

/** `contrail/agent:5.1.0-1` is saved as `contrail-agent_5.1.0-1`; the host of a registry is left out. */
export function archiveNameOf(image: ImageArtifact): string {
  const parsed = parseReference(image.references[0] ?? "");
  if (parsed === undefined) return `image_${image.digest.slice("sha256:".length, 19)}`;
  const tag = parsed.tag ?? parsed.digest?.slice(0, 19).replace(":", "-") ?? "latest";
  return `${parsed.repository.replaceAll("/", "-")}_${tag}`;
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk);
      next(null, chunk);
    },
  });
}
