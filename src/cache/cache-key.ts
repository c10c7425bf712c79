/** Under which key of the shared cache a target is kept: the same on every machine that would make the same. */
import { createHash } from "node:crypto";
import type { Digest, Output } from "../model/artifact.ts";

/** Raised when an entry or its key changes so that older ones must not be found any more. */
export const entryFormat = 1;

/** All that decides what comes out of making a target. */
export interface CacheSubject {
  readonly target: string;
  /** Folder that its commands start in, relative to the workspace. */
  readonly folder: string;
  readonly kind: string;
  /** Hash over all parts: parameters, environment, keys, files, dependencies, services. */
  readonly fingerprint: Digest;
  readonly outputs: readonly Output[];
  /** `linux/amd64` and the like: of the engine, or of the machine that runs the command. */
  readonly platform: string;
  /** Name of the project, where a label of an image says it. */
  readonly project?: string;
}

/** 64 hexadecimal digits, which a tag may be made of. */
export function cacheKey(subject: CacheSubject): string {
  const { target, folder, kind, fingerprint, outputs, platform, project } = subject;
  const places = outputs.map((output) =>
    output.kind === "image" ? `image ${output.reference}` : `${output.kind} ${output.path}`,
  );
  const counted = [entryFormat, kind, platform, project ?? null, target, folder, fingerprint];
  return createHash("sha256")
    .update(JSON.stringify([...counted, places]))
    .digest("hex");
}
