/**
 * Asks registries whether they have some images: one question for each reference, never a mirror. What
 * cannot be asked is a failure: an image that may be there must not be made and pushed over it.
 */
import type { Digest, PublishedArtifact } from "../../model/artifact.ts";
import { inParallel } from "../../net/in-parallel.ts";
import { repositoryAt } from "../../registry/endpoint.ts";
import { manifestDigest } from "../../registry/manifests.ts";
import { openRegistry } from "../../registry/open-registry.ts";
import { counted, unavailable } from "../problems.ts";
import { parseReference, type Reference } from "../reference.ts";
import type { ActOutcome, AskContext } from "../rule.ts";
import type { PublishedValues } from "./published-fields.ts";

/** Small requests at the same time. */
const atOnce = 8;

export async function askRegistry(
  { published }: PublishedValues,
  context: AskContext,
): Promise<ActOutcome> {
  const references = [...new Set(published)];
  const digests = await inParallel(references, atOnce, context.signal, (reference, signal) =>
    digestOf(parseReference(reference) as Reference, { ...context, signal }),
  );
  const missing = references.filter((_, index) => digests[index] === undefined);
  const [first] = missing;
  if (first !== undefined) return notThere(first, missing.length - 1);
  const artifacts = references.map(
    (reference, index): PublishedArtifact => ({
      kind: "published",
      reference,
      digest: digests[index] as Digest,
    }),
  );
  return { kind: "found", artifacts, note: "already in the registry" };
}

async function digestOf(
  { host = "docker.io", repository, tag = "latest", digest }: Reference,
  { access, signal }: AskContext,
): Promise<Digest | undefined> {
  const client = openRegistry(host, access);
  try {
    const place = { client, repository: repositoryAt(host, repository), signal };
    return await manifestDigest(place, digest ?? tag);
  } finally {
    client.close();
  }
}

function notThere(first: string, more: number): ActOutcome {
  const others = more > 0 ? ` (and ${counted(more, "other")})` : "";
  const why = `\`${first}\`${others} is not in the registry`;
  return unavailable("not-published", why, why, {
    hint: "push it, or name an image that is there",
  });
}
