/** The keys of rule `published`. */
import { required, type ValuesOf } from "../fields.ts";

export const publishedFields = {
  published: required("strings", "References that the registry must have, all of them"),
};

export type PublishedValues = ValuesOf<typeof publishedFields>;
