/** Removes the images that this workspace made: by the names its traces recorded, and never by force. */
import type { Docker, ImageSummary } from "../docker/docker.ts";
import { throwIfAborted } from "../docker/errors.ts";
import { projectLabel } from "./own-labels.ts";
import type { ActContext } from "./rule.ts";

/**
 * An image goes when a trace of this workspace recorded it and it carries this project's label; of
 * its names, only those go that a trace recorded. One that has another name besides stays.
 * @returns how many images are gone
 */
export async function removeMadeImages(docker: Docker, context: ActContext): Promise<number> {
  const held = new Map((await docker.images()).map((image) => [image.id, image]));
  const made = context.madeImages
    .flatMap((record) => {
      const image = held.get(record.digest);
      const isOurs = image?.labels[projectLabel] === context.project.name;
      return image !== undefined && isOurs ? [{ image, recorded: record.references }] : [];
    })
    // What was made last may stand on what was made before.
    .sort((a, b) => b.image.created - a.image.created);
  let gone = 0;
  for (const { image, recorded } of made) {
    throwIfAborted(context.signal);
    if (await removeOne(image, recorded, docker, context)) gone++;
  }
  return gone;
}

async function removeOne(
  image: ImageSummary,
  recorded: readonly string[],
  docker: Docker,
  context: ActContext,
): Promise<boolean> {
  const ours = image.references.filter((reference) => recorded.includes(reference));
  const others = image.references.filter((reference) => !recorded.includes(reference));
  for (const reference of ours) {
    // Somebody may have moved the name since the list was taken.
    if ((await docker.imageId(reference)) !== image.id) continue;
    const outcome = await docker.removeImage(reference);
    if (outcome.kind === "in-use") {
      warnInUse(reference, outcome.by, context);
      return false;
    }
    context.progress.output(`removed image ${reference}`);
  }
  if (others.length > 0) return false;
  // The last name usually takes the image along; then this finds nothing.
  const outcome = await docker.removeImage(image.id);
  if (outcome.kind === "in-use") warnInUse(image.references[0] ?? image.id, outcome.by, context);
  return outcome.kind !== "in-use";
}

function warnInUse(name: string, by: string, { progress }: ActContext): void {
  progress.warn({
    code: "image-in-use",
    blame: "surroundings",
    message: `image \`${name}\` is in use by ${by} and stays`,
  });
}
