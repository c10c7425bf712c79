/** The images behind the targets that `save` and `push` name. */
import type { ImageArtifact } from "../model/artifact.ts";
import type { TargetName } from "../model/target.ts";
import { usageError } from "./problems.ts";
import type { ActContext } from "./rule.ts";

/**
 * Each image once, groups and matrices followed.
 * @throws DiagnosticError for a target that makes none
 */
export function imagesOfTargets(
  context: ActContext,
  key: string,
  targets: readonly TargetName[],
): readonly ImageArtifact[] {
  const found = new Map<string, ImageArtifact>();
  for (const target of targets) {
    const images = context.artifactsOf(target).filter((artifact) => artifact.kind === "image");
    if (images.length === 0) {
      throw usageError(context.target, key, {
        code: "no-image",
        message: `\`${target}\` makes no image, and \`${key}\` needs one`,
      });
    }
    for (const image of images) found.set(`${image.digest} ${image.references.join(" ")}`, image);
  }
  return [...found.values()];
}
