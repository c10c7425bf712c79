/**
 * The options of the command line, declared once: reading, help and completion all go by these. The
 * names are kept from target files by `config/reserved.ts`.
 */

import type { Parameter } from "../model/parameter.ts";
import { removalKinds } from "../model/removal.ts";

export interface OptionDefinition {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; a flag takes none. */
  readonly takes?: string;
  readonly choices?: readonly string[];
  /** Several of the choices may be given, with commas between them. */
  readonly list?: boolean;
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
    help: "Target file; else the nearest targets.yaml",
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
  {
    name: "retries",
    takes: "N",
    help: "How often a request to a registry is tried again; 7 if not given",
  },
  { name: "keep-going", short: "k", help: "After a failure make what does not need it" },
  { name: "dry-run", short: "n", help: "Tell what would be built, and why" },
  { name: "force", help: "Make the named targets again, fresh or not" },
  { name: "no-cache-from", help: "Restore nothing from the shared cache" },
  { name: "no-cache-to", help: "Keep nothing in the shared cache" },
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
const graphFormats = ["plain", "dot", "mermaid", "json", "svg"] as const;
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

export const purgeOptions: readonly OptionDefinition[] = [
  { name: "yes", help: "Remove without asking" },
];

export interface RuleOption extends OptionDefinition {
  /** Kind of the targets that it is for. */
  readonly rule: string;
}

/** Options of a build that only targets of some rule understand. */
export const ruleOptions: readonly RuleOption[] = [
  {
    rule: "push",
    name: "digests",
    takes: "FILE",
    help: "Write the digests of all that is pushed: JSON, or lines in a .txt",
  },
  {
    rule: "clean",
    name: "only",
    takes: "KINDS",
    choices: removalKinds,
    list: true,
    help: "Remove only these kinds of things, with commas between them",
  },
  {
    rule: "clean",
    name: "older-than",
    takes: "DURATION",
    help: "Remove only what was made or used longer ago: 12 h, 7 d",
  },
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
    help: "Further tags for an image of a registry",
  },
  {
    name: "load",
    usage: "tbuild load DIR|FILE|-",
    help: "Put saved images into the engine, those that it lacks",
  },
  {
    name: "purge",
    usage: "tbuild purge",
    help: "Remove all that this workspace ever made (--dry-run, --yes)",
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
export const ownOptionsOf = (command: string | undefined): readonly OptionDefinition[] =>
  ownOptions.get(command ?? "") ?? [];

const ownOptions: ReadonlyMap<string, readonly OptionDefinition[]> = new Map([
  ["graph", graphOptions],
  ["watch", watchOptions],
  ["purge", purgeOptions],
]);

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
