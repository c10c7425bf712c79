/** Rule `save`: a docker-archive for each image, each complete or not there at all, with checksums. */
import path from "node:path";
import { ruleKind } from "./rule.ts";
import { checksums, saveFields } from "./save-fields.ts";

export const save = ruleKind({
  kind: "save",
  help: "An archive for each image",
  fields: saveFields,
  countsReferences: true,
  // The names of the archives come from the images. This one is known: two targets that save to one
  // folder would overwrite each other's.
  outputs: ({ to }) => [{ kind: "file", path: path.join(to, checksums) }],
  title: (values) => (values.save === undefined ? "save" : `save ${values.save.join(" ")}`),
  async act(values, context) {
    const { saveImages } = await import("./save-images.ts");
    return saveImages(values, context);
  },
});
