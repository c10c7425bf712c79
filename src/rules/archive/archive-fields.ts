/** The keys of rule `archive`, and what follows from them alone. */
import { optional, required, type ValuesOf } from "../fields.ts";

export const archiveFields = {
  archive: required("globsOrTargets", "Globs of files, or targets whose outputs are packed"),
  prefix: optional("string", "Folder in the archive that the files are laid below"),
  to: required("output", "Path of the archive"),
};

export type ArchiveValues = ValuesOf<typeof archiveFields>;
