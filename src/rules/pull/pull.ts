/** Rule `pull`: an image from a registry. */
import type { Docker } from "../../docker/docker.ts";
import type { Artifact, Digest } from "../../model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Pin } from "../../model/pin.ts";
import { required } from "../fields.ts";
import { projectLabel } from "../own-labels.ts";
import { type AskedImage, askedImage, takePinned } from "../pinned-image.ts";
import { usageProblem } from "../problems.ts";
import { digestInEngine, pullFromMirrors, pullReasons } from "../pull-from-mirrors.ts";
import { normaliseReference, parseReference, type Reference } from "../reference.ts";
import { type ActContext, type ActOutcome, ruleKind } from "../rule.ts";

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
  asks: (values) => {
    const asked = askedImage(normaliseReference(values.pull));
    return asked ? [asked] : [];
  },
  outputs: (values) => [{ kind: "image", reference: normaliseReference(values.pull) }],
  image: { isOthers: true, references: (values) => [normaliseReference(values.pull)] },
  title: (values) => (values.pull === undefined ? "pull" : `pull ${values.pull}`),
  async act(values, context) {
    const reference = normaliseReference(values.pull);
    const asked = askedImage(reference);
    const pin = asked && context.pins.known(asked);
    if (asked && pin) return pullPinned(asked, pin, context);
    const { outcome, digest } = await pullNow(reference, context);
    if (!asked || digest === undefined) return outcome;
    const locked = context.pins.note(asked, digest);
    return locked === digest ? outcome : pullPinned(asked, { value: locked }, context);
  },
});

/** The image that is locked, under the name that was asked for. */
async function pullPinned(asked: AskedImage, pin: Pin, context: ActContext): Promise<ActOutcome> {
  const docker = await context.docker();
  try {
    const { id } = await takePinned(asked, pin, context);
    await docker.tag(id, asked.reference);
    return madeAs(id, asked.reference);
  } catch (error) {
    const { why, problem } = whyUnavailable(error);
    return { kind: "unavailable", why, problem };
  }
}

interface Pulled {
  readonly outcome: ActOutcome;
  /** Of the registry, where the engine knows one. */
  readonly digest: string | undefined;
}

/** What the name stands for now. */
async function pullNow(reference: string, context: ActContext): Promise<Pulled> {
  const docker = await context.docker();
  const mirrored = await pullFromMirrors(parseReference(reference) as Reference, docker, context);
  if (mirrored) {
    const { image, digest } = mirrored;
    return { outcome: { kind: "made", artifacts: [image] }, digest };
  }
  const outcome = await docker.pull(reference, context.progress, context.signal).then(
    (id) => madeAs(id, reference),
    (error: unknown) => withoutRegistry(error, reference, docker),
  );
  const digest = outcome.kind === "made" ? await digestInEngine(reference, docker) : undefined;
  return { outcome, digest };
}

const madeAs = (digest: Digest, reference: string): ActOutcome => ({
  kind: "made",
  artifacts: [{ kind: "image", digest, references: [reference] }],
});

/** An image that was loaded into the engine by hand serves when no registry can be asked. */
async function withoutRegistry(
  error: unknown,
  reference: string,
  docker: Docker,
): Promise<ActOutcome> {
  const { why, problem } = whyUnavailable(error);
  const held =
    problem.code === "registry-unreachable" ? await loadedImage(docker, reference) : undefined;
  if (held === undefined) return { kind: "unavailable", why, problem };
  return { kind: "made", artifacts: [held], note: `${why}: the engine's own copy is used` };
}

/** @throws the error itself where it says more than that the image is not to be had */
function whyUnavailable(error: unknown): { readonly why: string; readonly problem: Diagnostic } {
  if (!(error instanceof DiagnosticError)) throw error;
  const problem = error.diagnostic;
  const why = pullReasons[problem.code];
  if (why === undefined) throw error;
  return { why, problem };
}

/** Not one that tbuild made: another alternative gave it that name. */
async function loadedImage(docker: Docker, reference: string): Promise<Artifact | undefined> {
  const images = await docker.images();
  const found = images.find((image) => image.references.includes(reference));
  if (found === undefined || projectLabel in found.labels) return undefined;
  return { kind: "image", digest: found.id, references: [reference] };
}
