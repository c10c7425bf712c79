/**
 * What a run found out, in numbers: which files it looked at and how they were, for which targets,
 * and how these depend on each other. The next run compares the numbers and needs no target file.
 * Kept in one file, of which a run without changes reads the first part only.
 */
import type { GitName } from "../../files/git-head.ts";
import type { Signature } from "../../files/looks.ts";
import type { Digest } from "../../model/artifact.ts";
import type { TargetName } from "../../model/target.ts";
import { DamagedFile, PackedFile, writePacked } from "../../store/packed-file.ts";
import type { Announcement } from "../plan/announcement.ts";
import type { EdgeKind } from "../plan/graph.ts";
import { NumberLists } from "./number-lists.ts";
import type { Rows } from "./plan-rows.ts";

/** A variable of the caller's environment that counts; of a secret only whether it is set. */
export interface CountedVariable {
  readonly name: string;
  readonly secret: boolean;
}

/** What of the repository's HEAD counts, and the digest of what it was. */
export interface CountedGit {
  readonly names: readonly GitName[];
  readonly digest: string;
}

export interface PlanAbout {
  /** Of this one file, for those who read it in two parts. */
  readonly id: string;
  /** Of the program that wrote it: another one may see the same files with other eyes. */
  readonly program: string;
  readonly project: string;
  readonly wanted: readonly TargetName[];
  /** Absolute paths. */
  readonly targetFiles: readonly { readonly path: string; readonly digest: Digest }[];
  readonly variables: readonly CountedVariable[];
  /** Of the values of the variables. */
  readonly environment: string;
  readonly git?: CountedGit;
  /** The lock file, of which another state moves what names stand for; null where there was none. */
  readonly lock: { readonly path: string; readonly digest: Digest | null };
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

/** The targets of a plan in columns, dependencies first. */
export interface TargetTable {
  readonly names: readonly TargetName[];
  /** Of `madeFlag` and `freshFlag`. */
  readonly flags: Uint8Array;
  /** Rows that each reads. */
  readonly reads: NumberLists;
  /** Packed by `packEdge`; every target that is named stands before the one that names it. */
  readonly edges: NumberLists;
}

/** It has something to make. */
export const madeFlag = 1;
/** It was fresh at the end of the run, by a trace that is kept. */
export const freshFlag = 2;

export interface PlanContents {
  readonly about: PlanAbout;
  readonly rows: Rows;
  readonly targets: TargetTable;
  /** What each family of targets is declared to be. */
  readonly definitions: ReadonlyMap<string, string>;
}

const edgeKinds: readonly EdgeKind[] = ["dependency", "order-only", "service", "alternative"];

/** @param to index of the target that is needed */
export const packEdge = (to: number, kind: EdgeKind): number =>
  to * edgeKinds.length + edgeKinds.indexOf(kind);

/** The number of the target that a packed edge leads to. */
export const targetOfEdge = (packed: number): number => Math.floor(packed / edgeKinds.length);

/** What a packed edge is: the other half of `packEdge`. */
export const kindOfEdge = (packed: number): EdgeKind =>
  edgeKinds[packed % edgeKinds.length] as EdgeKind;

/** Reads the plan that was written; what only a run with changes needs is read when it is asked for. */
export class CompiledPlan {
  readonly about: PlanAbout;
  readonly rows: Rows;
  readonly #file: string;
  #targets: TargetTable | undefined;
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
  targets(): TargetTable | undefined {
    this.#targets ??= this.#readMore(readTargets);
    return this.#targets;
  }

  definitions(): ReadonlyMap<string, string> | undefined {
    this.#definitions ??= this.#readMore(readDefinitions);
    return this.#definitions;
  }

  /** Another run may have replaced the file meanwhile: its rows are not ours. */
  #readMore<T>(read: (packed: PackedFile) => T): T | undefined {
    return readPacked(this.#file, (packed) =>
      (packed.about as PlanAbout).id === this.about.id ? read(packed) : undefined,
    );
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

function readTargets(packed: PackedFile): TargetTable {
  return {
    names: packed.strings("names") as readonly TargetName[],
    flags: packed.bytes("flags"),
    reads: new NumberLists(packed.integers("read starts"), packed.integers("reads")),
    edges: new NumberLists(packed.integers("edge starts"), packed.integers("edges")),
  };
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
    names: targets.names,
    flags: targets.flags,
    "read starts": targets.reads.starts,
    reads: targets.reads.all,
    "edge starts": targets.edges.starts,
    edges: targets.edges.all,
    families: [...definitions.keys()],
    definitions: [...definitions.values()],
  });
}
