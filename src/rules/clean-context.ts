/** What those who remove things are given to look at and to act with. */
import type { Docker } from "../docker/docker.ts";
import type { Digest } from "../model/artifact.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Removal, RemovalKind } from "../model/removal.ts";
import type { Project } from "../model/target.ts";

/** An image that a trace records, now or in an earlier run. */
export interface MadeImage {
  readonly digest: Digest;
  /** References under which a trace recorded it. */
  readonly references: readonly string[];
}

/** Part of what every rule is given when it acts; a look without acting, and `purge`, have it too. */
export interface CleanContext {
  readonly project: Pick<Project, "name" | "root" | "files">;
  /** `.tbuild`, absolute. */
  readonly stateFolder: string;
  readonly docker: () => Promise<Docker>;
  readonly signal: AbortSignal;
  /** Label of the containers of this workspace; absent where it never had one. */
  readonly workspaceId?: string | undefined;
  readonly madeImages: readonly MadeImage[];
  /** Relative to the workspace. */
  readonly madeFiles: readonly string[];
  /** When a trace recorded a path or an image ID last, in milliseconds since the epoch. */
  readonly madeAt: (made: string) => number | undefined;
  readonly progress: { readonly warn: (problem: Diagnostic) => void };
  /** Drops records of things that are gone; those of what stays stay. */
  readonly forget: (gone: ReadonlySet<RemovalKind>) => Promise<void>;
}

/** Something that may go, and how. */
export interface Found extends Removal {
  /** @returns the bytes that it freed; undefined when it stays after all, and that was told */
  readonly remove: () => Promise<number | undefined>;
}
