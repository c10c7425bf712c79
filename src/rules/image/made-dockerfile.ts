/** The Dockerfile that is laid into a context with what other targets made, as a checkout brings one. */
import type { FilesView, ReadMade } from "../rule.ts";
import { type ImageValues, requestOf } from "./image-fields.ts";
import { readDockerfile } from "./lay-context.ts";

/** @returns its text; undefined where the target has one of its own, or nobody made one yet */
export function madeDockerfile(
  values: ImageValues,
  files: FilesView,
  read: ReadMade,
): string | undefined {
  const request = requestOf(values);
  const { dockerfile } = request;
  if (dockerfile.kind !== "laid" || readDockerfile(request, files) !== undefined) return undefined;
  for (const { at, targets } of values.include ?? []) {
    const file = below(at, dockerfile.name);
    if (file === undefined) continue;
    for (const target of targets) {
      const text = read(target, file);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** A path in the context as it is in what lies at a folder of it. */
function below(at: string, name: string): string | undefined {
  const folder = at.replace(/^(\.\/)+|\/+$/g, "").replace(/^\.$/, "");
  if (folder === "") return name;
  return name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : undefined;
}
