/**
 * Rule `checksum`: files are what lists of checksums say. It makes nothing; that they were verified is
 * recorded as every success is, and holds until a list or a file changes.
 */
import { accessSync, constants } from "node:fs";
import type { Target } from "../../model/target.ts";
import { optional, required, type ValuesOf } from "../fields.ts";
import { findInputs } from "../input-files.ts";
import { type FilesView, type InputFile, ruleKind } from "../rule.ts";
import { isLine, linesProblems, readLists } from "./read-lists.ts";

const fields = {
  checksum: required("strings", "Paths of lists of checksums, or their lines: `HEX  NAME`"),
  files: optional(
    "globsOrTargets",
    "Globs of files, or targets: these must be listed, nothing else is verified",
  ),
  "ignore-missing": optional("flag", "Leave out listed files that are not there"),
};

type Values = ValuesOf<typeof fields>;

export const checksum = ruleKind({
  kind: "checksum",
  help: "Files that are what a list of checksums says",
  fields,
  check: (values, target) => linesProblems(values.checksum, target),
  outputs: () => [],
  inputs: inputsOf,
  title: (values) =>
    ["checksum", ...(values.checksum ?? []).filter((text) => !isLine(text))].join(" "),
  async act(values, context) {
    const { verifyFiles } = await import("./verify-files.ts");
    const { files, target } = context;
    return verifyFiles(
      {
        ...readLists(values.checksum, files, target),
        ignoreMissing: values["ignore-missing"] === true,
        ...(values.files && { only: values.files }),
      },
      context,
    );
  },
});

/**
 * The lists, and the files in question. Those that cannot be read are told when it acts, all in one, so
 * they are left out here; it fails then, and what failed is fresh never.
 */
function inputsOf(values: Values, files: FilesView, target: Target): readonly InputFile[] {
  const { lists, listed } = readLists(values.checksum, files, target);
  const only = values.files && findInputs(values.files, files, target, "files");
  const wanted = only ?? listed.map(({ path }) => ({ name: path, path: files.absolute(path) }));
  const found = wanted.filter(({ path }) => files.kindOf(path) === "file" && isReadable(path));
  return [...new Map([...lists, ...found].map((input) => [input.path, input])).values()];
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
