/**
 * The files of a local checkout that takes the place of a repository, as they lie in its working tree.
 * Which target has one is told by the command line.
 */
import path from "node:path";
import { filesOfCheckout } from "../../files/local-checkout.ts";
import { failure } from "../problems.ts";
import type { FilesView, InputFile } from "../rule.ts";
import type { GitValues } from "./git-fields.ts";

/** @throws DiagnosticError where git cannot read it any more */
export function sourceFiles(
  source: string,
  { submodules = false }: GitValues,
  files: FilesView,
  environment: NodeJS.ProcessEnv,
): readonly InputFile[] {
  const found = filesOfCheckout(source, { files, environment, submodules });
  if (found === undefined) throw unreadable(source);
  const root = files.absolute(".");
  return found.map((file) => ({ name: path.relative(root, file), path: file }));
}

export const unreadable = (source: string) =>
  failure("surroundings", "source-unreadable", `\`${source}\` is no checkout that git can read`, {
    hint: `look at what \`git -C ${source} status\` says`,
  });
