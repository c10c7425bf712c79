/**
 * The commands and options of the command line, declared once: reading, help and completion go by these,
 * and so does what a target file may not call its own. What parameters add is not known here.
 */
import { graphOptions, inventoryOptions, watchOptions } from "./command-options.ts";
import { initCommands } from "./init-options.ts";
import type { OptionDefinition } from "./option.ts";
import { serveOptions } from "./serve-options.ts";

export type { OptionDefinition };

export const logKinds = ["pretty", "plain", "json"] as const;
export type LogKind = (typeof logKinds)[number];

export interface ReportOption extends OptionDefinition {
  /** What messages call it. */
  readonly what: string;
}

/** Files that tell of one build, by the names of their options. Who writes them is said in `report/`. */
export const reportOptions = [
  {
    name: "profile",
    takes: "FILE",
    what: "profile",
    help: "Write when each target ran, for ui.perfetto.dev",
  },
  {
    name: "junit",
    takes: "FILE",
    what: "JUnit report",
    help: "Write what became of each target, as JUnit XML for CI systems",
  },
  {
    name: "report",
    takes: "FILE",
    what: "report",
    help: "Write graph, timeline, reasons and digests as one HTML file",
  },
] as const satisfies readonly ReportOption[];

export type ReportName = (typeof reportOptions)[number]["name"];

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
  { name: "yes", help: "Do what cannot be undone without asking" },
  { name: "locked", help: "Ask no server what a name stands for: fail where it is not locked" },
  { name: "force", help: "Make the named targets again, fresh or not" },
  { name: "no-cache-from", help: "Restore nothing from the shared cache" },
  { name: "no-cache-to", help: "Keep nothing in the shared cache" },
  { name: "source", takes: "NAME=PATH", repeatable: true, help: "Local checkout of a git target" },
  { name: "no-fallback", help: "Fail where an alternative is passed over" },
  {
    name: "log",
    takes: "KIND",
    choices: logKinds,
    help: "How to report; pretty on a terminal, else plain",
  },
  ...reportOptions,
  { name: "quiet", short: "q", help: "Report only what goes wrong" },
  { name: "verbose", help: "Report steps, output and fresh targets too" },
  { name: "help", short: "h", help: "Help, of the targets that are named" },
];

/** An option only where nothing else is on the command line: target files have a good use for the name. */
export const versionOption: OptionDefinition = {
  name: "version",
  help: "The version of tbuild, if no target is named",
};

export interface CommandDefinition {
  readonly name: string;
  readonly usage: string;
  /**
   * The words after it: `targets` are read once the target file is known, as those of a build are; `nothing`
   * but common options; or what `cli/read-request.ts` reads for it alone.
   */
  readonly takes: "targets" | "nothing" | "own";
  /** Options that only it has. */
  readonly options?: readonly OptionDefinition[];
  readonly help: string;
}

/** In the order of help. What each does is told by its file in `cli/commands/`. */
export const commands = [
  {
    name: "watch",
    usage: "tbuild watch [targets…]",
    takes: "targets",
    options: watchOptions,
    help: "Build, and again after each change (--poll SECONDS)",
  },
  {
    name: "update",
    usage: "tbuild update [targets…]",
    takes: "targets",
    help: "Ask again what locked names stand for (--dry-run only tells)",
  },
  {
    name: "explain",
    usage: "tbuild explain [targets…]",
    takes: "targets",
    help: "Why targets are fresh, or would be made again",
  },
  {
    name: "graph",
    usage: "tbuild graph [targets…]",
    takes: "targets",
    options: graphOptions,
    help: "Targets and dependencies (--format dot, mermaid, json, svg)",
  },
  {
    name: "why",
    usage: "tbuild why TARGET DEPENDENCY",
    takes: "targets",
    help: "How one target needs another",
  },
  {
    name: "inventory",
    usage: "tbuild inventory [targets…]",
    takes: "targets",
    options: inventoryOptions,
    help: "Every image, and how it is managed (--format json, html)",
  },
  {
    name: "tags",
    usage: "tbuild tags IMAGE|TARGET",
    takes: "targets",
    help: "Tags in the registry, with digests, dates and sizes",
  },
  {
    name: "tag",
    usage: "tbuild tag IMAGE TAG…",
    takes: "targets",
    help: "Further tags for an image of a registry",
  },
  {
    name: "load",
    usage: "tbuild load DIR|FILE|-",
    takes: "own",
    help: "Put saved images into the engine, those that it lacks",
  },
  {
    name: "purge",
    usage: "tbuild purge",
    takes: "own",
    help: "Remove all that this workspace ever made (--dry-run, --yes)",
  },
  ...initCommands,
  {
    name: "serve",
    usage: "tbuild serve",
    takes: "own",
    options: serveOptions,
    help: "Build each push to repositories (--config FILE)",
  },
  { name: "list", usage: "tbuild list", takes: "nothing", help: "Targets of the target file" },
  {
    name: "state",
    usage: "tbuild state",
    takes: "nothing",
    help: "What is kept between runs, and its limits",
  },
  {
    name: "completion",
    usage: "tbuild completion bash|zsh|fish",
    takes: "own",
    help: "Completion for a shell",
  },
  { name: "help", usage: "tbuild help [targets…]", takes: "own", help: "The same as --help" },
] as const satisfies readonly CommandDefinition[];

/** Names of the commands that take such words. */
export type CommandTaking<T extends CommandDefinition["takes"]> = Extract<
  (typeof commands)[number],
  { readonly takes: T }
>["name"];

/** The options that only this command has. */
export function ownOptionsOf(command: string | undefined): readonly OptionDefinition[] {
  const found: CommandDefinition | undefined = commands.find(({ name }) => name === command);
  return found?.options ?? [];
}

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];
