/**
 * Takes a command line apart into options and other words, by a list of options. What they mean is
 * decided by others.
 *
 * Node's `parseArgs` does it, in 1 ms: yargs takes ten times that before a run has begun, and its
 * parser alone neither tells that a flag was given twice nor refuses `--force=maybe`, and would take
 * a target called `true` for the value of the flag before it.
 */
import { parseArgs } from "node:util";
import type { OptionDefinition } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { nearest } from "../model/nearest.ts";
import * as problems from "./usage-problems.ts";

export interface ReadOption {
  /** A text, or whether a flag was given as `--NAME` or `--no-NAME`; a list as `--no-NAME` is false. */
  readonly value: string | boolean;
  /** Of an option that may be given more than once, all of its values. */
  readonly values?: readonly string[];
  /** `--jobs` or `-j`, as it was typed. */
  readonly typed: string;
}

export interface Words {
  /** What is neither an option nor the value of one. */
  readonly others: readonly string[];
  readonly options: ReadonlyMap<string, ReadOption>;
  /** Words that look like options and are none of the list. */
  readonly unknown: readonly string[];
  /** All but that some are unknown. */
  readonly problems: readonly Diagnostic[];
  /** Whether an unknown option stands before the first of the other words. */
  readonly unknownFirst: boolean;
}

/** Reads all words; whether unknown options are a problem depends on who asks. */
export function readWords(
  argv: readonly string[],
  definitions: readonly OptionDefinition[],
): Words {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(definitions.map(parseArgsOption)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words = { others: [] as string[], unknown: [] as string[], problems: [] as Diagnostic[] };
  const options = new Map<string, ReadOption>();
  let unknownFirst = false;
  for (const token of tokens) {
    if (token.kind === "positional") words.others.push(token.value);
    if (token.kind !== "option") continue;
    const found = findOption(token, byName);
    if (found === undefined) {
      words.unknown.push(token.rawName);
      unknownFirst ||= words.others.length === 0;
      continue;
    }
    const problem = problemOf(found, token, options);
    if (problem !== undefined) words.problems.push(problem);
    else options.set(found.name, readOption(found, token, options));
  }
  return { ...words, options, unknownFirst };
}

function readOption(
  { name, value, repeatable }: Found,
  { rawName: typed }: Token,
  before: ReadonlyMap<string, ReadOption>,
): ReadOption {
  if (!repeatable) return { value, typed };
  const values = [...(before.get(name)?.values ?? []), String(value)];
  return { value: values.join(","), typed, values };
}

/** Problems for all unknown options, with the nearest one of the list. */
export function unknownOptions(
  unknown: readonly string[],
  definitions: readonly OptionDefinition[],
): Diagnostic[] {
  const names = definitions.map(({ name }) => name);
  return unknown.map((typed) => {
    const near = typed.startsWith("--") ? nearest(typed.slice(2), names) : undefined;
    return problems.unknownOption(typed, near && `--${near}`);
  });
}

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

interface Found {
  readonly name: string;
  readonly takes: boolean;
  readonly negatable: boolean;
  readonly repeatable: boolean;
  readonly value: string | boolean;
}

function findOption(
  token: Token,
  byName: ReadonlyMap<string, OptionDefinition>,
): Found | undefined {
  const { name, value } = token;
  const definition = byName.get(name);
  if (definition !== undefined) {
    const takes = definition.takes !== undefined;
    const [negatable, repeatable] = [definition.negatable === true, definition.repeatable === true];
    return { name, takes, negatable, repeatable, value: value ?? !takes };
  }
  const negated = name.startsWith("no-") ? byName.get(name.slice(3)) : undefined;
  if (negated?.negatable !== true) return undefined;
  const { name: plain } = negated;
  return { name: plain, takes: false, negatable: false, repeatable: false, value: value ?? false };
}

function problemOf(
  found: Found,
  token: Token,
  before: ReadonlyMap<string, ReadOption>,
): Diagnostic | undefined {
  const typed = token.rawName;
  const earlier = before.get(found.name);
  if (!found.takes && token.value !== undefined)
    return problems.unwantedValue(typed, found.negatable);
  if (found.takes) {
    const isNext = token.value !== undefined && token.inlineValue !== true;
    // What looks like an option is one: a forgotten value must not swallow it.
    if (isNext && /^-[^\d]/.test(token.value ?? ""))
      return problems.missingValue(typed, token.value);
    if (token.value === undefined) return problems.missingValue(typed, undefined);
  }
  if (earlier === undefined || (found.repeatable && earlier.values)) return undefined;
  const same = earlier.value === found.value || (found.takes && earlier.value !== false);
  return same ? problems.givenTwice(typed) : problems.contradiction(earlier.typed, typed);
}

function parseArgsOption({ name, short, takes }: OptionDefinition) {
  const type: "string" | "boolean" = takes === undefined ? "boolean" : "string";
  return [name, short === undefined ? { type } : { type, short }] as const;
}
