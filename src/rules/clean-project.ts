/**
 * Removes the containers, images, outputs and state of a workspace, in this order: while an image
 * is still to be removed, the traces that tell of it are there.
 */
import type { Docker } from "../docker/docker.ts";
import { throwIfAborted } from "../docker/errors.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { CleanValues } from "./clean-fields.ts";
import { removeMadeFiles } from "./clean-files.ts";
import { removeMadeImages } from "./clean-images.ts";
import { workspaceLabel } from "./own-labels.ts";
import { counted } from "./problems.ts";
import type { ActContext, ActOutcome } from "./rule.ts";

export async function cleanProject(values: CleanValues, context: ActContext): Promise<ActOutcome> {
  const keepImages = values["keep-images"] === true;
  const docker = await engineOrNothing(context, keepImages);
  const containers = docker === undefined ? 0 : await removeContainers(docker, context);
  const images = docker === undefined || keepImages ? 0 : await removeMadeImages(docker, context);
  throwIfAborted(context.signal);
  const files = removeMadeFiles(context);
  await context.forget({ keepImages });
  return {
    kind: "made",
    artifacts: [],
    note: noteOn({ image: images, container: containers, file: files }),
  };
}

/** Without an engine there is nothing of ours in it, unless traces tell of images that are to go. */
async function engineOrNothing(
  context: ActContext,
  keepImages: boolean,
): Promise<Docker | undefined> {
  try {
    const docker = await context.docker();
    await docker.info();
    return docker;
  } catch (error) {
    const needed = !keepImages && context.madeImages.length > 0;
    if (needed || !(error instanceof DiagnosticError)) throw error;
    const { at: _, ...problem } = error.diagnostic;
    context.progress.warn({ ...problem, message: `${problem.message}; only files are removed` });
    return undefined;
  }
}

/** Services and commands that a killed run left; each carries the label of its workspace. */
async function removeContainers(docker: Docker, context: ActContext): Promise<number> {
  const found = await docker.containers({ [workspaceLabel]: context.workspaceId });
  for (const { id, names } of found) {
    throwIfAborted(context.signal);
    await docker.removeContainer(id);
    context.progress.output(`removed container ${names[0] ?? id}`);
  }
  return found.length;
}

function noteOn(removed: Readonly<Record<string, number>>): string {
  const parts = Object.entries(removed)
    .filter(([, count]) => count > 0)
    .map(([noun, count]) => counted(count, noun));
  return parts.length === 0 ? "nothing to remove" : `removed ${parts.join(", ")}`;
}
