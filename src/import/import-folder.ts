/** From a folder to the text of a target file: which format is read, and what of it has no counterpart. Writes nothing. */
import path from "node:path";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { ImportFormat, InitFormat } from "../model/init-options.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { findDockerfiles } from "./dockerfiles/find-dockerfiles.ts";
import type { Draft, Loss } from "./draft.ts";
import { finish } from "./finish/finish.ts";
import { type Format, formats } from "./formats.ts";
import { projectName } from "./names.ts";
import * as problems from "./problems.ts";
import { readSideloader } from "./sideloader/read-sideloader.ts";
import { SourceFolder } from "./source-folder.ts";
import { placed } from "./write/comments.ts";
import { targetFileText } from "./write/target-file-text.ts";

export interface Imported {
  readonly text: string;
  /** In the order of the file that was read. */
  readonly losses: readonly Loss[];
  /** Files that were read, in words. */
  readonly from: string;
  /** Other formats that the folder has. */
  readonly others: readonly Format[];
}

/**
 * @param root folder that gets the target file, absolute
 * @param wanted the format to read; without it the first that the folder has
 */
export function importFolder(root: string, wanted?: InitFormat): Result<Imported> {
  return caught(() => readFolder(new SourceFolder(root), wanted));
}

function caught<T>(read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof DiagnosticError) return fail(error.diagnostic);
    throw error;
  }
}

/**
 * @param root folder that gets the target file, absolute
 * @param file name of the file to read in it
 */
export function importFile(root: string, file: string, format: ImportFormat): Result<Imported> {
  return caught(() => {
    const folder = new SourceFolder(root);
    if (!folder.isFile(file)) return fail(problems.noFile(root, file));
    const draft = readers[format](folder, file, path.basename(root));
    return ok({ ...written(draft, file, `tbuild import ${format}`), others: [] });
  });
}

const readers: Readonly<
  Record<ImportFormat, (folder: SourceFolder, file: string, name: string) => Draft>
> = {
  sideloader: readSideloader,
};

function readFolder(folder: SourceFolder, wanted: InitFormat | undefined): Result<Imported> {
  const found = formats.flatMap((format) => {
    const files = format.find(folder);
    const isAsked = format.name === wanted;
    const { tells = /^/ } = format;
    const telling = files.filter((file) => isAsked || tells.test(folder.read(file).text));
    return telling.length === 0 ? [] : [{ format, files: telling }];
  });
  const chosen =
    wanted === undefined ? found[0] : found.find(({ format }) => format.name === wanted);
  if (chosen === undefined)
    return fail(
      nothingToRead(
        folder,
        wanted,
        found.map(({ format }) => format),
      ),
    );
  const folderName = path.basename(folder.root);
  const { format, files } = chosen;
  const dockerfiles = findDockerfiles(folder, projectName(folderName));
  const draft = finish(format.read({ folder, files, folderName }), {
    folder,
    dockerfiles,
    folderName,
  });
  const from =
    format.name === "dockerfiles"
      ? `${files.length} ${files.length === 1 ? "Dockerfile" : "Dockerfiles"}`
      : files.join(" and ");
  const others = found
    .filter((other) => other !== chosen && other.format.name !== "dockerfiles")
    .map((other) => other.format);
  return ok({ ...written(draft, from, "tbuild init"), others });
}

function written(draft: Draft, from: string, command: string): Omit<Imported, "others"> {
  const losses = [...draft.losses, ...draft.targets.flatMap((target) => target.losses)];
  return {
    text: targetFileText(draft, from, command),
    losses: onceEach(losses).toSorted(byPlace),
    from,
  };
}

function nothingToRead(
  folder: SourceFolder,
  wanted: InitFormat | undefined,
  found: readonly Format[],
) {
  const format = formats.find(({ name }) => name === wanted);
  if (format === undefined)
    return problems.nothingFound(
      folder.root,
      formats.map(({ what }) => what),
    );
  return problems.noneOfFormat(
    folder.root,
    format.what,
    found.map(({ what }) => what),
  );
}

/** What several targets share by an anchor or `inherits` is told once. */
function onceEach(losses: readonly Loss[]): readonly Loss[] {
  const told = new Map(losses.map((loss) => [placed(loss), loss]));
  return [...told.values()];
}

function byPlace({ at: one }: Loss, { at: other }: Loss): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line;
}
