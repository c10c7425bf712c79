/** What became of bytes, in words: the same for a push and for a save. */
import { bytes } from "../model/size.ts";
import type { Traffic } from "../model/traffic.ts";

/** `12 MB sent, 190 MB there, 5.5 GB saved by sharing`; what there is nothing of is left out. */
export function trafficWords(
  { sent, mounted, there, shared }: Traffic,
  verb: "sent" | "written",
): string {
  const parts = [
    `${bytes(sent)} ${verb}`,
    mounted > 0 ? `${bytes(mounted)} taken over` : "",
    there > 0 ? `${bytes(there)} there` : "",
    shared > 0 ? `${bytes(shared)} saved by sharing` : "",
  ];
  return parts.filter(Boolean).join(", ");
}
