/** Parameters of a target file: typed values that the command line and the environment may set. */
import type { Location } from "./diagnostic.ts";
import type { ListForm } from "./list-form.ts";

export const parameterTypes = [
  "string",
  "number",
  "flag",
  "path",
  "choice",
  "list",
  "secret",
] as const;
export type ParameterType = (typeof parameterTypes)[number];

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** Absent: not given unless somebody does. A flag is `false` by default; values of a list have commas between. */
  readonly default?: string | number | boolean;
  readonly choices?: readonly string[];
  /** Environment variable that gives it where the command line does not. */
  readonly env?: string;
  /** Of a list whose values have pieces. */
  readonly form?: ListForm;
  /** Regular expression that a whole value must match, of a list each. */
  readonly pattern?: string;
  /** The default of an outer file does not count: somebody gives it, or nobody does. */
  readonly required?: true;
  readonly help?: string;
  readonly declaredAt: Location;
}

/** A value as it arrives, before its type is checked; `from` names the place for messages. */
export interface GivenValue {
  readonly value: string | boolean;
  /** `--version`, or `environment variable SHOP_VERSION`. */
  readonly from: string;
}
