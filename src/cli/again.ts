/** The command that makes just one target of a build again, with what of the options matters to it. */
import type { Declaration } from "../config/declaration.ts";
import { reachableParameters } from "../config/list-targets.ts";
import { commonOptions } from "../model/command-line.ts";
import { parameterOptions } from "./parameter-options.ts";
import { type ReadOption, readWords } from "./read-words.ts";
import { commandOf } from "./shell-word.ts";

/** Where the target file is and what may be used; how it is reported and in what order is up to the user. */
const kept = new Set([
  "file",
  "directory",
  "no-fallback",
  "locked",
  "no-cache-from",
  "no-cache-to",
  "source",
]);

/**
 * Options that the target cannot reach would be refused, so they are left out.
 * @param argv what the user typed
 */
export function againCommand(
  target: string,
  argv: readonly string[],
  declaration: Declaration,
): string {
  const definitions = [...commonOptions, ...parameterOptions(declaration.parameters)];
  const { options } = readWords(argv, definitions);
  // An alternative is made by way of the target that it belongs to.
  const name = target.replace(/#\d+$/, "");
  const reached = parameterOptions(reachableParameters(declaration, [name]));
  const matters = new Set([...kept, ...reached.map((option) => option.name)]);
  const words = [...options].flatMap(([option, read]) =>
    matters.has(option) ? wordsOf(read) : [],
  );
  return commandOf([name, ...words]);
}

function wordsOf({ typed, value, values }: ReadOption): readonly string[] {
  if (typeof value === "boolean") return [typed];
  if (values) return values.flatMap((each) => [typed, each]);
  return value.startsWith("-") ? [`${typed}=${value}`] : [typed, value];
}
