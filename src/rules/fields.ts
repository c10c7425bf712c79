/**
 * Words to declare the keys of a rule with. From one declaration come the validation of the target
 * file, the JSON Schema, the edges of the graph and the TypeScript type of the filled-in values.
 */
import type { ServiceDeclaration, TargetName } from "../model/target.ts";

/** A command: text for `sh`, with the values of its parameters apart; or a program with arguments. */
export type Command =
  | { readonly shell: string; readonly variables: Readonly<Record<string, string>> }
  | { readonly argv: readonly string[] };

/** A pattern over workspace files, or outputs of targets laid at `as` (their own paths without it). */
export type InputSpec =
  | { readonly pattern: string }
  | { readonly targets: readonly TargetName[]; readonly as?: string };

/** Outputs of targets laid below the folder `at` of a context. */
export interface LaidOutputs {
  readonly at: string;
  readonly targets: readonly TargetName[];
}

/** Either a path of the workspace, or outputs of targets. */
export type PathOrTargets = { readonly path: string } | { readonly targets: readonly TargetName[] };

/** The value types that a key may have once names and parameters are filled in. */
export interface FieldTypes {
  /** Text with `${parameters}`. */
  string: string;
  /** One text or a list of them. */
  strings: readonly string[];
  /** Names of images or their tags: what git calls a branch or a tag is turned into what a tag may be. */
  tags: readonly string[];
  number: number;
  flag: boolean;
  choice: string;
  /** Names to texts. */
  map: Readonly<Record<string, string>>;
  /** Folder or file of the workspace that is read; relative to the workspace, normalised. */
  path: string;
  paths: readonly string[];
  /** Path of a file given by the user: anywhere on this machine; absolute. */
  given: string;
  /** Path inside the workspace that the rule makes; a final `/` says folder. */
  output: string;
  outputs: readonly string[];
  /** Folder or file to write to, anywhere on this machine, absolute; or `-` for standard output. */
  destination: string;
  command: Command;
  /** Exactly one target. */
  target: TargetName;
  /** Targets; a matrix stands for its members. */
  targets: readonly TargetName[];
  inputs: readonly InputSpec[];
  laid: readonly LaidOutputs[];
  pathOrTargets: PathOrTargets;
  /** Globs of the workspace, or targets. */
  globsOrTargets: readonly InputSpec[];
  /** Names to one image target each. */
  images: Readonly<Record<string, TargetName>>;
  /** Ids to names of secret parameters. */
  secrets: Readonly<Record<string, string>>;
  /** Inline rules; each became a target of its own. */
  alternatives: readonly TargetName[];
  service: ServiceDeclaration;
}

export type FieldType = keyof FieldTypes;

export interface Field<T extends FieldType = FieldType, Required extends boolean = boolean> {
  readonly type: T;
  readonly required: Required;
  readonly help: string;
  /** Values allowed, for `choice`. */
  readonly choices?: readonly string[];
  /** False: no part of the fingerprint. */
  readonly counts: boolean;
}

interface FieldOptions {
  readonly choices?: readonly string[];
  readonly counts?: boolean;
}

/** A key that may be left out. */
export const optional = <T extends FieldType>(
  type: T,
  help: string,
  options: FieldOptions = {},
): Field<T, false> => ({ type, required: false, help, counts: true, ...options });

/** A key that the rule cannot do without: as a rule its main one. */
export const required = <T extends FieldType>(
  type: T,
  help: string,
  options: FieldOptions = {},
): Field<T, true> => ({ type, required: true, help, counts: true, ...options });

export type FieldSet = Readonly<Record<string, Field>>;

/** The filled-in values of a set of fields. */
export type ValuesOf<F extends FieldSet> = {
  readonly [K in keyof F]: F[K]["required"] extends true
    ? FieldTypes[F[K]["type"]]
    : FieldTypes[F[K]["type"]] | undefined;
};
