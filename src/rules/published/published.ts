/** Rule `published`: images that a registry has already. It asks for their names, and makes nothing. */
import { usageProblem } from "../problems.ts";
import { parseReference } from "../reference.ts";
import { ruleKind } from "../rule.ts";
import { publishedFields } from "./published-fields.ts";

export const published = ruleKind({
  kind: "published",
  help: "Images that a registry has already",
  fields: publishedFields,
  // Somebody may have pushed or removed them since: no earlier answer counts.
  always: true,
  check: (values, target) =>
    values.published
      .filter((reference) => parseReference(reference) === undefined)
      .map((reference) =>
        usageProblem(target, "published", {
          code: "bad-reference",
          message: `\`${reference}\` is not the name of an image`,
        }),
      ),
  outputs: () => [],
  image: { isOthers: true, references: (values) => values.published },
  title: (values) => ["published", ...(values.published ?? [])].join(" "),
  async ask(values, context) {
    const { askRegistry } = await import("./ask-registry.ts");
    return askRegistry(values, context);
  },
  async act(values, context) {
    const { askRegistry } = await import("./ask-registry.ts");
    return askRegistry(values, context);
  },
});
