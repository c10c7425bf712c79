/** Finds all that a `clean` or a `purge` is to remove, in the order in which it goes. Removes nothing. */
import type { Docker } from "../../docker/docker.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { CleanContext, Found } from "../clean-context.ts";
import { workspaceLabel } from "../own-labels.ts";
import type { CleanRequest } from "./clean-fields.ts";
import { findMadeFiles } from "./clean-files.ts";
import { findMadeImages } from "./clean-images.ts";
import { findBlobs, findState } from "./clean-state.ts";

/** Containers first, which hold images; state last: while something is still to go, its traces are there. */
export async function findAll(
  { kinds, before }: CleanRequest,
  context: CleanContext,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const inEngine = ["containers", "images", "cache"] as const;
  const docker = inEngine.some((kind) => kinds.has(kind))
    ? await engineOrNothing(context, { kinds })
    : undefined;
  if (docker !== undefined) {
    const containers = kinds.has("containers") ? await findContainers(docker, context, before) : [];
    found.push(...containers);
    const leaving = new Set(containers.map(({ id }) => id));
    if (kinds.has("images")) {
      found.push(...(await findMadeImages(docker, context, leaving, before)));
    }
    if (kinds.has("cache")) found.push(...(await findCache(docker, before)));
  }
  if (kinds.has("files")) found.push(...findMadeFiles(context, before));
  if (kinds.has("blobs")) found.push(...findBlobs(context, before));
  if (kinds.has("state")) found.push(...findState(context, before));
  return found;
}

/** Without an engine there is nothing of ours in it, unless traces tell of images that are to go. */
async function engineOrNothing(
  context: CleanContext,
  { kinds }: Pick<CleanRequest, "kinds">,
): Promise<Docker | undefined> {
  try {
    const docker = await context.docker();
    await docker.info();
    return docker;
  } catch (error) {
    const needed = kinds.has("cache") || (kinds.has("images") && context.madeImages.length > 0);
    if (needed || !(error instanceof DiagnosticError)) throw error;
    const { at: _, ...problem } = error.diagnostic;
    context.progress.warn({ ...problem, message: `${problem.message}; only files are removed` });
    return undefined;
  }
}

type FoundContainer = Found & { readonly id: string };

/** Services and commands that a killed run left; each carries the label of its workspace. */
async function findContainers(
  docker: Docker,
  { workspaceId }: CleanContext,
  before?: number,
): Promise<readonly FoundContainer[]> {
  if (workspaceId === undefined) return [];
  const all = await docker.containers({ [workspaceLabel]: workspaceId });
  return all
    .filter(({ created = 0 }) => before === undefined || created * 1000 < before)
    .map(({ id, names, size: bytes = 0 }) => ({
      id,
      what: "containers",
      name: names[0] ?? id,
      count: 1,
      bytes,
      remove: async () => {
        await docker.removeContainer(id);
        return bytes;
      },
    }));
}

/** Of everybody who builds with this engine: its records name nobody. */
async function findCache(docker: Docker, before?: number): Promise<readonly Found[]> {
  const records = (await docker.buildCache()).filter(
    ({ inUse, usedAt }) => !inUse && (before === undefined || usedAt < before),
  );
  if (records.length === 0) return [];
  const bytes = records.reduce((sum, record) => sum + (record.shared ? 0 : record.size), 0);
  const remove = () => docker.pruneBuildCache(before);
  return [
    { what: "cache", name: "build cache of the engine", count: records.length, bytes, remove },
  ];
}
