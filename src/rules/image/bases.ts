/** The images that the Dockerfile of a target needs. Which of them targets make is not known here. */
import { imagesOf, parseDockerfile } from "./dockerfile.ts";
import type { ImageValues } from "./image-fields.ts";

/** Normalised references, each once; the one that `base` names is left out, which is an edge by its key. */
export function basesOf(values: ImageValues, dockerfile: string): readonly string[] {
  const unknown = new Set(values.base === undefined ? [] : ["BASE"]);
  return imagesOf(parseDockerfile(dockerfile), values.args ?? {}, values.stage, unknown);
}
