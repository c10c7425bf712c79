/** Tells a registry that uploads end here, so that it need not keep what it has of them. */
import type { Place } from "./place.ts";

/** Milliseconds that all of it may take: a push that was interrupted ends within two seconds. */
const grace = 1_000;

/**
 * As far as it can be done: a registry that does not, or is not there, removes uploads after some days.
 * Docker's registry does not find an upload again that broke off within a request (`upload resumed at
 * wrong offset`, distribution 2.8): to those who ask it is gone, and its bytes go after a week.
 * @param uploads places that the registry named
 * @see https://distribution.github.io/distribution/spec/api/#canceling-an-upload
 */
export async function abandonUploads(place: Place, uploads: readonly URL[]): Promise<void> {
  if (uploads.length === 0) return;
  const { client, repository } = place;
  // Not the signal of the push: it may be what ended the upload.
  const signal = AbortSignal.timeout(grace);
  const abandoned = uploads.map((to) =>
    client.sendOnce({
      method: "DELETE",
      to,
      repository,
      scopes: [`repository:${repository}:pull,push,delete`],
      doing: `end an upload to \`${client.host}/${repository}\``,
      signal,
    }),
  );
  await Promise.allSettled(abandoned);
}
