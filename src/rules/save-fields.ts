/** The keys of rule `save`, and what follows from them alone. */
import { optional, required, type ValuesOf } from "./fields.ts";

export const saveFields = {
  save: required("targets", "Targets whose images are saved"),
  to: required("destination", "Folder of the archives"),
  compress: optional("choice", "Compression of the archives", { choices: ["none", "gzip"] }),
};

export type SaveValues = ValuesOf<typeof saveFields>;

/** Name of the file that holds the digests of the archives beside it. */
export const checksums = "SHA256SUMS";
