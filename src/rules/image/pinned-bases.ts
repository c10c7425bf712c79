/** The images under a build that no target makes: brings those that are locked into the engine, locks the others. */
import type { Docker } from "../../docker/docker.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import { type AskedImage, askedImage, takePinned } from "../pinned-image.ts";
import { digestInEngine, pullFromMirrors } from "../pull-from-mirrors.ts";
import { parseReference, type Reference } from "../reference.ts";
import type { ActContext } from "../rule.ts";
import { basesOf } from "./bases.ts";
import type { ImageValues } from "./image-fields.ts";
import { pinDockerfile } from "./pin-dockerfile.ts";

/**
 * The text of the Dockerfile with the names of the locked images in it; undefined where it names none.
 * @throws DiagnosticError where a locked image is not to be had
 */
export async function withPinnedBases(
  text: string,
  values: ImageValues,
  context: ActContext,
): Promise<string | undefined> {
  const pinned = new Map<string, string>();
  for (const reference of basesOf(values, text)) {
    const asked = context.isMade(reference) ? undefined : askedImage(reference);
    const name = asked && (await nameOfLocked(asked, context));
    if (name !== undefined) pinned.set(reference, name);
  }
  return pinned.size === 0 ? undefined : pinDockerfile(text, values.args ?? {}, pinned);
}

/** @returns undefined where no registry has a digest for it: only this engine has it, or nobody */
async function nameOfLocked(asked: AskedImage, context: ActContext): Promise<string | undefined> {
  const known = context.pins.known(asked);
  if (known) return (await takePinned(asked, known, context)).name;
  // Of a Dockerfile that another target made; others were told before anything ran.
  const { alternativeOf, name, places, declaredAt } = context.target;
  context.pins.refuseUnlocked(asked, alternativeOf ?? name, places["image"] ?? declaredAt);
  const digest = await context.pins.find(asked, () => digestNow(asked, context));
  if (digest === undefined) return undefined;
  return (await takePinned(asked, { value: digest }, context)).name;
}

/** What the engine holds is what a build takes; it pulls what it does not hold. */
async function digestNow(
  { reference }: AskedImage,
  context: ActContext,
): Promise<string | undefined> {
  const docker = await context.docker();
  if ((await docker.imageId(reference)) === undefined) {
    return pullFirst(reference, docker, context);
  }
  return digestInEngine(reference, docker);
}

/** What keeps it from being pulled is told by the build, in its own words. */
async function pullFirst(
  reference: string,
  docker: Docker,
  context: ActContext,
): Promise<string | undefined> {
  const { progress, signal } = context;
  try {
    const mirrored = await pullFromMirrors(parseReference(reference) as Reference, docker, context);
    if (mirrored?.digest !== undefined) return mirrored.digest;
    if (!mirrored) await docker.pull(reference, progress, signal);
    return await digestInEngine(reference, docker);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    progress.output(`not locked: ${error.message}`);
    return undefined;
  }
}
