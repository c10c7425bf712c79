/** The Dockerfile that a build is given in the place of one in the context: with locked names, or out of the target file. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PackedFile } from "../../docker/docker.ts";
import { readMade } from "../read-made.ts";
import { type ActContext, packed } from "../rule.ts";
import { type ImageValues, requestOf } from "./image-fields.ts";
import { nameInContext, readDockerfile } from "./lay-context.ts";
import { madeDockerfile } from "./made-dockerfile.ts";
import { withPinnedBases } from "./pinned-bases.ts";

/**
 * @returns undefined where the one that lies in the context will do, or there is none
 * @throws DiagnosticError where a locked image is not to be had
 */
export async function writtenDockerfile(
  values: ImageValues,
  context: ActContext,
): Promise<PackedFile | undefined> {
  const request = requestOf(values);
  const { files, artifactsOf } = context;
  const found =
    readDockerfile(request, files)?.text ??
    madeDockerfile(values, files, readMade(artifactsOf, files));
  if (found === undefined) return undefined;
  const pinned = await withPinnedBases(found, values, context);
  const own = request.dockerfile.kind === "inline" ? found : undefined;
  const text = pinned ?? own;
  if (text === undefined) return undefined;
  const folder = path.join(await context.temporaryFolder(), "dockerfile");
  mkdirSync(folder);
  const file = path.join(folder, "Dockerfile");
  writeFileSync(file, text);
  return packed(nameInContext(request.dockerfile), file);
}
