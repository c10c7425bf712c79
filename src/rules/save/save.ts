/** Rule `save`: images as archives or as one OCI layout, each file complete or not there at all. */
import path from "node:path";
import type { Output } from "../../model/artifact.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { usageProblem } from "../problems.ts";
import { ruleKind } from "../rule.ts";
import { isLayout, manifestName, placeOf, type SaveValues, saveFields } from "./save-fields.ts";

export const save = ruleKind({
  kind: "save",
  help: "Archives or an OCI layout of images",
  fields: saveFields,
  countsReferences: true,
  // What went down a pipe is gone.
  always: ({ to }) => to !== undefined && placeOf(to).kind === "pipe",
  notShared: () => "holds images that the engine has",
  check: (values, target) => (values.to === undefined ? [] : compressionProblems(values, target)),
  outputs: (values) => [...outputsOf(values)],
  title: (values) => (values.save === undefined ? "save" : `save ${values.save.join(" ")}`),
  async act(values, context) {
    const { saveImages } = await import("./save-images.ts");
    return saveImages(values, context);
  },
});

/**
 * The names of archives come from the images. One file is known: two targets of a workspace that save to
 * one folder would overwrite each other's.
 */
function outputsOf(values: SaveValues): readonly Output[] {
  const place = placeOf(values.to);
  switch (place.kind) {
    case "pipe":
      return [];
    case "file":
      return [{ kind: "file", path: place.file }];
    case "folder":
      return [{ kind: "file", path: path.join(place.folder, manifestName) }];
  }
}

function compressionProblems(values: SaveValues, target: Target): readonly Diagnostic[] {
  const place = placeOf(values.to);
  if (place.kind !== "file") return [];
  const name = path.basename(place.file);
  const problem = (key: string, message: string, hint: string) => [
    usageProblem(target, key, { code: "bad-compression", message, hint }),
  ];
  if (isLayout(values) && place.compression !== "none") {
    return problem(
      "to",
      `the layers in \`${name}\` are compressed, and \`${place.compression}\` around them does nothing`,
      "let the name end in `.tar`, and say `compress` for the layers",
    );
  }
  const { compress } = values;
  if (isLayout(values) || compress === undefined || compress === place.compression) return [];
  return problem(
    "compress",
    `\`compress: ${compress}\` does not go with the name \`${name}\``,
    "leave `compress` out: the name says it",
  );
}
