/** Lays what targets made below a folder: of a build context, a container or an archive. */
import path from "node:path";
import type { PackedFile } from "../docker/docker.ts";
import type { FileArtifact, ImageArtifact, TreeArtifact } from "../model/artifact.ts";
import type { TargetName } from "../model/target.ts";
import { isBelow } from "./output-files.ts";
import { usageError } from "./problems.ts";
import type { ActContext } from "./rule.ts";

/**
 * The outputs of targets below `at`: a file by its base name, a folder by what is in it. Without
 * `at` they keep the paths that they have in the workspace.
 * @param key key of the rule that names the targets, for messages
 * @throws DiagnosticError for an image, and for something outside that has no place of its own
 */
export function layOutputs(
  context: ActContext,
  key: string,
  targets: readonly TargetName[],
  at: string | undefined,
): readonly PackedFile[] {
  return targets.flatMap((target) =>
    context.artifactsOf(target).flatMap((artifact) => {
      if (artifact.kind === "image") throw imageProblem(context, key, target);
      if (artifact.kind === "published") return [];
      const own = at === undefined ? ownPlace(context, key, target, artifact.path) : undefined;
      return layOne(context, artifact, own ?? at ?? "", own !== undefined);
    }),
  );
}

/**
 * One list without two files under one name.
 * @throws DiagnosticError where different files want the same place
 */
export function mergeLaid(
  context: ActContext,
  key: string,
  files: readonly PackedFile[],
): readonly PackedFile[] {
  const byName = new Map<string, string>();
  for (const { name, source } of files) {
    const other = byName.get(name);
    if (other !== undefined && other !== source) {
      throw usageError(context.target, key, {
        code: "laid-twice",
        message: `\`${shown(context, other)}\` and \`${shown(context, source)}\` would both be laid at \`${name}\``,
      });
    }
    byName.set(name, source);
  }
  return [...byName].map(([name, source]) => ({ name, source }));
}

/**
 * The image that a target makes.
 * @throws DiagnosticError when it makes none
 */
export function imageOf(context: ActContext, key: string, target: TargetName): ImageArtifact {
  const image = context.artifactsOf(target).find((artifact) => artifact.kind === "image");
  if (image?.kind === "image") return image;
  throw usageError(context.target, key, {
    code: "no-image",
    message: `\`${target}\` makes no image, and \`${key}\` needs one`,
  });
}

/** What to call an image in a request: its name, which a Dockerfile can say, else its ID. */
export const nameOfImage = (image: ImageArtifact): string => image.references[0] ?? image.digest;

/** Path below a folder of an archive; `at` may be empty, `.` or end with `/`. */
export const joinLaid = (at: string, name: string): string => path.posix.join(at, name);

function layOne(
  { files }: ActContext,
  artifact: FileArtifact | TreeArtifact,
  at: string,
  isOwn: boolean,
): readonly PackedFile[] {
  const source = files.absolute(artifact.path);
  if (artifact.kind === "file") {
    return [{ name: isOwn ? at : joinLaid(at, path.basename(source)), source }];
  }
  return files
    .list(source)
    .map((name) => ({ name: joinLaid(at, name), source: path.join(source, name) }));
}

function ownPlace(context: ActContext, key: string, target: TargetName, where: string): string {
  const { root } = context.project;
  const absolute = path.resolve(root, where);
  if (isBelow(root, absolute)) return path.relative(root, absolute);
  throw usageError(context.target, key, {
    code: "no-place",
    message: `\`${where}\`, which \`${target}\` stands for, lies outside the workspace and so has no path to be laid at`,
    hint: `say where: \`{ target: ${target}, as: FOLDER }\``,
  });
}

function imageProblem(context: ActContext, key: string, target: TargetName) {
  return usageError(context.target, key, {
    code: "image-as-file",
    message: `\`${target}\` makes an image, and \`${key}\` takes files and folders`,
  });
}

function shown({ project }: ActContext, source: string): string {
  return isBelow(project.root, source) ? path.relative(project.root, source) : source;
}
