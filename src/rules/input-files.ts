/** Finds the files that input patterns name. Outputs of targets are the business of `lay-outputs.ts`. */
import type { Target } from "../model/target.ts";
import type { InputSpec } from "./fields.ts";
import { usageError } from "./problems.ts";
import type { FilesView, InputFile } from "./rule.ts";

/**
 * Files of the workspace that the patterns match, less those of the patterns with `!`.
 * @param key key of the rule that holds the patterns
 * @throws DiagnosticError for a pattern that matches nothing: it names something that is not there
 */
export function findInputs(
  specs: readonly InputSpec[],
  files: FilesView,
  target: Target,
  key: string,
): readonly InputFile[] {
  const patterns = specs.flatMap((spec) => ("pattern" in spec ? [spec.pattern] : []));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!"));
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) continue;
    const matches = files.glob([pattern, ...unwanted]);
    if (matches.length === 0) throw noMatch(target, key, pattern);
    for (const name of matches) found.add(name);
  }
  return [...found].sort().map((name) => ({ name, path: files.absolute(name) }));
}

const noMatch = (target: Target, key: string, pattern: string) =>
  usageError(target, key, {
    code: "input-matches-nothing",
    message: `input \`${pattern}\` matches no file`,
  });
