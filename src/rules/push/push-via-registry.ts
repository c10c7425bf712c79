/** Pushes by the registry's own API: the whole fleet or nothing of it, each blob once. */
import { packedContents } from "../../images/image-contents.ts";
import type { ImageContent } from "../../model/image-content.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { repositoryAt } from "../../registry/endpoint.ts";
import { type FleetReport, pushFleet } from "../../registry/fleet.ts";
import type { FleetTag } from "../../registry/fleet-tag.ts";
import { PushedBlobs } from "../../store/pushed-blobs.ts";
import { counted } from "../problems.ts";
import type { ActContext } from "../rule.ts";
import { trafficWords } from "../traffic-words.ts";
import type { PushValues } from "./push-fields.ts";
import type { Push, PushOutcome } from "./push-plan.ts";

export async function pushViaRegistry(
  pushes: readonly Push[],
  { registry }: Pick<PushValues, "registry">,
  client: RegistryClient,
  context: ActContext,
): Promise<PushOutcome> {
  const { progress, signal, blobs, stateFolder, journals } = context;
  const { host } = client;
  const contents = await contentsOf(pushes, context);
  const tags = pushes.map((push) => fleetTag(host, push, contents));
  const known = new PushedBlobs(stateFolder, host);
  try {
    const report = await pushFleet(tags, {
      client,
      source: blobs,
      known,
      signal,
      journal: (moves) => journals.begin(host, moves),
      onProgress: (blob, done, total) => progress.transfer(shortDigest(blob), done, total),
      onTag: ({ repository, tag, content }) =>
        progress.output(`${host}/${repository}:${tag} is ${content.manifest.digest}`),
    });
    const digests = pushes.map(({ to }, index) => ({
      reference: to,
      digest: (tags[index] as FleetTag).content.manifest.digest,
    }));
    const { traffic } = report;
    return { note: noteOn(report, registry.replace(/\/+$/, "")), traffic, digests };
  } finally {
    known.save();
  }
}

async function contentsOf(
  pushes: readonly Push[],
  context: ActContext,
): Promise<ReadonlyMap<string, ImageContent>> {
  const { blobs, signal, progress } = context;
  const ids = [...new Set(pushes.map(({ image }) => image))];
  const parts = { docker: await context.docker(), blobs, signal, progress };
  const { contents } = await packedContents(ids, "gzip", parts);
  return new Map(ids.map((id, index) => [id, contents[index] as ImageContent]));
}

function fleetTag(
  host: string,
  { to, image }: Push,
  contents: ReadonlyMap<string, ImageContent>,
): FleetTag {
  const colon = to.lastIndexOf(":");
  const content = contents.get(image);
  if (content === undefined) throw new Error(`no content of ${image}`);
  const repository = repositoryAt(host, to.slice(host.length + 1, colon));
  return { repository, tag: to.slice(colon + 1), content };
}

/** `4 tags were there already`, or what travelled, what did not, and why. */
function noteOn({ written, were, traffic }: FleetReport, to: string): string {
  const already = were === 1 ? "1 tag was there already" : `${were} tags were there already`;
  if (written === 0) return already;
  const what = `${counted(written, "tag")} pushed to ${to}: ${trafficWords(traffic, "sent")}`;
  return were > 0 ? `${what}, ${already}` : what;
}

const shortDigest = (digest: string): string => digest.slice("sha256:".length, 19);
