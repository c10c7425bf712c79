/**
 * Finds the images that a Dockerfile needs: `# syntax=`, and `FROM`, `COPY --from` and `RUN --mount=from=` of
 * the stages that are built. Its lines are cut by `dockerfile-instructions.ts`.
 */

import { normaliseReference, parseReference } from "../reference.ts";
import { expandVariables } from "../variables.ts";
import {
  frontendOf,
  type Instruction,
  readInstructions,
  unquote,
} from "./dockerfile-instructions.ts";

interface Stage {
  /** Lower case: names of stages are compared without case. */
  readonly name?: string;
  /** What `FROM` says, variables not filled in. */
  readonly from: string;
  /** What the stage's instructions take files from: names or numbers of stages, or images. */
  readonly uses: readonly string[];
}

export interface Dockerfile {
  /** The image that understands it, where it says so. */
  readonly frontend?: string;
  readonly stages: readonly Stage[];
  /** `ARG`s before the first stage, with their defaults, in order. */
  readonly globals: readonly { readonly name: string; readonly default?: string }[];
}

export function parseDockerfile(text: string): Dockerfile {
  const globals: { name: string; default?: string }[] = [];
  const stages: { name?: string; from: string; uses: string[] }[] = [];
  for (const instruction of readInstructions(text)) {
    const stage = stages.at(-1);
    if (instruction.keyword === "FROM") stages.push(stageOf(instruction));
    else if (stage !== undefined) stage.uses.push(...usesOf(instruction));
    else if (instruction.keyword === "ARG") globals.push(...instruction.words.map(argument));
  }
  const frontend = frontendOf(text)?.image;
  return { stages, globals, ...(frontend !== undefined && { frontend }) };
}

/** A build argument that takes the place of what the Dockerfile says of its frontend. */
export const frontendArgument = "BUILDKIT_SYNTAX";

/** Whether `ARG NAME` stands before the first `FROM`, where `FROM` can use it. */
export const declaresGlobal = ({ globals }: Dockerfile, name: string): boolean =>
  globals.some((global) => global.name === name);

/**
 * References of the images that a build of the stage needs, each once, written the short way. What
 * cannot be told without the build (`unknown` arguments, the platform's) is left out.
 * @param args build arguments given; they count where the Dockerfile declares them
 * @param stage name or number of the stage to build; the last one without it
 */
export function imagesOf(
  dockerfile: Dockerfile,
  args: Readonly<Record<string, string>>,
  stage?: string,
  unknown: ReadonlySet<string> = new Set(),
): readonly string[] {
  const { stages } = dockerfile;
  const values = globalValues(dockerfile, args, unknown);
  const found = new Set<string>();
  const visited = new Set<number>();
  const visit = (index: number): void => {
    const current = stages[index];
    if (current === undefined || visited.has(index)) return;
    visited.add(index);
    const from = expandVariables(current.from, (name) =>
      values.has(name) ? values.get(name) : unset(name),
    );
    const parent = from === undefined ? -1 : findStage(stages.slice(0, index), from);
    if (parent >= 0) visit(parent);
    else if (from !== undefined) addImage(found, from);
    for (const use of current.uses) {
      const source = findStage(stages, use);
      if (source >= 0) visit(source);
      else addImage(found, use);
    }
  };
  for (const wanted of stagesToBuild(stages, stage)) visit(wanted);
  const { frontend } = dockerfile;
  if (frontend !== undefined && args[frontendArgument] === undefined) addImage(found, frontend);
  return [...found];
}

/** Set by BuildKit for the platform of the build. */
const platformArguments = /^(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT|OSVERSION|STAGE)$/;

/** As in a shell, what nobody set is empty; what only the build knows is undefined. */
export const unset = (name: string): string | undefined =>
  platformArguments.test(name) ? undefined : "";

/** The values of the `ARG`s before the first stage; undefined for what only the build knows. */
export function globalValues(
  { globals }: Dockerfile,
  args: Readonly<Record<string, string>>,
  unknown: ReadonlySet<string>,
): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  const lookup = (name: string) => (values.has(name) ? values.get(name) : unset(name));
  for (const { name, default: otherwise = "" } of globals) {
    if (unknown.has(name)) values.set(name, undefined);
    else values.set(name, args[name] ?? expandVariables(otherwise, lookup));
  }
  return values;
}

/** An unknown stage is the build's to report: then all of them count. */
function stagesToBuild(stages: readonly Stage[], stage: string | undefined): readonly number[] {
  if (stage === undefined) return [stages.length - 1];
  const found = findStage(stages, stage);
  return found >= 0 ? [found] : stages.map((_, index) => index);
}

function findStage(stages: readonly Stage[], name: string): number {
  if (/^\d+$/.test(name)) return Number(name) < stages.length ? Number(name) : -1;
  return stages.findLastIndex((stage) => stage.name === name.toLowerCase());
}

function addImage(found: Set<string>, text: string): void {
  if (text !== "scratch" && parseReference(text) !== undefined) found.add(normaliseReference(text));
}

function stageOf({ words }: Instruction): { name?: string; from: string; uses: string[] } {
  const [from = "", as, name] = words.filter((word) => !word.startsWith("--"));
  const named = as?.toLowerCase() === "as" && name !== undefined;
  return { from: unquote(from), uses: [], ...(named && { name: name.toLowerCase() }) };
}

function argument(word: string): { name: string; default?: string } {
  const equals = word.indexOf("=");
  if (equals < 0) return { name: word };
  return { name: word.slice(0, equals), default: unquote(word.slice(equals + 1)) };
}

/** Neither `COPY --from` nor a mount may use variables: what holds one is the build's to report. */
function usesOf({ keyword, words }: Instruction): readonly string[] {
  const flags = words.slice(
    0,
    words.findIndex((word) => !word.startsWith("--")),
  );
  return flags.flatMap((flag) => {
    const value = unquote(flag.slice(flag.indexOf("=") + 1));
    if (keyword === "COPY" && flag.startsWith("--from=")) return [value];
    if (keyword !== "RUN" || !flag.startsWith("--mount=")) return [];
    return value.split(",").flatMap((part) => (part.startsWith("from=") ? [part.slice(5)] : []));
  });
}
