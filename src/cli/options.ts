/**
 * The options of the command line, declared once: reading, help and completion all go by these. The
 * names are kept from target files by `config/reserved.ts`.
 */
import type { Parameter } from "../model/parameter.ts";

export interface OptionDefinition {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; a flag takes none. */
  readonly takes?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export const logKinds = ["pretty", "plain", "json"] as const;
export type LogKind = (typeof logKinds)[number];

export const commonOptions: readonly OptionDefinition[] = [
  {
    name: "file",
    short: "f",
    takes: "FILE",
    help: "Target file to use instead of the nearest targets.yaml",
  },
  {
    name: "directory",
    short: "C",
    takes: "DIR",
    help: "Folder to start in instead of the current one",
  },
  {
    name: "jobs",
    short: "j",
    takes: "N",
    help: "How many targets may run at once; the number of CPUs if not given",
  },
  { name: "keep-going", short: "k", help: "After a failure go on with what does not depend on it" },
  { name: "dry-run", short: "n", help: "Tell what would be built, and why" },
  { name: "force", help: "Build the named targets again even if they are fresh" },
  { name: "no-fallback", help: "Fail where an alternative would be passed over" },
  {
    name: "log",
    takes: "KIND",
    choices: logKinds,
    help: "How to report; by default pretty on a terminal, else plain",
  },
  { name: "quiet", short: "q", help: "Report only what goes wrong" },
  { name: "verbose", help: "Report the output of commands, steps and fresh targets too" },
  { name: "help", short: "h", help: "Help, of the targets that are named" },
];

/** An option only where nothing else is on the command line: target files have a good use for the name. */
export const versionOption: OptionDefinition = {
  name: "version",
  help: "The version of tbuild, if no target is named",
};

export const commands = [
  { name: "list", usage: "tbuild list", help: "Targets of the target file" },
  {
    name: "completion",
    usage: "tbuild completion bash|zsh|fish",
    help: "Script that completes targets and options in a shell",
  },
  { name: "help", usage: "tbuild help [targets…]", help: "The same as --help" },
] as const;

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** The options that parameters are: `--no-NAME` besides a flag, `--NAME-file` for a secret. */
export function parameterOptions(parameters: readonly Parameter[]): readonly OptionDefinition[] {
  return parameters.flatMap(optionsOf);
}

function optionsOf(parameter: Parameter): readonly OptionDefinition[] {
  const { name, type, choices } = parameter;
  const help = describe(parameter);
  switch (type) {
    case "flag":
      return [{ name, help }];
    case "secret":
      return [
        { name: `${name}-file`, takes: "PATH", help: `${help}${help && "; "}file that holds it` },
      ];
    default:
      return [
        { name, takes: type === "path" ? "PATH" : "VALUE", help, ...(choices && { choices }) },
      ];
  }
}

function describe({ help, env }: Parameter): string {
  const place = env === undefined ? "" : `or environment variable ${env}`;
  return [help, place].filter((part) => part !== undefined && part !== "").join("; ");
}
