/** Saves the images of a `save` target where and as it says. Each way has a file of its own. */
import path from "node:path";
import { DiagnosticError } from "../../model/diagnostic.ts";
import { WrongDigest } from "../../store/blob-store.ts";
import { hasZstd } from "../../store/compress.ts";
import { shownPath, whyNotOurs } from "../output-files.ts";
import { imagesOfTargets } from "../own-images.ts";
import { failure, usageError } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { saveArchives } from "./save-archives.ts";
import {
  archiveCompression,
  isLayout,
  layerCompression,
  placeOf,
  type SaveValues,
} from "./save-fields.ts";
import { saveFile, savePipe } from "./save-file.ts";
import { saveLayout } from "./save-layout.ts";

export async function saveImages(values: SaveValues, context: ActContext): Promise<ActOutcome> {
  const images = imagesOfTargets(context, "save", values.save);
  const place = placeOf(values.to);
  if (place.kind !== "pipe") refuseLinks(values.to, context);
  refuseZstd(values);
  try {
    switch (place.kind) {
      case "pipe":
        return await savePipe(values, images, context);
      case "file":
        return await saveFile(values, images, context);
      case "folder":
        return isLayout(values)
          ? await saveLayout(values, images, context)
          : await saveArchives(values, images, context);
    }
  } catch (error) {
    throw blobProblem(error, context) ?? diskProblem(error, values.to, context) ?? error;
  }
}

/** Inside the workspace a folder must really be inside: `clean` relies on that. */
function refuseLinks(to: string, { project, target }: ActContext): void {
  const shown = shownPath(project.root, to);
  if (path.isAbsolute(shown)) return;
  const problem = whyNotOurs(project.root, `${shown}/in-it`);
  if (problem === undefined) return;
  throw usageError(target, "to", {
    code: "output-outside",
    message: `\`${shown}\` ${problem}`,
    hint: "name the folder that the link leads to",
  });
}

function refuseZstd(values: SaveValues): void {
  if (hasZstd() || ![archiveCompression(values), layerCompression(values)].includes("zstd")) return;
  throw failure("surroundings", "no-zstd", "this Node cannot compress with zstd", {
    hint: "run tbuild with Node 22.15 or newer, or take gzip",
  });
}

/** It is not used again: the engine has the bytes still. */
function blobProblem(error: unknown, { blobs }: ActContext): DiagnosticError | undefined {
  if (!(error instanceof WrongDigest)) return undefined;
  blobs.remove(error.expected);
  return failure(
    "surroundings",
    "blob-damaged",
    `a blob in \`.tbuild\` is damaged: ${error.message}`,
    {
      hint: "run it again: it is taken from the engine anew",
    },
  );
}

function diskProblem(error: unknown, to: string, { project }: ActContext) {
  if (error instanceof DiagnosticError) return undefined;
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: "no space is left",
    EDQUOT: "the disk quota is used up",
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is a file",
    EEXIST: "it is a file",
    EISDIR: "it is a folder",
    ENOENT: "no folder can be made there",
  };
  const why = reasons[(error as NodeJS.ErrnoException).code ?? ""];
  const place = shownPath(project.root, to);
  return why && failure("surroundings", "cannot-write", `cannot write to \`${place}\`: ${why}`);
}
