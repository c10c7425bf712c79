/** Finds the images that this workspace made: by the names its traces recorded, removed never by force. */
import type { ContainerSummary, Docker, ImageSummary } from "../../docker/docker.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { CleanContext, Found } from "../clean-context.ts";
import { projectLabel } from "../own-labels.ts";
import { freedBytes } from "./freed-bytes.ts";

interface Ours {
  readonly image: ImageSummary;
  /** Names that a trace recorded. */
  readonly recorded: readonly string[];
}

/** An engine answers some questions at a time about as fast as one. */
const atOnce = 8;

/**
 * An image goes when a trace of this workspace recorded it and it carries this project's label; of
 * its names, only those go that a trace recorded. One that has another name besides stays, and so does one
 * that a container uses.
 * @param leaving IDs of containers that go before
 * @param before milliseconds since the epoch: only what a trace, or else the image, says is older
 */
export async function findMadeImages(
  docker: Docker,
  context: CleanContext,
  leaving: ReadonlySet<string>,
  before?: number,
): Promise<readonly Found[]> {
  const all = await docker.images();
  const held = new Map(all.map((image) => [image.id, image]));
  const users = await usersOf(docker, leaving);
  const ours = [...context.madeImages]
    // Of those made in one second the later comes first, too.
    .reverse()
    .flatMap(({ digest, references }) => {
      const image = held.get(digest);
      const isOurs = image?.labels[projectLabel] === context.project.name;
      return image !== undefined && isOurs ? [{ image, recorded: references }] : [];
    })
    .filter(({ image }) => !isYoung(image, context, before))
    .filter((each) => isFree(each, users, context))
    // What was made last may stand on what was made before.
    .sort((a, b) => b.image.created - a.image.created);
  const going = ours.filter(({ image, recorded }) => othersOf(image, recorded).length === 0);
  const freed = await freedOf(docker, going, all, context);
  return ours
    .map(({ image, recorded }) => {
      const goes = freed.get(image.id);
      return {
        what: "images",
        name: image.references.find((name) => recorded.includes(name)) ?? image.id,
        count: goes === undefined ? 0 : 1,
        bytes: goes ?? 0,
        remove: () => removeOne({ image, recorded }, docker, context, goes),
      } as const;
    })
    .filter(({ count, name }) => count > 0 || !name.startsWith("sha256:"));
}

const othersOf = (image: ImageSummary, recorded: readonly string[]): readonly string[] =>
  image.references.filter((reference) => !recorded.includes(reference));

function isYoung(image: ImageSummary, { madeAt }: CleanContext, before?: number): boolean {
  return before !== undefined && (madeAt(image.id) ?? image.created * 1000) >= before;
}

async function usersOf(
  docker: Docker,
  leaving: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ContainerSummary>> {
  const staying = (await docker.containers({})).filter(({ id }) => !leaving.has(id));
  return new Map(staying.flatMap((each) => (each.image ? [[each.image, each] as const] : [])));
}

function isFree(
  { image, recorded }: Ours,
  users: ReadonlyMap<string, ContainerSummary>,
  context: CleanContext,
): boolean {
  const user = users.get(image.id);
  if (user === undefined) return true;
  const name = image.references.find((reference) => recorded.includes(reference)) ?? image.id;
  warnInUse(name, `container ${user.names[0] ?? user.id.slice(0, 12)}`, context);
  return false;
}

/** By ID; layers that images which stay have too free nothing. */
async function freedOf(
  docker: Docker,
  going: readonly Ours[],
  all: readonly ImageSummary[],
  { signal }: CleanContext,
): Promise<ReadonlyMap<string, number>> {
  if (going.length === 0) return new Map();
  const ids = new Set(going.map(({ image }) => image.id));
  const staying = all.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
  const kept = await inParallel(staying, atOnce, signal, (id) => docker.layersOf(id));
  const gone = await inParallel([...ids], atOnce, signal, (id) => docker.layerSizes(id));
  return freedBytes(new Map([...ids].map((id, index) => [id, gone[index] ?? []])), kept);
}

async function removeOne(
  { image, recorded }: Ours,
  docker: Docker,
  context: CleanContext,
  bytes: number | undefined,
): Promise<number | undefined> {
  for (const reference of image.references.filter((name) => recorded.includes(name))) {
    // Somebody may have moved the name since the list was taken.
    if ((await docker.imageId(reference)) !== image.id) continue;
    const outcome = await docker.removeImage(reference);
    if (outcome.kind === "in-use") {
      warnInUse(reference, outcome.by, context);
      return undefined;
    }
  }
  if (bytes === undefined) return 0;
  // The last name usually takes the image along; then this finds nothing.
  const outcome = await docker.removeImage(image.id);
  if (outcome.kind !== "in-use") return bytes;
  warnInUse(image.references[0] ?? image.id, outcome.by, context);
  return undefined;
}

function warnInUse(name: string, by: string, { progress }: CleanContext): void {
  progress.warn({
    code: "image-in-use",
    blame: "surroundings",
    message: `image \`${name}\` is in use by ${by} and stays`,
  });
}
