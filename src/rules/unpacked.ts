/** A tar as artifacts: unpacked beside, moved to its place whole, and told by content. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Artifact } from "../model/artifact.ts";
import { nameMatcher } from "./match-names.ts";
import { placeOutput } from "./output-files.ts";
import type { ActContext } from "./rule.ts";
import { unpackTar } from "./unpack-tar.ts";

/**
 * @param to folder for it, relative to the workspace
 * @param match what counts in it, each file an artifact; without it the folder is one
 * @returns undefined when no file matches
 */
export async function takeUnpacked(
  tar: string,
  to: string,
  match: readonly string[] | undefined,
  context: ActContext,
): Promise<readonly Artifact[] | undefined> {
  const { files } = context;
  const beside = path.join(await context.temporaryFolder(), "unpacked");
  mkdirSync(beside);
  await unpackTar(tar, beside, nameMatcher(match), context.signal);
  const names = files.list(beside);
  if (match !== undefined && names.length === 0) return undefined;
  placeOutput(context, beside, to);
  if (match === undefined) {
    return [{ kind: "tree", path: to, digest: files.digestTree(files.absolute(to)) }];
  }
  return names.map((name) => {
    const place = `${to}/${name}`;
    return { kind: "file", path: place, digest: files.digestFile(files.absolute(place)) };
  });
}
