/** The wording of what can be wrong with the words of `tbuild init` and `tbuild import`. */
import type { Diagnostic } from "../model/diagnostic.ts";

const usage = (code: string, message: string, hint?: string): Diagnostic => ({
  code,
  blame: "usage",
  message,
  ...(hint !== undefined && { hint }),
});

export const targetFileThere = (file: string): Diagnostic =>
  usage(
    "target-file-there",
    `\`${file}\` is there already`,
    "`--output -` shows what would be written, `--force` writes over it",
  );

export const outputElsewhere = (file: string, folder: string): Diagnostic =>
  usage(
    "output-elsewhere",
    `\`${file}\` is not in \`${folder}\`, and paths in a target file start at its own folder`,
    "name a file of that folder, or `-` for standard output",
  );

export const unwritableTargetFile = (file: string, why: string): Diagnostic => ({
  code: "target-file-unwritable",
  blame: "surroundings",
  message: `cannot write \`${file}\`: ${why}`,
  hint: "`--output -` prints it",
});

export const oneFolder = (word: string): Diagnostic =>
  usage("unexpected-word", `\`tbuild init\` takes one folder, found \`${word}\` too`);

export const importWhat = (found: string | undefined, known: readonly string[]): Diagnostic =>
  usage(
    "import-what",
    found === undefined ? "what to import is missing" : `nothing is known of \`${found}\``,
    `write \`tbuild import ${known.join("`, `")}\`, and the file or folder to read`,
  );
