/** Targets as plain data: every name resolved, every value filled in. Nothing here knows YAML. */
import type { Retries } from "./attempts.ts";
import type { Location } from "./diagnostic.ts";
import type { Managed } from "./inventory.ts";
import type { Registries } from "./registries.ts";

/** `images`, `images[agent]`, `bundles/base`; alternatives of a `first-of` are `packages#1`, `packages#2` … */
export type TargetName = string & { readonly brand: "TargetName" };

/** How a target is made, as data. What the fields of a kind are is declared by its file in `rules/`. */
export interface Rule {
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A service that is up while the target is made. */
export interface ServiceUse {
  readonly target: TargetName;
  /** Patterns over the files laid into the service that count for the target; absent: all of it. */
  readonly uses?: readonly string[];
}

/** What an image says about being run as a service. */
export interface ServiceDeclaration {
  /** TCP port in the container. */
  readonly port: number;
  readonly ready?:
    | { readonly kind: "http"; readonly path: string }
    | { readonly kind: "tcp" }
    | { readonly kind: "exec"; readonly command: readonly string[] };
  /** Seconds to wait for it. */
  readonly timeout: number;
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Target {
  readonly name: TargetName;
  /** Folder of an included target file, relative to the workspace: commands start in it. Absent: the workspace. */
  readonly folder?: string;
  readonly help?: string;
  /** Of an image: who sees to it that it is built; absent: it is not said. */
  readonly managed?: Managed;
  /** Absent: a group, which passes on what its dependencies made. */
  readonly rule?: Rule;
  readonly needs: readonly TargetName[];
  /** Order-only dependencies. */
  readonly after: readonly TargetName[];
  readonly with: readonly ServiceUse[];
  readonly service?: ServiceDeclaration;
  /** Seconds that one attempt to make it may take. No part of the fingerprint, as are the next two. */
  readonly timeout?: number;
  readonly retries?: Retries;
  /** Pool that it takes a place in while it runs, beside that of its rule kind. */
  readonly pool?: string;
  /** Local checkout that takes the place of its repository, absolute: of a `git` target. */
  readonly source?: string;
  /** Values of the parameters that the target uses, secrets left out. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that it uses and that nobody gave, and built-in names without a value. */
  readonly missing: readonly string[];
  /** Set on an alternative: the `first-of` target that it belongs to. */
  readonly alternativeOf?: TargetName;
  /** Of an alternative: it is passed over, whatever there is. */
  readonly unless?: boolean;
  /** What to call it in messages: `pull debian:bookworm-slim` for an alternative, else its name. */
  readonly title: string;
  readonly declaredAt: Location;
  /** Where each key of the declaration stands, for problems found later. */
  readonly places: Readonly<Record<string, Location>>;
}

/** A registry in which what targets made is kept for others. */
export interface CacheSettings {
  /** HOST/NAME */
  readonly registry: string;
  /** Whether what is made here is kept there. */
  readonly write: boolean;
}

/** Why a built-in name such as `git.tag` has no value, and what to do about it. */
export interface NoValue {
  /** As the target file writes it. */
  readonly name: string;
  readonly why: string;
  readonly hint: string;
}

export interface Project {
  readonly name: string;
  /** Absolute path of the folder that the root target file lies in. */
  readonly root: string;
  /** Absolute paths of the target files: what no output may hold and nothing may remove. */
  readonly files: readonly string[];
  readonly default: readonly TargetName[];
  readonly targets: ReadonlyMap<TargetName, Target>;
  /** What a name stands for: itself, or all members of a matrix. */
  readonly families: Pick<ReadonlyMap<string, readonly TargetName[]>, "get">;
  /** How many targets of a rule kind, or of a pool that targets name, may run at once. */
  readonly pools?: ReadonlyMap<string, number>;
  /** The shared cache, where there is one. */
  readonly cache?: CacheSettings;
  /** How registries are reached; no part of any fingerprint. */
  readonly registries?: Registries;
  /** Environment variables of the secret parameters, by their names: these are given in ways of their own. */
  readonly secretVariables?: ReadonlyMap<string, string | undefined>;
  /** Why built-in names that targets lack have no value, by what `missing` calls them. */
  readonly noValue?: ReadonlyMap<string, NoValue>;
  /** Values of secret parameters, by name; kept apart so that nothing prints them by accident. */
  readonly secrets: ReadonlyMap<string, string>;
}
