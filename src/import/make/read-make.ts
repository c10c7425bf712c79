/** Reads a Makefile into a draft. */
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { noImages } from "../problems.ts";
import type { SourceFolder } from "../source-folder.ts";
import { MakeDraft } from "./make-draft.ts";
import { readMakeFile } from "./make-file.ts";

export const makeFiles = ["GNUmakefile", "makefile", "Makefile"];

/** @throws DiagnosticError */
export function readMake(folder: SourceFolder, name: string, projectName: string): Draft {
  const file = readMakeFile(folder.read(name).text, name);
  const draft = new MakeDraft(file, projectName).draft();
  if (draft.targets.some(({ image }) => image)) return draft;
  throw new DiagnosticError(
    noImages(name, "lines with `docker build` are read; `--from dockerfiles` reads no Makefile"),
  );
}
