/** Saves the images of a `save` target. What one archive is, is told by `save-archive.ts`. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import type { Artifact, FileArtifact, ImageArtifact } from "../model/artifact.ts";
import { inParallel } from "./in-parallel.ts";
import { shownPath, whyNotOurs } from "./output-files.ts";
import { imagesOfTargets } from "./own-images.ts";
import { counted, failure, usageError } from "./problems.ts";
import type { ActContext, ActOutcome } from "./rule.ts";
import { archiveNameOf, type SavedArchive, writeArchive } from "./save-archive.ts";
import { checksums, type SaveValues } from "./save-fields.ts";
import { readSaved, writeSaved } from "./saved-record.ts";

/** Reading layers and compressing them keep two cores busy. */
const atOnce = 2;

/** Archives whose image is still the same are kept. The checksums are written last. */
export async function saveImages(values: SaveValues, context: ActContext): Promise<ActOutcome> {
  const wanted = nameArchives(values, context);
  refuseLinks(values.to, context);
  const held = readSaved(context);
  const kept = [...wanted].flatMap(([name, image]) => {
    const found = held.find((saved) => isSame(saved, name, image));
    return found !== undefined && stillThere(values.to, found, context) ? [found] : [];
  });
  const toWrite = [...wanted].filter(([name]) => !kept.some((saved) => saved.name === name));
  const sums = path.join(values.to, checksums);
  try {
    makeFolders(values.to);
    // Archives replaced one after the other: until all are, the old sums would be wrong.
    if (toWrite.length > 0) rmSync(sums, { force: true });
    const docker = await context.docker();
    const written = await inParallel(toWrite, atOnce, context.signal, ([name, image], signal) =>
      writeArchive({ docker, image, file: path.join(values.to, name), signal }),
    );
    const all = [...kept, ...written].sort((a, b) => (a.name < b.name ? -1 : 1));
    writeSaved(context, all);
    writeSums(sums, all);
    const artifacts = [...all.map(({ name }) => path.join(values.to, name)), sums];
    return {
      kind: "made",
      artifacts: artifacts.map(artifactIn(context)),
      note: noteOn(written, kept),
    };
  } catch (error) {
    throw diskProblem(error, values.to, context) ?? error;
  }
}

/** @throws DiagnosticError when two images would have one name */
function nameArchives(values: SaveValues, context: ActContext): ReadonlyMap<string, ImageArtifact> {
  const named = new Map<string, ImageArtifact>();
  const extension = values.compress === "gzip" ? "tar.gz" : "tar";
  for (const image of imagesOfTargets(context, "save", values.save)) {
    const name = `${archiveNameOf(image)}.${extension}`;
    const other = named.get(name);
    if (other !== undefined) {
      throw usageError(context.target, "save", {
        code: "archive-twice",
        message: `\`${other.references[0]}\` and \`${image.references[0]}\` would both be saved as \`${name}\``,
      });
    }
    named.set(name, image);
  }
  return named;
}

/** Inside the workspace a folder must really be inside: `clean` relies on that. */
function refuseLinks(to: string, { project, target }: ActContext): void {
  const shown = shownPath(project.root, to);
  if (path.isAbsolute(shown)) return;
  const problem = whyNotOurs(project.root, `${shown}/${checksums}`);
  if (problem === undefined) return;
  throw usageError(target, "to", {
    code: "output-outside",
    message: `\`${shown}\` ${problem}`,
    hint: "name the folder that the link leads to",
  });
}

const isSame = (saved: SavedArchive, name: string, image: ImageArtifact): boolean =>
  saved.name === name &&
  saved.image === image.digest &&
  saved.references.join(" ") === image.references.join(" ");

function stillThere(folder: string, saved: SavedArchive, { files }: ActContext): boolean {
  const file = path.join(folder, saved.name);
  return files.kindOf(file) === "file" && files.digestFile(file) === `sha256:${saved.sha256}`;
}

function writeSums(file: string, archives: readonly SavedArchive[]): void {
  const lines = archives.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  const part = path.join(path.dirname(file), `.${checksums}.part`);
  writeFileSync(part, lines.join(""), { flush: true });
  renameSync(part, file);
}

const artifactIn =
  ({ project, files }: ActContext) =>
  (file: string): FileArtifact & Artifact => ({
    kind: "file",
    path: shownPath(project.root, file),
    digest: files.digestFile(file),
  });

function noteOn(written: readonly unknown[], kept: readonly unknown[]): string {
  const saved = `${counted(written.length, "archive")} written`;
  return kept.length === 0 ? saved : `${saved}, ${kept.length} kept`;
}

function diskProblem(error: unknown, to: string, { project }: ActContext) {
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: "no space is left",
    EDQUOT: "the disk quota is used up",
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is a file",
    EEXIST: "it is a file",
    ENOENT: "no folder can be made there",
  };
  const why = reasons[(error as NodeJS.ErrnoException).code ?? ""];
  const folder = shownPath(project.root, to);
  return why && failure("surroundings", "cannot-write", `cannot write to \`${folder}\`: ${why}`);
}
