/** Names of targets and parameters, made from names that other tools allow. */
import { reservedParameters, reservedTargets } from "../config/reserved.ts";

/** A name that a target may have: `app:dev` is `app-dev`. */
export function targetName(text: string): string {
  const name = plain(text).replace(/^[-.]+/, "") || "image";
  return reservedTargets.has(name) ? `${name}-image` : name;
}

/** A name that the command line reads well: `IMAGE_TAG` is `image-tag`. */
export function parameterName(text: string): string {
  const name = plain(text).replaceAll("_", "-").replaceAll(".", "-").toLowerCase();
  const begun = /^[a-z]/.test(name) ? name : `p-${name}`;
  return reservedParameters.has(begun) ? `${begun}-value` : begun;
}

/** A name for a project. */
export const projectName = (text: string): string =>
  plain(text.toLowerCase()).replace(/^[-._]+|[-._]+$/g, "") || "project";

const plain = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^-+|-+$/g, "");

/** The name, or the name with a number, so that it is none of those taken; it is taken then. */
export function claim(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  taken.add(free);
  return free;
}
