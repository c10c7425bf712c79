/** Rule `push`: every tag of some images, to a registry. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Target } from "../model/target.ts";
import { redactUrls, usageProblem } from "./problems.ts";
import { pushFields } from "./push-fields.ts";
import { pushTagProblems } from "./push-names.ts";
import { isRegistryPlace } from "./reference.ts";
import { ruleKind } from "./rule.ts";

export const push = ruleKind({
  kind: "push",
  help: "Every tag of images to a registry",
  fields: pushFields,
  always: true,
  countsReferences: true,
  check: ({ registry, tags }, target) => [
    ...(registry === undefined ? [] : registryProblems(registry.replace(/\/+$/, ""), target)),
    ...pushTagProblems(tags, target),
  ],
  outputs: () => [],
  title: (values) => (values.push === undefined ? "push" : `push ${values.push.join(" ")}`),
  async act(values, context) {
    const { pushImages } = await import("./push-images.ts");
    return pushImages(values, context);
  },
});

function registryProblems(registry: string, target: Target): readonly Diagnostic[] {
  const problem = (message: string, hint: string) => [
    usageProblem(target, "registry", { code: "bad-registry", message, hint }),
  ];
  const shown = redactUrls(registry);
  const plain = registry.replace(/^[a-z][a-z0-9+.-]*:\/\/([^/@]*@)?/i, "");
  if (plain !== registry) {
    return problem(`registry \`${shown}\` is a URL`, `write \`${plain}\``);
  }
  if (!isRegistryPlace(registry)) {
    return problem(
      `registry \`${shown}\` is not HOST or HOST/NAME`,
      "a name has lower-case letters, digits, `.`, `_`, `-` and `/`, such as `registry.example.org:5000/team`",
    );
  }
  // Docker takes a first part without a dot or a port for a name on Docker Hub.
  if (!/^(localhost|[^/]*[.:\]][^/]*)(\/|$)/.test(registry)) {
    return problem(
      `registry \`${shown}\` begins with no host`,
      `write \`docker.io/${registry}\` for Docker Hub, or a host with its port`,
    );
  }
  return [];
}
