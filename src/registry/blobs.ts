/**
 * Asks for blobs of a repository, and has them taken over from another one. `send-blob.ts` sends
 * what is left; which that is, is told by the caller.
 */
import type { Digest } from "../model/artifact.ts";
import type { Place } from "./place.ts";
import { locationOf } from "./redirects.ts";

export async function hasBlob(place: Place, digest: Digest): Promise<boolean> {
  const request = {
    ...about(place, `look for \`${digest}\``),
    method: "HEAD",
    to: `${place.repository}/blobs/${digest}`,
    scopes: [pullAndPush(place.repository)],
  };
  const answer = await place.client.send(request);
  if (answer.status === 200) return true;
  if (answer.status === 404) return false;
  throw place.client.refused(answer, request);
}

/**
 * Takes a blob over from another repository of the registry.
 * @returns `sent` false where the registry does not, with the place of the upload that it began instead
 */
export async function mountBlob(
  place: Place,
  digest: Digest,
  from: string,
): Promise<{ readonly mounted: true } | { readonly mounted: false; readonly upload?: URL }> {
  const query = new URLSearchParams({ mount: digest, from });
  const request = {
    ...about(place, `take \`${digest}\` over from \`${from}\``),
    method: "POST",
    to: `${place.repository}/blobs/uploads/?${query}`,
    scopes: [pullAndPush(place.repository), `repository:${from}:pull`],
    headers: { "content-length": "0" },
  };
  const answer = await place.client.send(request);
  if (answer.status === 201) return { mounted: true };
  // Whoever may not read there, or may not mount, sends it.
  const upload = answer.status === 202 ? locationOf(answer) : undefined;
  return { mounted: false, ...(upload && { upload }) };
}

/** What every request about blobs of a repository has in common. */
export function about({ repository, client, signal }: Place, what: string) {
  const doing = `${what} in \`${client.host}/${repository}\``;
  return { repository, doing, signal, scopes: [pullAndPush(repository)] };
}

export const pullAndPush = (repository: string): string => `repository:${repository}:pull,push`;
