/** The keys of rule `push`, and what follows from them alone. */
import { required, type ValuesOf } from "./fields.ts";

export const pushFields = {
  push: required("targets", "Targets whose images are pushed"),
  registry: required("string", "HOST or HOST/NAME that the tags go to"),
};

export type PushValues = ValuesOf<typeof pushFields>;
