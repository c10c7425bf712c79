/**
 * Images that the lock has a digest of: brings the very one into the engine, which is asked first, then mirrors,
 * then the registry. What becomes of one that nobody locked yet is told by the caller.
 */
import type { Docker } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { Asked, Pin } from "../model/pin.ts";
import { pinKey } from "../model/pin-key.ts";
import { shownPin } from "../model/pin-words.ts";
import { updateOf } from "./pinned-problems.ts";
import { failure } from "./problems.ts";
import { ownName, pullFromMirrors } from "./pull-from-mirrors.ts";
import { parseReference, type Reference, writeReference } from "./reference.ts";
import type { ActContext } from "./rule.ts";

export type AskedImage = Asked & { readonly kind: "image" };

export interface HeldImage {
  readonly id: Digest;
  /** By which the engine has this image and no other. */
  readonly name: string;
}

/** @param reference normalised; undefined for what cannot move: it has a digest, or is no reference */
export function askedImage(reference: string): AskedImage | undefined {
  const parsed = parseReference(reference);
  return parsed === undefined || parsed.digest !== undefined
    ? undefined
    : { kind: "image", reference };
}

/** @throws DiagnosticError where it is not to be had */
export async function takePinned(
  asked: AskedImage,
  pin: Pin,
  context: ActContext,
): Promise<HeldImage> {
  const { tag: _, ...place } = parseReference(asked.reference) as Reference;
  const reference = { ...place, digest: pin.value };
  const docker = await context.docker();
  const byDigest = writeReference(reference);
  for (const name of [byDigest, ownName(reference)]) {
    const id = await docker.imageId(name);
    if (id !== undefined) return { id, name };
  }
  const mirrored = await pullFromMirrors(reference, docker, context);
  if (mirrored) return { id: mirrored.image.digest, name: ownName(reference) };
  const id = await pullByDigest(byDigest, docker, context).catch((error: unknown) => {
    throw isAbsent(error) ? noLonger(asked, pin, context) : error;
  });
  return { id, name: byDigest };
}

const pullByDigest = (
  name: string,
  docker: Docker,
  { progress, signal }: ActContext,
): Promise<Digest> => docker.pull(name, progress, signal);

const isAbsent = (error: unknown): boolean =>
  error instanceof DiagnosticError && error.diagnostic.code === "image-not-found";

function noLonger(asked: AskedImage, { value, at }: Pin, { target }: ActContext): DiagnosticError {
  const message = `the registry no longer has \`${value}\`, locked for ${shownPin(pinKey(asked))}`;
  return failure("surroundings", "digest-gone", message, {
    ...(at && { at }),
    hint: updateOf(target, "what the name stands for now"),
  });
}
