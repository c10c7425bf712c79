/** Reads files of another tool in a temporary folder, and checks that what comes out is a target file. */
import path from "node:path";
import { loadTargetFile } from "../../../src/config/read/load-target-file.ts";
import { importFolder } from "../../../src/import/import-folder.ts";
import { placed } from "../../../src/import/write/comments.ts";
import type { InitFormat } from "../../../src/model/init-options.ts";
import { temporaryFolder, writeFiles } from "../../support/folder.ts";

export interface ImportedText {
  /** All below `targets:`, comments too. */
  readonly targets: string;
  /** All above it, but the first lines, which are always the same. */
  readonly top: string;
  /** `file:line: what` */
  readonly told: readonly string[];
}

/** The folder is called `shop`. */
export function importFiles(
  files: Readonly<Record<string, string>>,
  from?: InitFormat,
): ImportedText {
  const root = path.join(temporaryFolder(), "shop");
  writeFiles(root, files);
  const imported = importFolder(root, from);
  if (!imported.ok) throw new Error(imported.problems.map(({ message }) => message).join("\n"));
  const { text, losses } = imported.value;
  writeFiles(root, { "targets.yaml": text });
  const loaded = loadTargetFile(path.join(root, "targets.yaml"), root);
  if (!loaded.ok)
    throw new Error(`${loaded.problems.map(({ message }) => message).join("\n")}\n${text}`);
  const [top = "", targets = ""] = text.split("\ntargets:\n");
  const begin = top
    .split("\n")
    .filter((line) => !line.startsWith("# yaml-") && !line.startsWith("# Made from"));
  return { targets, top: `${begin.join("\n").trim()}\n`, told: losses.map(placed) };
}

/** `place: message` of what is wrong with the files, and the hint. */
export function importProblem(files: Readonly<Record<string, string>>, from?: InitFormat) {
  const root = path.join(temporaryFolder(), "shop");
  writeFiles(root, files);
  const imported = importFolder(root, from);
  if (imported.ok) throw new Error(`nothing is wrong with\n${imported.value.text}`);
  const [problem] = imported.problems;
  const { message = "", at, hint } = problem ?? {};
  const place = at === undefined ? "" : `${at.file}:${at.line}:${at.column}: `;
  return { message: (place + message).replace(root, "SHOP"), hint };
}
