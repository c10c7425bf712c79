/** Labels by which things made by tbuild are known again. */
import type { Project, Target } from "../model/target.ts";

export const projectLabel = "org.tbuild.project";
const targetLabel = "org.tbuild.target";
export const workspaceLabel = "org.tbuild.workspace";

/** Names only: a label that changes would change the digest of an image. */
export function ownLabels({
  project,
  target,
}: {
  readonly project: Project;
  readonly target: Target;
}): Record<string, string> {
  return { [projectLabel]: project.name, [targetLabel]: target.alternativeOf ?? target.name };
}
