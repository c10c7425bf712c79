/** Rule `use`: something that the user gives: a folder, a file, or a tar that is unpacked. */
import path from "node:path";
import type { Target } from "../model/target.ts";
import { optional, required, type ValuesOf } from "./fields.ts";
import { nameMatcher, shownPatterns } from "./match-names.ts";
import { shownPath } from "./output-files.ts";
import { ownOutput } from "./own-output.ts";
import { usageError } from "./problems.ts";
import { type ActContext, type ActOutcome, type FilesView, ruleKind } from "./rule.ts";
import { isTarName } from "./unpack-tar.ts";
import { takeUnpacked } from "./unpacked.ts";

const fields = {
  use: required("given", "Path of a folder, a file, or a tar that is unpacked"),
  match: optional("strings", "Patterns over the files in it: what counts"),
};

type Values = ValuesOf<typeof fields>;

/**
 * A folder or file is used where it lies. Its artifacts have absolute paths, even inside the
 * workspace: what was given is the user's, and `clean` removes only what has a path relative to it.
 */
export const use = ruleKind({
  kind: "use",
  help: "Something that is given",
  fields,
  notShared: () => "is given",
  outputs: () => [],
  inputs: (values, files, target) =>
    filesOf(values, files, target).map((file) => ({
      name: shownPath(files.absolute("."), file),
      path: file,
    })),
  title: (values) => (values.use === undefined ? "use" : `use ${values.use}`),
  async act(values, context) {
    const { use: given, match = [] } = values;
    if (isTar(given, context.files)) return unpack(values, context);
    const { files } = context;
    const made =
      match.length === 0 && files.kindOf(given) === "folder"
        ? [{ kind: "tree" as const, path: given, digest: files.digestTree(given) }]
        : filesOf(values, files, context.target).map((file) => ({
            kind: "file" as const,
            path: file,
            digest: files.digestFile(file),
          }));
    return { kind: "made", artifacts: made };
  },
});

const isTar = (given: string, files: FilesView): boolean =>
  isTarName(given) && files.kindOf(given) === "file";

/** Absolute paths of the files that are read: all of a tar is, what is in it shows when it is unpacked. */
function filesOf(
  { use: given, match }: Values,
  files: FilesView,
  target: Target,
): readonly string[] {
  const kind = files.kindOf(given);
  if (kind === "absent") {
    throw usageError(target, "use", {
      code: "given-path-missing",
      message: `given path \`${given}\` does not exist`,
    });
  }
  if (kind === "other") {
    throw usageError(target, "use", {
      code: "given-path-unusable",
      message: `given path \`${given}\` is neither a file nor a folder`,
    });
  }
  if (isTar(given, files)) return [given];
  const matches = nameMatcher(match);
  const names = kind === "file" ? [path.basename(given)] : files.list(given);
  const found = names.filter(matches);
  if (found.length === 0 && match !== undefined) throw noMatch(target, given, match);
  return kind === "file" ? [given] : found.map((name) => path.join(given, name));
}

async function unpack({ use: given, match }: Values, context: ActContext): Promise<ActOutcome> {
  const to = ownOutput(context.target, "unpacked");
  const artifacts = await takeUnpacked(given, to, match, context);
  if (artifacts === undefined) throw noMatch(context.target, given, match ?? []);
  return { kind: "made", artifacts };
}

const noMatch = (target: Target, given: string, match: readonly string[]) =>
  usageError(target, "use", {
    code: "given-path-empty",
    message: `given path \`${given}\` holds no file that matches ${shownPatterns(match)}`,
  });
