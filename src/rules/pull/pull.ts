/** Rule `pull`: an image from a registry. */
import type { Docker } from "../../docker/docker.ts";
import type { Artifact } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import { required } from "../fields.ts";
import { projectLabel } from "../own-labels.ts";
import { usageProblem } from "../problems.ts";
import { normaliseReference, parseReference, type Reference } from "../reference.ts";
import { type ActOutcome, ruleKind } from "../rule.ts";
import { pullFromMirrors, pullReasons } from "./pull-from-mirrors.ts";

export const pull = ruleKind({
  kind: "pull",
  help: "An image from a registry",
  fields: {
    pull: required("string", "Reference of the image"),
  },
  check: (values, target) =>
    parseReference(values.pull) !== undefined
      ? []
      : [
          usageProblem(target, "pull", {
            code: "bad-reference",
            message: `\`${values.pull}\` is not the name of an image`,
          }),
        ],
  bringsOutputs: true,
  asksServer: true,
  notShared: () => "comes from a registry as it is",
  outputs: (values) => [{ kind: "image", reference: normaliseReference(values.pull) }],
  image: { isOthers: true, references: (values) => [normaliseReference(values.pull)] },
  title: (values) => (values.pull === undefined ? "pull" : `pull ${values.pull}`),
  async act(values, context) {
    const reference = normaliseReference(values.pull);
    const docker = await context.docker();
    const mirrored = await pullFromMirrors(parseReference(reference) as Reference, docker, context);
    if (mirrored !== undefined) return { kind: "made", artifacts: [mirrored] };
    try {
      const digest = await docker.pull(reference, context.progress, context.signal);
      return { kind: "made", artifacts: [{ kind: "image", digest, references: [reference] }] };
    } catch (error) {
      return withoutRegistry(error, reference, docker);
    }
  },
});

/** An image that was loaded into the engine by hand serves when no registry can be asked. */
async function withoutRegistry(
  error: unknown,
  reference: string,
  docker: Docker,
): Promise<ActOutcome> {
  if (!(error instanceof DiagnosticError)) throw error;
  const problem = error.diagnostic;
  const why = pullReasons[problem.code];
  if (why === undefined) throw error;
  const held =
    problem.code === "registry-unreachable" ? await loadedImage(docker, reference) : undefined;
  if (held === undefined) return { kind: "unavailable", why, problem };
  return { kind: "made", artifacts: [held], note: `${why}: the engine's own copy is used` };
}

/** Not one that tbuild made: another alternative gave it that name. */
async function loadedImage(docker: Docker, reference: string): Promise<Artifact | undefined> {
  const images = await docker.images();
  const found = images.find((image) => image.references.includes(reference));
  if (found === undefined || projectLabel in found.labels) return undefined;
  return { kind: "image", digest: found.id, references: [reference] };
}
