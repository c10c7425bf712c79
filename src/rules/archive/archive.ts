/** Rule `archive`: a tar.gz that is the same byte for byte when its files are. */

import { findInputs } from "../input-files.ts";
import { usageProblem } from "../problems.ts";
import { ruleKind } from "../rule.ts";
import { archiveFields } from "./archive-fields.ts";

export const archive = ruleKind({
  kind: "archive",
  help: "A reproducible tar.gz",
  fields: archiveFields,
  check: ({ prefix = "" }, target) =>
    prefix.startsWith("/") || prefix.split("/").includes("..")
      ? [
          usageProblem(target, "prefix", {
            code: "outside-archive",
            message: `\`${prefix}\` lies outside the archive`,
          }),
        ]
      : [],
  outputs: (values) => [{ kind: "file", path: values.to }],
  inputs: (values, files, target) => findInputs(values.archive, files, target, "archive"),
  title: (values) => (values.to === undefined ? "archive" : `archive ${values.to}`),
  async act(values, context) {
    const { packArchive } = await import("./pack-archive.ts");
    return packArchive(values, context);
  },
});
