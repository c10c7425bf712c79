/** Where a repository lies on this machine, for questions that no server is to be asked. Writes nothing. */
import { existsSync } from "node:fs";
import { Clones } from "../../store/clones.ts";
import { StateFolder } from "../../store/state-folder.ts";
import type { Asker } from "../asker.ts";
import { urlOf } from "./find-commit.ts";
import { gitFor } from "./git-program.ts";

/** A folder in which git answers; undefined where there is neither the repository nor a clone of it. */
export function repositoryHere(url: string, { files, project }: Asker): string | undefined {
  const place = urlOf(url, files);
  const clone = new Clones(new StateFolder(project.root).path).folderOf(place);
  return [place, clone].find((folder) => folder.startsWith("/") && existsSync(folder));
}

export interface FileOfCommit {
  readonly url: string;
  readonly commit: string;
  /** Path in the repository. */
  readonly file: string;
}

/** The text of a file; undefined where nobody here has the commit, or the commit has no such file. */
export async function fileOfCommit(
  { url, commit, file }: FileOfCommit,
  asker: Asker,
): Promise<string | undefined> {
  const folder = repositoryHere(url, asker);
  if (folder === undefined) return undefined;
  const git = gitFor({ ...asker, progress: { output: () => undefined } });
  const shown = await git(["cat-file", "blob", `${commit}:${file}`], { folder });
  return shown.ok ? shown.text : undefined;
}
