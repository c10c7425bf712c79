/**
 * A target file as read and checked, before any parameter has a value: plain data that survives
 * JSON, so that it can be kept between runs. How it is made is the business of `load-target-file`.
 */
import type { Digest } from "../model/artifact.ts";
import type { Retries } from "../model/attempts.ts";
import type { Location } from "../model/diagnostic.ts";
import type { Managed } from "../model/inventory.ts";
import type { Limits } from "../model/limits.ts";
import type { ListForm } from "../model/list-form.ts";
import type { Parameter } from "../model/parameter.ts";
import type { Registries } from "../model/registries.ts";
import type { SemanticPart } from "../model/semantic-version.ts";
import type { FieldType } from "../rules/fields.ts";
import type { CheckoutValue } from "./checkout-value.ts";

/**
 * Literal text, the value of a parameter by its key, what the checkout of the member with the same values on
 * these matrix keys has, or the member's value on a matrix key by its index, of which `semver` takes one number
 * and `piece` one of a form.
 */
export type Part =
  | string
  | { readonly param: string }
  | {
      readonly checkout: string;
      readonly axes: readonly number[];
      readonly value: CheckoutValue;
    }
  | { readonly axis: number; readonly semver?: SemanticPart; readonly piece?: Piece };

/** One piece of a value of a list. */
interface Piece {
  readonly nth: number;
  /** What stands before each of the pieces. */
  readonly separators: readonly string[];
}

/** Text with parameters in it; without any it is a plain string. */
export type Template = string | readonly Part[];

export interface Text {
  readonly text: Template;
  readonly at: Location;
}

export interface Axis {
  readonly name: string;
  /** Of a list they are filled in when the parameter has a value. */
  readonly values: readonly string[];
  /** The list that gives its values. */
  readonly list?: AxisList;
}

interface AxisList {
  /** Key of the parameter. */
  readonly key: string;
  readonly form?: ListForm;
}

export type DeclaredCommand =
  | { readonly shell: string; readonly variables: Readonly<Record<string, Part>> }
  | { readonly argv: readonly Text[] };

export type DeclaredInput =
  | { readonly pattern: Text }
  | { readonly targets: readonly Text[]; readonly as?: Text };

export interface DeclaredLaid {
  readonly at: string;
  readonly targets: readonly Text[];
}

export interface DeclaredService {
  readonly port: number | Text;
  readonly ready?:
    | { readonly kind: "http"; readonly path: Text }
    | { readonly kind: "tcp" }
    | { readonly kind: "exec"; readonly command: readonly Text[] };
  readonly timeout: number | Text;
  readonly command?: readonly Text[];
  readonly env: Readonly<Record<string, Text>>;
}

/** What a key of each type holds before it is filled in; see `FieldTypes` for after. */
export interface DeclaredTypes {
  string: Text;
  strings: readonly Text[];
  tags: readonly Text[];
  number: number | Text;
  flag: boolean | Text;
  choice: Text;
  map: Readonly<Record<string, Text>>;
  path: Text;
  paths: readonly Text[];
  given: Text;
  output: Text;
  outputs: readonly Text[];
  destination: Text;
  command: DeclaredCommand;
  target: Text;
  targets: readonly Text[];
  inputs: readonly DeclaredInput[];
  laid: readonly DeclaredLaid[];
  pathOrTargets: { readonly path: Text } | { readonly targets: readonly Text[] };
  globsOrTargets: readonly DeclaredInput[];
  images: Readonly<Record<string, Text>>;
  secrets: Readonly<Record<string, string>>;
  alternatives: readonly TargetDeclaration[];
  service: DeclaredService;
}

export interface DeclaredField<T extends FieldType = FieldType> {
  readonly type: T;
  readonly value: DeclaredTypes[T];
  /** Differs between the members of a matrix. */
  readonly varies: boolean;
  /** Keys of the parameters that it uses. */
  readonly uses: readonly string[];
}

export interface DeclaredServiceUse {
  readonly target: Text;
  readonly uses?: readonly Text[];
}

/** See `Retries` for what each key means; durations are seconds, or texts until they are filled in. */
export interface DeclaredRetries extends Pick<Retries, "on" | "factor" | "jitter"> {
  readonly times: number | Text;
  readonly wait: number | Text;
  readonly longestWait: number | Text;
  readonly within?: number | Text;
}

export interface TargetDeclaration {
  /** Full name, `bundles/base`; a matrix is one declaration. Empty for an alternative. */
  readonly name: string;
  /** Folder of its target file, relative to the workspace; empty for the root file's. */
  readonly folder: string;
  readonly help?: string;
  readonly managed?: Managed;
  /** Kind of the rule; absent for a group. */
  readonly rule?: string;
  readonly fields: Readonly<Record<string, DeclaredField>>;
  readonly axes: readonly Axis[];
  readonly needs: readonly Text[];
  readonly after: readonly Text[];
  readonly with: readonly DeclaredServiceUse[];
  /** Seconds that one attempt may take. */
  readonly timeout?: number | Text;
  readonly retries?: DeclaredRetries;
  /** Pool that it takes a place in while it runs, beside that of its rule kind. */
  readonly pool?: string;
  /** Of an alternative: where it is true, it is passed over. */
  readonly unless?: DeclaredField<"flag">;
  /** An alternative that is nothing but a target is called after what it needs. */
  readonly titleOf?: "target";
  /** Keys of all parameters that it uses, alternatives left out. */
  readonly uses: readonly string[];
  /** Those of them that count in the fingerprint. */
  readonly counted: readonly string[];
  /** Declared names of the targets that it may depend on, alternatives left out. */
  readonly edges: readonly string[];
  readonly declaredAt: Location;
  readonly places: Readonly<Record<string, Location>>;
}

/** A parameter of an included file whose value the including file fixes. */
export interface Binding {
  /** `tools/os`. */
  readonly key: string;
  readonly parameter: Parameter;
  readonly value: Text;
  /** Folder that a relative path in the value starts at, relative to the workspace. */
  readonly folder: string;
  /** Keys of the parameters that the value uses. */
  readonly uses: readonly string[];
  /** The default of the one parameter that it is does not count. */
  readonly onlyGiven?: true;
}

/** The registry that is the shared cache, and whether what is made here is kept there. */
export interface DeclaredCache {
  readonly registry: Text;
  readonly write: boolean | Text;
  /** Keys of the parameters that it uses. */
  readonly uses: readonly string[];
}

interface FileRead {
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
}

export interface Declaration {
  readonly name: string;
  /** Absolute path of the workspace. */
  readonly root: string;
  /** The root file first; what is derived from this declaration holds while all have these digests. */
  readonly files: readonly FileRead[];
  readonly default: readonly Text[];
  /** In bytes, those that are set. */
  readonly limits: Partial<Limits>;
  readonly cache?: DeclaredCache;
  readonly parameters: readonly Parameter[];
  /** Bindings of an outer file before those of the files that it includes. */
  readonly bindings: readonly Binding[];
  readonly targets: readonly TargetDeclaration[];
  /** How many targets of a rule kind or of a pool may run at once. */
  readonly pools: Readonly<Record<string, number>>;
  readonly registries: Registries;
}
