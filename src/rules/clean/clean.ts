/** Rule `clean`: removes what this workspace made, and nothing else. */

import { ruleKind } from "../rule.ts";
import { cleanFields, cleanProblems, cleanRequest } from "./clean-fields.ts";

export const clean = ruleKind({
  kind: "clean",
  help: "Removes what this workspace made",
  fields: cleanFields,
  always: true,
  exclusive: true,
  check: cleanProblems,
  outputs: () => [],
  title: () => "clean",
  async look(values, context) {
    const { findAll } = await import("./clean-look.ts");
    return findAll(cleanRequest(values, Date.now()), context);
  },
  async act(values, context) {
    const { cleanProject } = await import("./clean-project.ts");
    return cleanProject(values, context);
  },
});
