/** Rule `clean`: removes what this workspace made, and nothing else. */
import { cleanFields } from "./clean-fields.ts";
import { ruleKind } from "./rule.ts";

export const clean = ruleKind({
  kind: "clean",
  help: "Removes what this workspace made",
  fields: cleanFields,
  always: true,
  exclusive: true,
  outputs: () => [],
  title: () => "clean",
  async act(values, context) {
    const { cleanProject } = await import("./clean-project.ts");
    return cleanProject(values, context);
  },
});
