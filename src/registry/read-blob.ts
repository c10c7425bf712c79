/** Reads a blob of a repository as it comes. What it is good for, and where it goes, is the caller's. */
import type { Descriptor } from "../model/image-content.ts";
import type { Place } from "./place.ts";

/**
 * Tries again from the start where a connection breaks.
 * @param take is given the bytes, anew for each try; it has to verify them
 * @returns whether the blob is there
 * @throws DiagnosticError where the registry cannot be reached or refuses; what `take` throws
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-blobs
 */
export async function readBlob(
  place: Place,
  { digest }: Pick<Descriptor, "digest">,
  take: (content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<boolean> {
  const { client, repository, signal } = place;
  const request = {
    method: "GET",
    to: `${repository}/blobs/${digest}`,
    repository,
    scopes: [`repository:${repository}:pull`],
    doing: `read \`${digest}\` in \`${client.host}/${repository}\``,
    signal,
    take,
  };
  const answer = await client.send(request);
  if (answer.status === 200) return true;
  if (answer.status === 404) return false;
  throw client.refused(answer, request);
}
