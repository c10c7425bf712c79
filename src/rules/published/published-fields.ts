/** The keys of rule `published`. */
import { optional, required, type ValuesOf } from "../fields.ts";

export const publishedFields = {
  published: required("strings", "References that the registry must have, all of them"),
  unless: optional("flag", "Where `true`, this alternative is passed over and nobody is asked", {
    counts: false,
  }),
};

export type PublishedValues = ValuesOf<typeof publishedFields>;
