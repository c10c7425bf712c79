/** The keys of rule `clean`, and what follows from them alone. */
import { optional, required, type ValuesOf } from "./fields.ts";

export const cleanFields = {
  clean: required("choice", "What to remove", { choices: ["project"] }),
  "keep-images": optional("flag", "Leave the images in the engine"),
};

export type CleanValues = ValuesOf<typeof cleanFields>;
