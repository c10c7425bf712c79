/** Tells a registry that uploads end here, so that it need not keep what it has of them. */
import type { Place } from "./place.ts";

/** Milliseconds that all of it may take: a push that was interrupted ends within two seconds. */
const grace = 1_000;

/** What the registry still wrote when the connection broke may come after the first request. */
const mostTries = 5;

/**
 * As far as it can be done: a registry that does not, or is not there, removes uploads after some days.
 * @param uploads places that the registry named
 * @see https://distribution.github.io/distribution/spec/api/#canceling-an-upload
 */
export async function abandonUploads(place: Place, uploads: readonly URL[]): Promise<void> {
  if (uploads.length === 0) return;
  // Not the signal of the push: it may be what ended the upload.
  const signal = AbortSignal.timeout(grace);
  const abandoned = uploads.map((upload) => abandon({ ...place, signal }, upload));
  await Promise.all(abandoned.map((each) => each.catch(() => undefined)));
}

async function abandon(place: Place, upload: URL): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const { status } = await ask(place, "DELETE", upload);
    if (status !== 204 && status !== 202) return;
    if ((await ask(place, "GET", upload)).status === 404) return;
  }
}

function ask({ client, repository, signal }: Place, method: "DELETE" | "GET", to: URL) {
  return client.sendOnce({
    method,
    to,
    repository,
    scopes: [`repository:${repository}:pull,push${method === "DELETE" ? ",delete" : ""}`],
    doing: `end an upload to \`${client.host}/${repository}\``,
    signal,
  });
}
