/** Reads a tree of Dockerfiles into a draft. Which of them build on others is found for all formats alike. */
import type { Draft, DraftTarget } from "../draft.ts";
import { noImage } from "../draft.ts";
import type { SourceFolder } from "../source-folder.ts";
import { type FoundDockerfile, findDockerfiles } from "./find-dockerfiles.ts";

export function readDockerfiles(folder: SourceFolder, projectName: string): Draft {
  return {
    parameters: [],
    targets: findDockerfiles(folder, projectName).map(dockerfileTarget),
    default: [],
    losses: [],
  };
}

export function dockerfileTarget({
  file,
  name,
  context,
  dockerfile,
}: FoundDockerfile): DraftTarget {
  return {
    name,
    at: { file, line: 1, column: 1 },
    losses: [],
    image: { ...noImage, context, ...(dockerfile !== undefined && { dockerfile }) },
  };
}
