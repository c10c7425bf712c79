/** The command line that makes just one target again, with the options of the one that failed. */
import { commonOptions } from "./options.ts";

const flags = new Set(
  commonOptions.flatMap(({ name, short, takes }) =>
    takes === undefined ? [`--${name}`, ...(short === undefined ? [] : [`-${short}`])] : [],
  ),
);

/**
 * The options of a command line without the names of targets, in front of them the one target. A word
 * after an option that takes a value is that value; `--NAME=value` says it by itself.
 */
export function againArguments(argv: readonly string[], target: string): readonly string[] {
  const kept: string[] = [];
  let belongsToOption = false;
  for (const word of argv) {
    if (word === "--") break;
    if (word.startsWith("-") && word !== "-") {
      kept.push(word);
      belongsToOption = !word.includes("=") && !flags.has(word);
    } else {
      if (belongsToOption) kept.push(word);
      belongsToOption = false;
    }
  }
  return [target.replace(/#\d+$/, ""), ...kept];
}
