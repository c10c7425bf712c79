/** Rule `push`: every tag of some images, to a registry. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { usageProblem } from "../problems.ts";
import { placeFault } from "../registry-place.ts";
import { ruleKind } from "../rule.ts";
import { pushFields } from "./push-fields.ts";
import { pushTagProblems } from "./push-names.ts";

export const push = ruleKind({
  kind: "push",
  help: "Every tag of images to a registry",
  fields: pushFields,
  always: true,
  countsReferences: true,
  check: ({ registry, tags, dated, via }, target) => [
    ...(registry === undefined ? [] : registryProblems(registry.replace(/\/+$/, ""), target)),
    ...pushTagProblems(tags, target),
    ...(dated && via === "engine" ? [usageProblem(target, "dated", datedViaEngine)] : []),
  ],
  outputs: () => [],
  title: (values) => (values.push === undefined ? "push" : `push ${values.push.join(" ")}`),
  async act(values, context) {
    const { pushImages } = await import("./push-images.ts");
    return pushImages(values, context);
  },
});

function registryProblems(registry: string, target: Target): readonly Diagnostic[] {
  const fault = placeFault("registry", registry);
  return fault ? [usageProblem(target, "registry", { code: "bad-registry", ...fault })] : [];
}

const datedViaEngine = {
  code: "dated-via-engine",
  message: "`dated` goes with `via: registry` alone",
  hint: "leave `via` out: an engine does not tell which images are news to a registry",
};
