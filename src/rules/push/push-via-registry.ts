/** Pushes by the registry's own API: the whole fleet or nothing of it, each blob once. */
import type { Docker } from "../../docker/docker.ts";
import { packedContents } from "../../images/image-contents.ts";
import type { Digest } from "../../model/artifact.ts";
import type { Descriptor, ImageContent } from "../../model/image-content.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { type FleetReport, pushFleet } from "../../registry/fleet.ts";
import type { FleetTag } from "../../registry/fleet-tag.ts";
import { manifestDigest } from "../../registry/manifests.ts";
import type { Place } from "../../registry/place.ts";
import { BlobPlacer } from "../../registry/place-blobs.ts";
import { PushedBlobs } from "../../store/pushed-blobs.ts";
import { counted } from "../problems.ts";
import type { ActContext } from "../rule.ts";
import { trafficWords } from "../traffic-words.ts";
import type { PushValues } from "./push-fields.ts";
import { PushGuard } from "./push-guard.ts";
import { placeOf } from "./push-place.ts";
import type { Push, PushOutcome } from "./push-plan.ts";

/** Small requests at the same time. */
const atOnce = 8;

export async function pushViaRegistry(
  pushes: readonly Push[],
  values: PushValues,
  client: RegistryClient,
  context: ActContext,
): Promise<PushOutcome> {
  const { progress, signal, blobs, stateFolder, journals } = context;
  const { host } = client;
  const known = new PushedBlobs(stateFolder, host);
  const onProgress = (blob: Digest, done: number, total: number) =>
    progress.transfer(shortDigest(blob), done, total);
  const guard = new PushGuard(values, context);
  const placer = new BlobPlacer({ client, source: blobs, known, signal, onProgress });
  try {
    const sends = !(await mayAsk(pushes, guard, { client, signal }));
    const engine = askedEngine(context);
    const contents = await contentsOf(pushes, engine, sends ? placer : undefined, context);
    const tags = pushes.map((push) => fleetTag(push, contents));
    const names = new Map(tags.map((tag, index) => [tag, pushes[index]?.to ?? ""]));
    const report = await pushFleet(tags, {
      client,
      placer,
      signal,
      confirm: (changes) =>
        guard.confirm(
          changes.map(({ tag, old }) => ({
            reference: names.get(tag) ?? "",
            old,
            new: tag.content.manifest.digest,
          })),
        ),
      journal: (moves) => journals.begin(host, moves),
      onTag: ({ repository, tag, content }) =>
        progress.output(`${host}/${repository}:${tag} is ${content.manifest.digest}`),
    });
    const digests = report.tags.map((tag) => ({
      reference: names.get(tag) ?? "",
      digest: tag.content.manifest.digest,
    }));
    const { traffic } = report;
    const note = noteOn(report, values.registry.replace(/\/+$/, ""));
    return { note, traffic, digests, readNothing: !engine.isAsked };
  } finally {
    await placer.stop();
    known.save();
  }
}

/** Whether somebody may be asked: then nothing is sent before. */
async function mayAsk(
  pushes: readonly Push[],
  guard: PushGuard,
  { client, signal: outer }: Pick<Place, "client" | "signal">,
): Promise<boolean> {
  const guarded = pushes.filter(({ to }) => guard.guards(to));
  const there = await inParallel(guarded, atOnce, outer, ({ to }, signal) => {
    const { repository, tag } = placeOf(to);
    return manifestDigest({ client, repository, signal }, tag);
  });
  return guarded.some(({ to }, index) => guard.mayAsk(to, there[index] !== undefined));
}

interface AskedEngine extends Pick<Docker, "save" | "layersOf"> {
  readonly isAsked: boolean;
}

/** Reached for when something is wanted of it: of images that were pushed before nothing is. */
function askedEngine(context: ActContext): AskedEngine {
  let engine: Promise<Docker> | undefined;
  const ask = (): Promise<Docker> => {
    engine ??= context.docker();
    return engine;
  };
  return {
    get isAsked() {
      return engine !== undefined;
    },
    save: async (...asked) => (await ask()).save(...asked),
    layersOf: async (...asked) => (await ask()).layersOf(...asked),
  };
}

/** A layer is on its way to the registry as soon as it is compressed, while others still are. */
async function contentsOf(
  pushes: readonly Push[],
  docker: AskedEngine,
  placer: BlobPlacer | undefined,
  context: ActContext,
): Promise<ReadonlyMap<string, ImageContent>> {
  const { blobs, signal, progress } = context;
  const repositories = new Map<Digest, Set<string>>();
  for (const push of pushes) {
    const others = repositories.get(push.image) ?? new Set();
    repositories.set(push.image, others.add(placeOf(push.to).repository));
  }
  const ids = [...repositories.keys()];
  const onLayer = (blob: Descriptor, images: readonly Digest[]) =>
    placer?.begin(blob, new Set(images.flatMap((id) => [...(repositories.get(id) ?? [])])));
  const parts = { docker, blobs, signal, progress, onLayer };
  const { contents } = await packedContents(ids, "gzip", parts);
  return new Map(ids.map((id, index) => [id, contents[index] as ImageContent]));
}

function fleetTag(
  { to, image, isDated }: Push,
  contents: ReadonlyMap<string, ImageContent>,
): FleetTag {
  const content = contents.get(image);
  if (content === undefined) throw new Error(`no content of ${image}`);
  return { ...placeOf(to), content, ...(isDated && { follows: true }) };
}

/** `4 tags were there already`, or what travelled, what did not, and why. */
function noteOn({ written, were, traffic }: FleetReport, to: string): string {
  const already = were === 1 ? "1 tag was there already" : `${were} tags were there already`;
  if (written === 0) return already;
  const what = `${counted(written, "tag")} pushed to ${to}: ${trafficWords(traffic, "sent")}`;
  return were > 0 ? `${what}, ${already}` : what;
}

const shortDigest = (digest: string): string => digest.slice("sha256:".length, 19);
