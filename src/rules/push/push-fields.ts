/** The keys of rule `push`, and what follows from them alone. */
import { optional, required, type ValuesOf } from "../fields.ts";

export const pushFields = {
  push: required("targets", "Targets whose images are pushed"),
  registry: required("string", "HOST or HOST/NAME that the tags go to"),
  tags: optional("tags", "Tags that each image is pushed under, in place of its own"),
  via: optional("choice", "Who sends: tbuild to the registry (default), or the engine", {
    choices: ["registry", "engine"],
  }),
  dated: optional(
    "flag",
    "One more tag, the time of the push, for each image that another tag did not name",
  ),
  releases: optional("strings", "Tags that name one image for good: patterns such as `v*`"),
  "only-from": optional("map", "Patterns of tags, and the branch that each is pushed from"),
  branch: optional("string", "Branch that is pushed; the one that is checked out if not given"),
  digests: optional("destination", "File for the digests of the tags: JSON, or lines in a .txt"),
};

export type PushValues = ValuesOf<typeof pushFields>;
