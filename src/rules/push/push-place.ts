/** Where a name of a push lies in its registry. Asks nobody. */
import { repositoryAt } from "../../registry/endpoint.ts";
import type { FleetTag } from "../../registry/fleet-tag.ts";

/** @param to HOST/NAME:TAG */
export function placeOf(to: string): Pick<FleetTag, "repository" | "tag"> {
  const slash = to.indexOf("/");
  const colon = to.lastIndexOf(":");
  const repository = repositoryAt(to.slice(0, slash), to.slice(slash + 1, colon));
  return { repository, tag: to.slice(colon + 1) };
}
