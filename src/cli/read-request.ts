/**
 * Turns a command line into a request as far as that needs no target file: which command, and the common
 * options. Targets and parameters are read later, by `read-arguments.ts`.
 */
import { resolve } from "node:path";
import {
  type CommandTaking,
  commands,
  commonOptions,
  type LogKind,
  logKinds,
  type ReportName,
  reportOptions,
  type Shell,
  shells,
} from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { readImport, readInit } from "./read-init.ts";
import { readServe } from "./read-serve.ts";
import { readWords, unknownOptions, type Words } from "./read-words.ts";
import type { CommonRequest, Request } from "./request.ts";
import * as problems from "./usage-problems.ts";

export interface CommandLinePlace {
  readonly cwd: string;
  readonly cpus: () => number;
}

/** With the longest waits between them, that many take most of an hour. */
const mostRetries = 100;

/** How the completion scripts call; no word that a person would type. */
export const completeOption = "--complete";

/** Reads the request. Words that only a target file can explain are left for later. */
export function readRequest(argv: readonly string[], place: CommandLinePlace): Result<Request> {
  const [first, second = "", index = "", ...words] = argv;
  if (first === completeOption)
    return ok({
      kind: "complete",
      shell: shellOf(second),
      words: words.slice(0, Number(index) + 1),
    });
  // With any other word it is a parameter of the target file, or nothing.
  if (first === "--version" && argv.length === 1) return ok({ kind: "version" });
  const read = readWords(argv, commonOptions);
  const common = readCommon(read, place);
  if (!common.ok) return common;
  const [command, ...others] = read.unknownFirst ? [] : read.others;
  if (command === "help" || read.options.has("help"))
    return ok({
      kind: "help",
      common: common.value,
      argv: command === "help" ? without(argv, command) : argv,
    });
  if (command === "serve") return readServe(argv, common.value);
  if (command === "purge") return readPurge(argv, common.value);
  if (command === "init") return readInit(argv, common.value);
  if (command === "import") return readImport(argv, common.value);
  if (command === "load") return readLoad(read, others, common.value);
  if (command === "completion") return readCompletion(others);
  const found = commands.find(({ name }) => name === command);
  if (found?.takes === "nothing")
    return strictly(read, others, { kind: found.name, common: common.value });
  if (found?.takes === "targets")
    return ok({ kind: found.name, common: common.value, argv: without(argv, found.name) });
  return ok({ kind: "build", common: common.value, argv });
}

/** How to report what is wrong with a command line that cannot be read as a whole. */
export function logOf(argv: readonly string[]): LogKind | undefined {
  const given = readWords(argv, commonOptions).options.get("log")?.value;
  return logKinds.find((known) => known === given);
}

/** The words after the command; what stands before it are options. */
function without(argv: readonly string[], command: string): readonly string[] {
  const at = argv.indexOf(command);
  return argv.filter((_, index) => index !== at);
}

const shellOf = (name: string): Shell => shells.find((shell) => shell === name) ?? "bash";

function readCompletion(others: readonly string[]): Result<Request> {
  const shell = shells.find((known) => known === others[0]);
  if (shell === undefined || others.length > 1) return fail(problems.whichShell(others.at(-1)));
  return ok({ kind: "completion", shell });
}

function readPurge(argv: readonly string[], common: CommonRequest): Result<Request> {
  const { unknown, others, problems: wrong } = readWords(argv, commonOptions);
  const found = [
    ...wrong,
    ...unknownOptions(unknown, commonOptions),
    ...others.slice(1, 2).map((word) => problems.noWordsAfter("purge", word)),
  ];
  if (found.length > 0) return fail(...found);
  return ok({ kind: "purge", common });
}

function readLoad(
  { unknown }: Words,
  others: readonly string[],
  common: CommonRequest,
): Result<Request> {
  const found = unknownOptions(unknown, commonOptions);
  const [source, ...more] = others;
  if (source === undefined || more.length > 0) found.push(problems.oneSource(others.length));
  return found.length > 0 || source === undefined
    ? fail(...found)
    : ok({ kind: "load", common, source });
}

/** For commands that take common options and nothing else. */
function strictly(
  { unknown }: Words,
  others: readonly string[],
  request: Request & { kind: CommandTaking<"nothing"> },
): Result<Request> {
  const found = [
    ...unknownOptions(unknown, commonOptions),
    ...others.slice(0, 1).map((word) => problems.noWordsAfter(request.kind, word)),
  ];
  return found.length > 0 ? fail(...found) : ok(request);
}

function readCommon(read: Words, { cwd, cpus }: CommandLinePlace): Result<CommonRequest> {
  const has = (name: string): boolean => read.options.get(name)?.value === true;
  const text = (name: string): string | undefined => {
    const value = read.options.get(name)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const found: Diagnostic[] = [...read.problems];
  const jobs = readJobs(read, found);
  const tries = readTries(read, found);
  const log = readLog(read, found);
  if (has("quiet") && has("verbose")) found.push(problems.contradiction("--quiet", "--verbose"));
  const file = text("file");
  const directory = resolve(cwd, text("directory") ?? ".");
  const reports = readReports(read, directory, found);
  if (found.length > 0) return fail(...found);
  return ok({
    directory,
    jobs: jobs ?? cpus(),
    keepGoing: has("keep-going"),
    dryRun: has("dry-run"),
    force: has("force"),
    yes: has("yes"),
    locked: has("locked"),
    fallback: !has("no-fallback"),
    cacheFrom: !has("no-cache-from"),
    cacheTo: !has("no-cache-to"),
    quiet: has("quiet"),
    verbose: has("verbose"),
    ...(tries !== undefined && { tries }),
    ...(file !== undefined && { file }),
    ...(log !== undefined && { log }),
    reports,
    sources: read.options.get("source")?.values ?? [],
  });
}

function readReports(
  { options }: Words,
  directory: string,
  found: Diagnostic[],
): CommonRequest["reports"] {
  const reports: { [K in ReportName]?: string } = {};
  for (const { name } of reportOptions) {
    const given = options.get(name)?.value;
    if (typeof given !== "string") continue;
    const file = resolve(directory, given);
    if (options.has("dry-run")) found.push(problems.contradiction("--dry-run", `--${name}`));
    const other = reportOptions.find((before) => reports[before.name] === file);
    if (other) found.push(problems.reportsInOneFile(other.name, name));
    reports[name] = file;
  }
  return reports;
}

function readJobs({ options }: Words, found: Diagnostic[]): number | undefined {
  const given = options.get("jobs");
  if (given === undefined) return undefined;
  const value = String(given.value);
  const jobs = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (jobs === 0) found.push(problems.badOptionValue(given.typed, value, "a whole number from 1"));
  return jobs;
}

/** The first go is no retry. */
function readTries({ options }: Words, found: Diagnostic[]): number | undefined {
  const given = options.get("retries");
  if (given === undefined) return undefined;
  const value = String(given.value);
  if (/^\d{1,3}$/.test(value) && Number(value) <= mostRetries) return Number(value) + 1;
  const wanted = `a whole number from 0 to ${mostRetries}`;
  found.push(problems.badOptionValue(given.typed, value, wanted));
  return undefined;
}

function readLog({ options }: Words, found: Diagnostic[]): LogKind | undefined {
  const given = options.get("log");
  if (given === undefined) return undefined;
  const kind = logKinds.find((known) => known === given.value);
  const wanted = "`pretty`, `plain` or `json`";
  if (kind === undefined)
    found.push(problems.badOptionValue(given.typed, String(given.value), wanted));
  return kind;
}
