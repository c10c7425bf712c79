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
  /** Whether `--no-NAME` turns it off. */
  readonly negatable?: boolean;
}

export const logKinds = ["pretty", "plain", "json"] as const;
export type LogKind = (typeof logKinds)[number];

export const commonOptions: readonly OptionDefinition[] = [
  {
    name: "file",
    short: "f",
    takes: "FILE",
    help: "Target file; the nearest targets.yaml if not given",
  },
  {
    name: "directory",
    short: "C",
    takes: "DIR",
    help: "Folder to start in, for relative paths too",
  },
  {
    name: "jobs",
    short: "j",
    takes: "N",
    help: "Targets made at once; as many as CPUs if not given",
  },
  { name: "keep-going", short: "k", help: "After a failure make what does not need it" },
  { name: "dry-run", short: "n", help: "Tell what would be built, and why" },
  { name: "force", help: "Make the named targets again, fresh or not" },
  { name: "no-fallback", help: "Fail where an alternative is passed over" },
  {
    name: "log",
    takes: "KIND",
    choices: logKinds,
    help: "How to report; pretty on a terminal, else plain",
  },
  { name: "profile", takes: "FILE", help: "Write when each target ran, for ui.perfetto.dev" },
  { name: "quiet", short: "q", help: "Report only what goes wrong" },
  { name: "verbose", help: "Report steps, output and fresh targets too" },
  { name: "help", short: "h", help: "Help, of the targets that are named" },
];

/** An option only where nothing else is on the command line: target files have a good use for the name. */
export const versionOption: OptionDefinition = {
  name: "version",
  help: "The version of tbuild, if no target is named",
};

/** How `tbuild graph` draws. */
export const graphFormats = ["plain", "dot", "mermaid", "json", "svg"] as const;
export type GraphFormat = (typeof graphFormats)[number];

export const graphOptions: readonly OptionDefinition[] = [
  {
    name: "format",
    takes: "FORMAT",
    choices: graphFormats,
    help: "How to draw; plain if not given",
  },
];

/** How `tbuild watch` notices changes. */
export const watchOptions: readonly OptionDefinition[] = [
  {
    name: "poll",
    takes: "SECONDS",
    help: "Look every so often, where the file system tells of no changes",
  },
];

/** What `tbuild tag` needs to know of a registry that no target file tells of. */
export const tagOptions: readonly OptionDefinition[] = [
  { name: "insecure", help: "Speak without TLS where the registry has none" },
];

export const commands = [
  {
    name: "watch",
    usage: "tbuild watch [targets…]",
    help: "Build, and again after each change (--poll SECONDS)",
  },
  {
    name: "explain",
    usage: "tbuild explain [targets…]",
    help: "Why targets are fresh, or would be made again",
  },
  {
    name: "graph",
    usage: "tbuild graph [targets…]",
    help: "Targets and dependencies (--format dot, mermaid, json, svg)",
  },
  { name: "why", usage: "tbuild why TARGET DEPENDENCY", help: "How one target needs another" },
  {
    name: "tags",
    usage: "tbuild tags IMAGE|TARGET",
    help: "Tags in the registry, with digests, dates and sizes",
  },
  {
    name: "tag",
    usage: "tbuild tag IMAGE TAG…",
    help: "Further tags for an image of a registry (--insecure)",
  },
  {
    name: "load",
    usage: "tbuild load DIR|FILE|-",
    help: "Put saved images into the engine, those that it lacks",
  },
  { name: "list", usage: "tbuild list", help: "Targets of the target file" },
  { name: "state", usage: "tbuild state", help: "What is kept between runs, and its limits" },
  {
    name: "completion",
    usage: "tbuild completion bash|zsh|fish",
    help: "Completion for a shell",
  },
  { name: "help", usage: "tbuild help [targets…]", help: "The same as --help" },
] as const;

/** The options that only this command has. */
export function ownOptionsOf(command: string | undefined): readonly OptionDefinition[] {
  switch (command) {
    case "graph":
      return graphOptions;
    case "watch":
      return watchOptions;
    case "tag":
      return tagOptions;
    default:
      return [];
  }
}

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** The options that parameters are: `--no-NAME` besides a flag, `--NAME-file` for a secret. */
export function parameterOptions(parameters: readonly Parameter[]): readonly OptionDefinition[] {
  return parameters.flatMap(optionsOf);
}

function optionsOf({ name, type, choices, help, env }: Parameter): readonly OptionDefinition[] {
  const variable = env && `$${env}`;
  switch (type) {
    case "flag":
      return [{ name, help: joined(help, variable && `or ${variable}`), negatable: true }];
    case "secret": {
      const ways = ["its file", ...(variable ? [variable] : [])].join(", or ");
      return [{ name: `${name}-file`, takes: "PATH", help: joined(help, ways) }];
    }
    default: {
      const takes = type === "path" ? "PATH" : "VALUE";
      const described = joined(help, variable && `or ${variable}`);
      return [{ name, takes, help: described, ...(choices && { choices }) }];
    }
  }
}

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join("; ");
