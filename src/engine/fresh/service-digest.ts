/** What of a service counts in the fingerprint of a target that uses it. */
import { createHash } from "node:crypto";
import picomatch from "picomatch";
import type { FilesView } from "../../files/files-view.ts";
import type { Artifact, Digest } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Project, Target, TargetName } from "../../model/target.ts";
import type { LaidOutputs } from "../../rules/fields.ts";
import { usesNothingProblem } from "../problems.ts";
import { digestOfLaidFiles, filesOfArtifacts } from "./read-target.ts";

export interface ServiceDigestRoom {
  readonly project: Project;
  readonly files: FilesView;
  readonly plan: { readonly artifactsOf: (name: TargetName) => readonly Artifact[] };
}

/**
 * All of the service counts by its image, or only the files laid into it that the target says it
 * uses; and how it is started.
 * @throws DiagnosticError `uses-nothing`
 */
export function serviceDigest(
  target: Target,
  service: TargetName,
  room: ServiceDigestRoom,
): Digest {
  const uses = target.with.find((use) => use.target === service)?.uses;
  const image = room.plan.artifactsOf(service).find((artifact) => artifact.kind === "image");
  if (image?.kind !== "image") throw new Error(`service ${service} has no image`);
  const declared = room.project.targets.get(service)?.service;
  const how = JSON.stringify([declared?.command ?? [], declared?.env ?? {}]);
  if (uses === undefined) return hash(`${image.digest} ${how}`);
  const matches = picomatch([...uses], { dot: true });
  const digest = digestOfLaidFiles(laidFiles(service, room), matches, room.files);
  if (!digest) throw new DiagnosticError(usesNothingProblem(target, service, uses));
  return hash(`${digest} ${how}`);
}

const hash = (text: string): Digest => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Files laid into the context of a service, by their paths in it. */
function laidFiles(service: TargetName, room: ServiceDigestRoom) {
  const fields = room.project.targets.get(service)?.rule?.fields;
  const included = (fields?.["include"] ?? []) as readonly LaidOutputs[];
  return included.flatMap(({ at, targets }) =>
    targets
      .flatMap((name) => filesOfArtifacts(room.plan.artifactsOf(name), room.files))
      .map(({ name, path }) => ({ name: at === "" ? name : `${at}/${name}`, path })),
  );
}
