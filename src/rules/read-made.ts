/** Reads single files of what targets made, wherever these lie. */
import path from "node:path";
import { type Artifact, isOnDisk } from "../model/artifact.ts";
import type { TargetName } from "../model/target.ts";
import type { FilesView, ReadMade } from "./rule.ts";

/** @param artifactsOf what a target made; nothing where it is not done */
export const readMade =
  (artifactsOf: (name: TargetName) => readonly Artifact[], files: FilesView): ReadMade =>
  (target, file) => {
    for (const artifact of artifactsOf(target)) {
      if (!isOnDisk(artifact)) continue;
      const isTree = artifact.kind === "tree";
      if (!isTree && path.basename(artifact.path) !== file) continue;
      const place = isTree ? path.join(artifact.path, file) : artifact.path;
      if (files.kindOf(place) === "file") return files.read(place);
    }
    return undefined;
  };
