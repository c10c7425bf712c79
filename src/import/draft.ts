/**
 * What was found in files of other tools, as plain data: targets to be, and what has no counterpart. How it is
 * written as YAML is told by `write/`; where it comes from, by the folders of the formats.
 */
import type { Location } from "../model/diagnostic.ts";

/**
 * A text as it will stand in the target file: `${name}` is a parameter or a key of a matrix, and what was a
 * plain `${` reads `$${`.
 */
export type Text = string;

export interface Loss {
  readonly at: Location;
  /** What of the source is meant, such as `` `ports` ``; several losses of one reason share a comment. */
  readonly subject: string;
  /** `has no counterpart` where it is left out. */
  readonly verb?: string;
  readonly why: string;
}

export interface DraftParameter {
  readonly name: string;
  /** Of a secret there is none. */
  readonly default?: string;
  readonly secret?: true;
  readonly env?: string;
  readonly help?: string;
}

export interface DraftImage {
  /** Relative to the folder of the target file; without it the build sees nothing but its Dockerfile. */
  readonly context?: Text;
  /** A path from the context, or the text of a Dockerfile. */
  readonly dockerfile?: Text;
  readonly stage?: Text;
  readonly args: Readonly<Record<string, Text>>;
  readonly tags: readonly Text[];
  /** What the tool calls an image without a name; Dockerfiles that build on it may have another one. */
  readonly fallbackTag?: Text;
  readonly labels: Readonly<Record<string, Text>>;
  /** Identifiers in the build with the names of secret parameters. */
  readonly secrets: Readonly<Record<string, Text>>;
  readonly network?: Text;
  /** Names that the Dockerfile uses for other images, with what they stand for. */
  readonly contexts: Readonly<Record<string, NamedContext>>;
}

export type NamedContext =
  | { readonly kind: "target"; readonly target: string }
  | { readonly kind: "image"; readonly reference: Text }
  | { readonly kind: "folder"; readonly folder: Text };

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** Keys of a target as they will be written. */
export type Keys = Readonly<Record<string, Plain>>;

export interface DraftTarget {
  readonly name: string;
  readonly help?: string;
  /** Where the source declares it. */
  readonly at: Location;
  /** Comments worth having besides the losses. */
  readonly notes?: readonly string[];
  readonly losses: readonly Loss[];
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
  /** An image, or else the keys of another rule or of a group. */
  readonly image?: DraftImage;
  readonly keys?: Keys;
}

export interface Draft {
  /** Name of the project, where the source knows one. */
  readonly name?: string;
  readonly parameters: readonly DraftParameter[];
  readonly targets: readonly DraftTarget[];
  readonly default: readonly string[];
  /** What belongs to no target. */
  readonly losses: readonly Loss[];
}

export const noImage: DraftImage = {
  args: {},
  tags: [],
  labels: {},
  secrets: {},
  contexts: {},
};

/** A text of the source as one of the target file. */
export const literal = (text: string): Text => text.replaceAll("${", () => "$${");

/** What a text stands for; what is not among the values stays as it is. */
export const fillIn = (text: Text, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\$\{|\$\{([^}]*)\}/g, (whole, name: string | undefined) =>
    name === undefined ? "${" : (values.get(name) ?? whole),
  );

/** The default values of the parameters, by which references of the draft can be compared. */
export const defaultsOf = ({ parameters }: Pick<Draft, "parameters">) =>
  new Map(parameters.map((parameter) => [parameter.name, parameter.default ?? ""]));

export const lossText = ({ subject, verb = "has no counterpart", why }: Loss): string =>
  `${subject} ${verb}: ${why}`;
