/** The keys of rule `image`, and what follows from them alone. */
import path from "node:path";
import { optional, required, type ValuesOf } from "../fields.ts";

export const imageFields = {
  image: required("paths", "Context folders laid over each other, the later wins"),
  dockerfile: optional(
    "string",
    "Path of the Dockerfile in the laid context, or its text of several lines",
  ),
  include: optional("laid", "Outputs of targets, laid below folders of the context"),
  base: optional("target", "Image target that the build argument BASE names"),
  args: optional("map", "Build arguments"),
  stage: optional("string", "Stage of the Dockerfile to build"),
  secrets: optional("secrets", "Secrets of the build and the secret parameters they come from", {
    counts: false,
  }),
  tags: optional("tags", "References that name the image"),
  labels: optional("map", "Labels of the image"),
  "built-at": optional("strings", "Labels that get the time at which the image was built"),
  network: optional("choice", "Network of the commands of the build", {
    choices: ["default", "host", "none"],
  }),
  // How it is run does not change the image; what of it counts for its users, they say.
  service: optional("service", "How the image is run while targets that need it are made", {
    counts: false,
  }),
};

export type ImageValues = ValuesOf<typeof imageFields>;

/** Where the Dockerfile is: in the laid context, outside of it, or in the target file itself. */
export type DockerfilePlace =
  | { readonly kind: "laid"; readonly name: string }
  | { readonly kind: "outside"; readonly path: string }
  | { readonly kind: "inline"; readonly text: string };

export const requestOf = ({ image: folders, dockerfile = "Dockerfile" }: ImageValues) => ({
  folders,
  dockerfile: placeOf(folders[0] ?? ".", dockerfile),
});

/** A path has one line; what leads out of the context starts, as in compose and bake files, at its folder. */
function placeOf(folder: string, given: string): DockerfilePlace {
  if (given.includes("\n")) return { kind: "inline", text: given };
  const name = path.posix.normalize(given);
  if (!name.startsWith("../")) return { kind: "laid", name };
  return { kind: "outside", path: path.posix.join(folder, name) };
}
