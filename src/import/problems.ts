/** The wording of what can be wrong with files of other tools. */
import { type Diagnostic, DiagnosticError, type Location } from "../model/diagnostic.ts";

const usage = (code: string, message: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code,
  blame: "usage",
  message,
  ...more,
});

export const nothingFound = (folder: string, looked: readonly string[]): Diagnostic =>
  usage("nothing-to-import", `\`${folder}\` has nothing that tells of images`, {
    hint: `looked for ${looked.join(", ")}; name another folder: \`tbuild init FOLDER\``,
  });

export const noneOfFormat = (folder: string, what: string, found: readonly string[]): Diagnostic =>
  usage("nothing-to-import", `\`${folder}\` has no ${what}`, {
    hint:
      found.length === 0
        ? "name another folder: `tbuild init FOLDER`"
        : `it has ${found.join(" and ")}: leave \`--from\` out`,
  });

export const noImages = (file: string, hint: string): Diagnostic =>
  usage("nothing-to-import", `\`${file}\` builds no image`, { hint });

export const noFile = (folder: string, file: string): Diagnostic =>
  usage("nothing-to-import", `there is no \`${file}\` in \`${folder}\``, {
    hint: "name the file, or the folder that has it",
  });

/** Thrown by the readers: what follows the first mistake of a file is mostly its echo. */
export const wrong = (code: string, message: string, at: Location, hint?: string) =>
  new DiagnosticError(usage(code, message, { at, ...(hint !== undefined && { hint }) }));
