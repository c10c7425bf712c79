/** Rule `image`: a Docker image built by BuildKit from context folders and outputs of targets. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { tagProblems, tagsOf } from "../image-tags.ts";
import { isBelow, shownPath } from "../output-files.ts";
import { usageError, usageProblem } from "../problems.ts";
import { type FilesView, ruleKind } from "../rule.ts";
import { basesOf } from "./bases.ts";
import { declaresGlobal, parseDockerfile } from "./dockerfile.ts";
import { type ImageValues, imageFields, requestOf } from "./image-fields.ts";
import { layContext, nameInContext, readDockerfile } from "./lay-context.ts";
import { madeDockerfile } from "./made-dockerfile.ts";

export const image = ruleKind({
  kind: "image",
  help: "A Docker image",
  fields: imageFields,
  check: (values, target) => [
    ...tagProblems(values.tags ?? [], target),
    ...placeProblems(values, target),
    ...baseProblems(values, target),
    ...networkProblems(values, target),
    ...dateProblems(values, target),
  ],
  outputs: (values, target) =>
    tagsOf(values.tags, target).map((reference) => ({ kind: "image", reference })),
  inputs: (values, files, target) => {
    const laid = layContext(requestOf(values), files, target);
    refuseOverlap(values, laid, target);
    refuseBadDockerfile(values, files, target);
    const root = files.absolute(".");
    return laid
      .map(({ source }) => ({ name: shownPath(root, source), path: source }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },
  mentions: (values, files) => {
    const found = readDockerfile(requestOf(values), files);
    if (found === undefined) return [];
    return basesOf(values, found.text).map((reference) => ({ reference }));
  },
  mentionsMade: (values, files, read) => {
    const text = madeDockerfile(values, files, read);
    return text === undefined ? [] : basesOf(values, text).map((reference) => ({ reference }));
  },
  image: { isOthers: false, references: ({ tags }, target) => tagsOf(tags, target) },
  sources: ({ image: folders = [] }) => folders.map((path) => ({ kind: "folder", path })),
  title: (values) => (values.image === undefined ? "image" : `image ${values.image.join(" ")}`),
  async act(values, context) {
    const { buildImage } = await import("./image-build.ts");
    return buildImage(values, context);
  },
});

function placeProblems(values: ImageValues, target: Target): readonly Diagnostic[] {
  const { dockerfile } = requestOf(values);
  const isAbsolute = dockerfile.kind === "laid" && dockerfile.name.startsWith("/");
  const laid = (values.include ?? []).filter(
    ({ at }) => at.startsWith("/") || at.split("/").includes(".."),
  );
  const places = [
    ...(isAbsolute ? [["dockerfile", dockerfile.name] as const] : []),
    ...laid.map(({ at }) => ["include", at] as const),
  ];
  return places.map(([key, place]) =>
    usageProblem(target, key, {
      code: "outside-context",
      message: `\`${place}\` lies outside the context`,
    }),
  );
}

function baseProblems(values: ImageValues, target: Target): readonly Diagnostic[] {
  if (values.base === undefined || values.args?.["BASE"] === undefined) return [];
  const message = "build argument `BASE` is given by `base` and by `args`";
  return [usageProblem(target, "args", { code: "base-twice", message })];
}

function networkProblems(values: ImageValues, target: Target): readonly Diagnostic[] {
  const service = target.with[0];
  if (values.network !== "none" || service === undefined) return [];
  return [
    usageProblem(target, "network", {
      code: "network-none-with-service",
      message: `without a network the build cannot reach its service \`${service.target}\``,
    }),
  ];
}

function dateProblems(values: ImageValues, target: Target): readonly Diagnostic[] {
  const both = values["built-at"]?.find((label) => values.labels?.[label] !== undefined);
  if (both === undefined) return [];
  const message = `label \`${both}\` is given by \`built-at\` and by \`labels\``;
  return [usageProblem(target, "built-at", { code: "label-twice", message })];
}

const plain = (at: string): string => at.replace(/^(\.\/)+|\/+$/g, "").replace(/^\.$/, "");

const holds = (folder: string, place: string): boolean => folder === "" || isBelow(folder, place);

function refuseOverlap(
  values: ImageValues,
  laid: readonly { readonly name: string }[],
  target: Target,
): void {
  for (const { at } of values.include ?? []) {
    const folder = plain(at);
    if (folder === "") continue;
    const clash = laid.find(({ name }) => name === folder || isBelow(folder, name));
    if (clash === undefined) continue;
    throw usageError(target, "include", {
      code: "include-overlaps",
      message: `outputs cannot be laid at \`${folder}\`: the context holds \`${clash.name}\``,
    });
  }
}

function refuseBadDockerfile(values: ImageValues, files: FilesView, target: Target): void {
  const request = requestOf(values);
  const found = readDockerfile(request, files);
  if (found === undefined) throwMissing(values, target);
  else if (values.base !== undefined && !declaresGlobal(parseDockerfile(found.text), "BASE")) {
    throw usageError(target, "base", {
      code: "base-unused",
      message: `\`base\` is given, and \`${found.shown}\` has no \`ARG BASE\` before its first \`FROM\``,
      hint: "begin it with `ARG BASE` and `FROM $BASE`",
    });
  }
}

function throwMissing(values: ImageValues, target: Target): void {
  const { dockerfile } = requestOf(values);
  const key = values.dockerfile === undefined ? "image" : "dockerfile";
  if (dockerfile.kind === "outside") {
    const message = `no \`${dockerfile.path}\``;
    throw usageError(target, key, { code: "dockerfile-missing", message });
  }
  const name = nameInContext(dockerfile);
  // A target may make the Dockerfile: then the build tells when it is not there.
  if (values.include?.some(({ at }) => holds(plain(at), name))) return;
  throw usageError(target, key, {
    code: "dockerfile-missing",
    message: `no \`${name}\` in ${values.image.map((folder) => `\`${folder}\``).join(", ")}`,
  });
}
