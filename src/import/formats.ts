/** The formats that `tbuild init` reads, the first that a folder has before the others. A new one is a line here. */

import type { InitFormat } from "../model/init-options.ts";
import { bakeFiles, readBake } from "./bake/read-bake.ts";
import { composeFiles, readCompose } from "./compose/read-compose.ts";
import { findDockerfiles } from "./dockerfiles/find-dockerfiles.ts";
import { readDockerfiles } from "./dockerfiles/read-dockerfiles.ts";
import type { Draft } from "./draft.ts";
import { makeFiles, readMake } from "./make/read-make.ts";
import { projectName } from "./names.ts";
import type { SourceFolder } from "./source-folder.ts";

interface ReadRequest {
  readonly folder: SourceFolder;
  /** What `find` found. */
  readonly files: readonly string[];
  readonly folderName: string;
}

export interface Format {
  readonly name: InitFormat;
  /** In messages. */
  readonly what: string;
  /** Its files in the folder, none where it has none. */
  readonly find: (folder: SourceFolder) => readonly string[];
  /** Whether a file of it tells of images, where nobody asked for the format; all do without it. */
  readonly tells?: RegExp;
  /** @throws DiagnosticError */
  readonly read: (request: ReadRequest) => Draft;
}

const firstOf = (folder: SourceFolder, names: readonly string[]): readonly string[] => {
  const found = folder.firstOf(names);
  return found === undefined ? [] : [found];
};

/** Bake files say most about builds, compose files less, and makefiles can say anything. */
export const formats: readonly Format[] = [
  {
    name: "bake",
    what: "bake file",
    find: (folder) => bakeFiles.filter((name) => folder.isFile(name)),
    read: ({ folder, files }) => readBake(folder, files),
  },
  {
    name: "compose",
    what: "compose file",
    find: (folder) => firstOf(folder, composeFiles),
    tells: /(?<=^|[\s{,"'])build["']?\s*:|<<\s*:/m,
    read: ({ folder, files: [name = ""], folderName }) => readCompose(folder, name, folderName),
  },
  {
    name: "make",
    what: "Makefile with docker lines",
    find: (folder) => firstOf(folder, makeFiles),
    tells: /\b(docker|DOCKER)[)}]?\s+(buildx\s+|image\s+)?build\b/,
    read: ({ folder, files: [name = ""], folderName }) =>
      readMake(folder, name, projectName(folderName)),
  },
  {
    name: "dockerfiles",
    what: "Dockerfiles",
    find: (folder) => findDockerfiles(folder, "image").map(({ file }) => file),
    read: ({ folder, folderName }) => readDockerfiles(folder, projectName(folderName)),
  },
];
