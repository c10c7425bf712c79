/** Names that the command line needs for itself, and that a target file may not give; sorted for the schema. */
import {
  commands,
  commonOptions,
  type OptionDefinition,
  ownOptionsOf,
} from "../model/command-line.ts";
import { ruleOptions } from "../model/rule-options.ts";

/** Commands: no target may be called so. */
export const reservedTargets: ReadonlySet<string> = new Set(
  commands.map(({ name }) => name).sort(),
);

/**
 * Options, but those of commands that come before there are parameters: no parameter may be called so. `version` is
 * not among them: target files have a good use for it, and `tbuild --version` without a target asks for tbuild's own.
 */
export const reservedParameters: ReadonlySet<string> = new Set(
  [
    ...commonOptions.flatMap(namesOf),
    ...ruleOptions.flatMap(namesOf),
    // What these are started with never stands beside parameters.
    ...commands
      .filter(({ name }) => !["init", "import", "serve"].includes(name))
      .flatMap(({ name }) => ownOptionsOf(name))
      .flatMap(namesOf),
    "color",
    "no-color",
  ].sort(),
);

/** A flag `cache-from` would be turned off by `--no-cache-from`. */
function namesOf({ name }: OptionDefinition): readonly string[] {
  return name.startsWith("no-") ? [name, name.slice("no-".length)] : [name];
}
