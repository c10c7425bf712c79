/** A random fleet of targets as data: what `declare.ts` writes down, and `model.ts` foretells. */

/** Files of the workspace below a folder; as text a glob, or a plain path. */
export interface Pattern {
  /** May hold `${m}`. */
  readonly folder: string;
  readonly deep: boolean;
  /** End of the names; empty for all. */
  readonly ending: string;
  /** One file of the folder and no other. */
  readonly only?: string;
  /** Leaves out. */
  readonly not?: boolean;
}

/** Something that a command reads: of a pattern, or of what a target makes. */
export type Source = { readonly pattern: number } | { readonly target: string };

export type Step =
  | {
      readonly step: "join";
      readonly words: readonly string[];
      readonly sources: readonly Source[];
    }
  | { readonly step: "first-line" | "copy" | "check"; readonly source: Source }
  | { readonly step: "folder"; readonly source: Source }
  | { readonly step: "comment"; readonly text: string };

export interface RunRule {
  readonly kind: "run";
  readonly patterns: readonly Pattern[];
  /** References to targets: a name, `name[a]` or `name[${m}]`. */
  readonly targets: readonly string[];
  readonly steps: readonly Step[];
  readonly passEnv: readonly string[];
  /** Part of the outputs' names; may hold `${m}` and `${p}`. */
  readonly stem: string;
}

export interface ArchiveRule {
  readonly kind: "archive";
  readonly patterns: readonly Pattern[];
  readonly targets: readonly string[];
  readonly prefix?: string;
  readonly stem: string;
}

export interface FirstOfRule {
  readonly kind: "first-of";
  readonly given: readonly { readonly parameter: string; readonly match?: string }[];
  readonly target: string;
}

export type Rule = RunRule | ArchiveRule | FirstOfRule | { readonly kind: "group" };

export interface Declared {
  readonly name: string;
  /** Values of the matrix key `m`. */
  readonly matrix?: readonly string[];
  readonly rule: Rule;
  readonly needs: readonly string[];
  readonly after: readonly string[];
}

/** Targets, dependencies before dependents. */
export type Fleet = readonly Declared[];

export const patternText = ({ folder, deep, ending, only, not }: Pattern): string =>
  `${not ? "!" : ""}${folder}/${only ?? (deep ? `**/*${ending}` : `*${ending}`)}`;

/** The targets that a reference stands for, each by its declaration and the value of its matrix. */
export function membersOf(
  reference: string,
  fleet: Fleet,
): readonly { readonly declared: Declared; readonly member?: string }[] {
  const [, name, member] = /^([^[]+)(?:\[(.+)\])?$/.exec(reference) ?? [];
  const declared = fleet.find((each) => each.name === name);
  if (declared === undefined) throw new Error(`no target ${reference}`);
  if (declared.matrix === undefined) return [{ declared }];
  if (member !== undefined) return [{ declared, member }];
  return declared.matrix.map((value) => ({ declared, member: value }));
}

export const nameOf = (declared: Declared, member: string | undefined): string =>
  member === undefined ? declared.name : `${declared.name}[${member}]`;

/** All references that a declaration makes, with those of its rule first. */
export function dependenciesOf({ rule, needs }: Declared): readonly string[] {
  if (rule.kind === "first-of" || rule.kind === "group") return needs;
  return [...rule.targets, ...needs];
}
