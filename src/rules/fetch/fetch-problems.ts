/** The wording of what is not to be had by its URL. */
import { unavailable } from "../problems.ts";
import type { DownloadOutcome } from "./download.ts";
import { shownUrl } from "./fetch-fields.ts";

export function notFetched(
  url: string,
  { why, transient }: DownloadOutcome & { readonly kind: "unavailable" },
) {
  const message = `cannot fetch \`${shownUrl(url)}\`: ${why}`;
  return unavailable("fetch-unavailable", why, message, { ...(transient && { transient }) });
}
