/** Small rule kinds for tests of the target file: declarations that never act. */
import { type FieldSet, optional, required, type ValuesOf } from "../../../src/rules/fields.ts";
import { type RuleKind, ruleKind } from "../../../src/rules/rule.ts";

function declared<F extends FieldSet>(
  kind: string,
  fields: F,
  title: (values: Partial<ValuesOf<F>>) => string = () => kind,
): RuleKind<F> {
  return ruleKind({
    kind,
    help: `For tests: ${kind}`,
    fields,
    outputs: () => [],
    title,
    act: () => Promise.reject(new Error("kinds of these tests never act")),
  });
}

const run = declared("run", {
  run: required("command", "Command to run"),
  inputs: optional("inputs", "Files that it reads"),
  outputs: optional("outputs", "Files that it makes"),
  env: optional("map", "Environment"),
  "pass-env": optional("strings", "Variables from the caller"),
  in: optional("target", "Image to run in"),
  network: optional("choice", "Network", { choices: ["default", "host", "none"] }),
  images: optional("images", "IDs of images"),
  secrets: optional("secrets", "Secrets"),
});

const image = declared("image", {
  image: required("paths", "Context folders"),
  dockerfile: optional("path", "Path of the Dockerfile"),
  include: optional("laid", "Outputs laid into the context"),
  base: optional("target", "Image to build on"),
  args: optional("map", "Build arguments"),
  tags: optional("tags", "Names of the image"),
  service: optional("service", "How it runs as a service"),
});

const pull = declared(
  "pull",
  { pull: required("string", "Image to pull") },
  (values) => `pull ${values.pull ?? "an image"}`,
);

const use = declared(
  "use",
  {
    use: required("given", "Folder or file"),
    match: optional("strings", "What counts in it"),
  },
  (values) => `use ${values.use ?? "what is given"}`,
);

const fetch = declared("fetch", {
  fetch: required("string", "URL"),
  sha256: required("string", "Checksum"),
  to: optional("output", "Where to put it"),
  unpack: optional("flag", "Unpack it"),
  tries: optional("number", "How often to try"),
});

const save = declared("save", {
  save: required("targets", "Images to save"),
  to: required("destination", "Folder", { counts: false }),
});

const push = declared("push", {
  push: required("targets", "Images to push"),
  registry: required("string", "Where to push"),
});

const archive = declared("archive", {
  archive: required("globsOrTargets", "What to pack"),
  to: required("output", "File to make"),
});

const rootfs = declared("rootfs", {
  rootfs: required("pathOrTargets", "A tar"),
  tags: required("strings", "Names of the image"),
});

const firstOf = declared("first-of", {
  "first-of": required("alternatives", "Ways to obtain it"),
});

export const testKinds = [
  run,
  image,
  pull,
  use,
  fetch,
  save,
  push,
  archive,
  rootfs,
  firstOf,
] as const;
