/**
 * What a run found out, in numbers: which files it looked at and how they were, for which targets,
 * and how these depend on each other. The next run compares the numbers and needs no target file.
 * Kept in one file, of which a run without changes reads the first part only.
 */
import type { Signature } from "../files/looks.ts";
import type { Digest } from "../model/artifact.ts";
import type { TargetName } from "../model/target.ts";
import { DamagedFile, PackedFile, type Section, writePacked } from "../store/packed-file.ts";
import type { Announcement } from "./announcement.ts";
import type { EdgeKind } from "./graph.ts";
import type { Rows } from "./plan-rows.ts";

/** A variable of the caller's environment that counts; of a secret only whether it is set. */
export interface CountedVariable {
  readonly name: string;
  readonly secret: boolean;
}

export interface PlanAbout {
  /** Of the program that wrote it: another one may see the same files with other eyes. */
  readonly program: string;
  readonly project: string;
  readonly wanted: readonly TargetName[];
  /** Absolute paths; they are the first rows. */
  readonly targetFiles: readonly { readonly path: string; readonly digest: Digest }[];
  readonly variables: readonly CountedVariable[];
  /** Of the values of the variables. */
  readonly environment: string;
  /** Of the file of traces, which every run that makes something changes. */
  readonly traces: Signature;
  /** How many of the targets have something to make. */
  readonly made: number;
  /** Whether all of them were fresh at the end of the run. */
  readonly isFresh: boolean;
  readonly choices: readonly Announcement[];
  /** What images the engine held, for which target. */
  readonly images: readonly (readonly [reference: string, id: Digest, target: number])[];
  /** Who makes the image under a reference: for Dockerfiles that name it. */
  readonly makers: readonly (readonly [reference: string, target: TargetName])[];
}

export interface PlannedTarget {
  readonly name: TargetName;
  readonly isMade: boolean;
  /** Whether it was fresh at the end of the run, by a trace that is kept. */
  readonly isFresh: boolean;
  /** Indexes of rows. */
  readonly reads: readonly number[];
  /** Indexes of targets, all before this one. */
  readonly edges: readonly (readonly [to: number, kind: EdgeKind])[];
}

export interface PlanContents {
  readonly about: PlanAbout;
  readonly rows: Rows;
  /** Dependencies first. */
  readonly targets: readonly PlannedTarget[];
  /** What each family of targets is declared to be. */
  readonly definitions: ReadonlyMap<string, string>;
}

const edgeKinds: readonly EdgeKind[] = ["dependency", "order-only", "service", "alternative"];
const madeFlag = 1;
const freshFlag = 2;

/** Reads the plan that was written; what only a run with changes needs is read when it is asked for. */
export class CompiledPlan {
  readonly about: PlanAbout;
  readonly rows: Rows;
  readonly #file: string;
  #targets: readonly PlannedTarget[] | undefined;
  #definitions: ReadonlyMap<string, string> | undefined;

  /** @returns undefined where there is none, or none that can be believed */
  static open(file: string): CompiledPlan | undefined {
    return readPacked(file, (packed) => new CompiledPlan(file, packed));
  }

  private constructor(file: string, packed: PackedFile) {
    this.#file = file;
    this.about = packed.about as PlanAbout;
    this.rows = {
      paths: packed.strings("paths"),
      kinds: packed.bytes("kinds"),
      signatures: packed.floats("signatures"),
    };
  }

  /** @returns undefined where they cannot be read any more */
  targets(): readonly PlannedTarget[] | undefined {
    this.#targets ??= readPacked(this.#file, readTargets);
    return this.#targets;
  }

  definitions(): ReadonlyMap<string, string> | undefined {
    this.#definitions ??= readPacked(this.#file, readDefinitions);
    return this.#definitions;
  }
}

function readPacked<T>(file: string, read: (packed: PackedFile) => T): T | undefined {
  const packed = PackedFile.open(file);
  try {
    return packed && read(packed);
  } catch (error) {
    if (error instanceof DamagedFile) return undefined;
    throw error;
  } finally {
    packed?.close();
  }
}

function readTargets(packed: PackedFile): readonly PlannedTarget[] {
  const names = packed.strings("names") as readonly TargetName[];
  const flags = packed.bytes("flags");
  const reads = readLists(packed, "reads");
  const edges = readLists(packed, "edges");
  return names.map((name, index) => ({
    name,
    isMade: ((flags[index] as number) & madeFlag) !== 0,
    isFresh: ((flags[index] as number) & freshFlag) !== 0,
    reads: reads(index),
    edges: edges(index).map(unpackEdge),
  }));
}

function readDefinitions(packed: PackedFile): ReadonlyMap<string, string> {
  const digests = packed.strings("definitions");
  return new Map(packed.strings("families").map((name, index) => [name, digests[index] as string]));
}

/** @throws the system's error when it cannot be written; the one before it still stands then */
export function writePlan(file: string, contents: PlanContents): void {
  const { about, rows, targets, definitions } = contents;
  writePacked(file, about, {
    paths: rows.paths,
    kinds: rows.kinds,
    signatures: rows.signatures,
    names: targets.map(({ name }) => name),
    flags: Uint8Array.from(targets, flagsOf),
    ...packLists(
      "reads",
      targets.map(({ reads }) => reads),
    ),
    ...packLists(
      "edges",
      targets.map(({ edges }) => edges.map(packEdge)),
    ),
    families: [...definitions.keys()],
    definitions: [...definitions.values()],
  });
}

const flagsOf = ({ isMade, isFresh }: PlannedTarget): number =>
  (isMade ? madeFlag : 0) | (isFresh ? freshFlag : 0);

const packEdge = ([to, kind]: PlannedTarget["edges"][number]): number =>
  to * edgeKinds.length + edgeKinds.indexOf(kind);

function unpackEdge(packed: number): PlannedTarget["edges"][number] {
  const kind = edgeKinds[packed % edgeKinds.length] as EdgeKind;
  return [Math.floor(packed / edgeKinds.length), kind];
}

/** Lists of numbers one after the other, and where each begins. */
function packLists(name: string, lists: readonly (readonly number[])[]): Record<string, Section> {
  const starts = new Uint32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) {
    starts[index + 1] = (starts[index] as number) + list.length;
  }
  const all = new Uint32Array(starts[lists.length] as number);
  for (const [index, list] of lists.entries()) all.set(list, starts[index] as number);
  return { [`${name} starts`]: starts, [name]: all };
}

function readLists(packed: PackedFile, name: string): (index: number) => readonly number[] {
  const starts = packed.integers(`${name} starts`);
  const all = packed.integers(name);
  return (index) => [...all.subarray(starts[index], starts[index + 1])];
}
