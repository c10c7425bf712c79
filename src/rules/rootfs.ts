/** Rule `rootfs`: an image with one layer, imported from the tar of a root file system. */
import path from "node:path";
import { optional, type PathOrTargets, required } from "./fields.ts";
import { tagProblems, tagsOf } from "./image-tags.ts";
import { ownLabels } from "./own-labels.ts";
import { usageError } from "./problems.ts";
import { type ActContext, ruleKind } from "./rule.ts";

export const rootfs = ruleKind({
  kind: "rootfs",
  help: "An image from a root file system",
  fields: {
    rootfs: required("pathOrTargets", "The tar: a path, or a target that makes one file"),
    tags: optional("tags", "References that name the image"),
    changes: optional("strings", 'Instructions of a Dockerfile, such as `CMD ["bash"]`'),
  },
  check: (values, target) => tagProblems(values.tags ?? [], target),
  outputs: (values, target) =>
    tagsOf(values.tags, target).map((reference) => ({ kind: "image", reference })),
  inputs: ({ rootfs: tar }, files, target) => {
    if ("targets" in tar) return [];
    if (files.kindOf(tar.path) !== "file") {
      throw usageError(target, "rootfs", {
        code: "rootfs-missing",
        message: `root file system \`${tar.path}\` is not there, or no file`,
      });
    }
    return [{ name: tar.path, path: files.absolute(tar.path) }];
  },
  image: { isOthers: false, references: ({ tags }, target) => tagsOf(tags, target) },
  sources: ({ rootfs: tar }) =>
    tar && "path" in tar ? [{ kind: "folder", path: path.posix.dirname(tar.path) }] : [],
  title: ({ rootfs: tar }) =>
    tar === undefined ? "rootfs" : `rootfs ${"path" in tar ? tar.path : tar.targets.join(" ")}`,
  async act(values, context) {
    const tar = tarOf(values.rootfs, context);
    const references = tagsOf(values.tags, context.target);
    const changes = [...(values.changes ?? []), ...labelChanges(context)];
    const docker = await context.docker();
    const digest = await docker.importRootfs(tar, references, changes, context.signal);
    return { kind: "made", artifacts: [{ kind: "image", digest, references }] };
  },
});

function tarOf(tar: PathOrTargets, context: ActContext): string {
  if ("path" in tar) return context.files.absolute(tar.path);
  const made = tar.targets.flatMap((name) => context.artifactsOf(name));
  const [first] = made;
  if (made.length === 1 && first?.kind === "file")
    return path.resolve(context.project.root, first.path);
  const found =
    made.length === 1
      ? `one ${first?.kind === "tree" ? "folder" : "image"}`
      : `${made.length} outputs`;
  throw usageError(context.target, "rootfs", {
    code: "rootfs-not-one-file",
    message: `\`${tar.targets.join(" ")}\` makes ${found}, and \`rootfs\` needs one file`,
  });
}

const labelChanges = (context: ActContext): readonly string[] =>
  Object.entries(ownLabels(context)).map(
    ([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`,
  );
