/** Reads the bake files of a folder into one draft. */
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { noImages } from "../problems.ts";
import type { SourceFolder } from "../source-folder.ts";
import { BakeDraft } from "./bake-draft.ts";
import { mergeBakeFiles } from "./bake-file.ts";
import { parseHcl } from "./hcl/parse-file.ts";
import { parseBakeJson } from "./json-file.ts";

/** In the order in which bake puts them together. */
export const bakeFiles = [
  "docker-bake.json",
  "docker-bake.override.json",
  "docker-bake.hcl",
  "docker-bake.override.hcl",
];

/** @throws DiagnosticError */
export function readBake(folder: SourceFolder, names: readonly string[]): Draft {
  const files = names.map((name) => {
    const source = folder.read(name);
    return { source, block: name.endsWith(".json") ? parseBakeJson(source) : parseHcl(source) };
  });
  const draft = new BakeDraft(mergeBakeFiles(files)).draft();
  if (draft.targets.length > 0) return draft;
  const hint = 'a bake file has `target "NAME" { … }`';
  throw new DiagnosticError(noImages(names.join(" and "), hint));
}
