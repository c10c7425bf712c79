/**
 * What the names of a bake file stand for: their defaults, or marks for them. What comes out with marks is worth
 * more, since it stays true when a variable is given; what comes out with defaults is what the build does today.
 */
import { literal, type Text } from "../draft.ts";
import { parameterName } from "../names.ts";
import type { BakeFile } from "./bake-file.ts";
import { evaluate, type Scope } from "./hcl/evaluate.ts";
import { attributeNamed } from "./hcl/syntax.ts";
import { isList, isObject, mark, marksIn, NoValue, replaceMarks, type Value } from "./hcl/value.ts";

/** One combination of the values of a matrix: plain, and with marks for those that can be named. */
export interface Member {
  readonly values: ReadonlyMap<string, Value>;
  /** It is written by itself, so its values are written out. */
  readonly isAlone?: true;
}

export interface Settled {
  /** With marks. */
  readonly value: Value;
  /** Names of variables that decided about it, so that it is true for their defaults alone. */
  readonly decidedBy: readonly string[];
}

const axisPrefix = "axis:";

export class Scopes {
  readonly #file: BakeFile;
  readonly #defaults = new Map<string, Value | undefined>();
  readonly #marked = new Map<string, Value | undefined>();

  constructor(file: BakeFile) {
    this.#file = file;
  }

  /** The default of a variable, as a text; undefined where it is no text. */
  defaultOf(name: string): string | undefined {
    const value = this.#named(name, false);
    if (value === null) return "";
    return value === undefined || typeof value === "object" ? undefined : String(value);
  }

  /** For what is worked out once: all variables have their defaults. */
  plainScope(): Scope {
    return this.#scope(false, new Map());
  }

  /** What an attribute is with the defaults of variables, and the values of a member of the matrix. */
  plain(work: (scope: Scope) => Value, member?: Member): Value {
    return work(this.#scope(false, member?.values ?? new Map()));
  }

  /**
   * The value for all members at once, with marks where that gives every member its own.
   * @returns undefined where each member has to be written for itself
   * @throws NoValue
   */
  settle(work: (scope: Scope) => Value, members: readonly Member[]): Settled | undefined {
    const wanted = members.map((member) => JSON.stringify(this.plain(work, member)));
    const [first] = members;
    const names = [...(first?.values.keys() ?? [])];
    const axes = first?.isAlone
      ? first.values
      : new Map(names.map((axis) => [axis, mark(axisPrefix + axis)]));
    const decided = new Set<string>();
    for (const marked of [true, false]) {
      const scope = { ...this.#scope(marked, axes), decided };
      const value = valueIn(work, scope);
      if (value === undefined) continue;
      const fits = members.every(
        (member, at) => JSON.stringify(this.#filled(value, member)) === wanted[at],
      );
      if (fits)
        return { value, decidedBy: [...decided].filter((name) => !name.startsWith(axisPrefix)) };
    }
    return undefined;
  }

  #filled(value: Value, { values }: Member): Value {
    return mapTexts(value, (text) =>
      replaceMarks(text, (name) =>
        name.startsWith(axisPrefix)
          ? String(values.get(name.slice(axisPrefix.length)))
          : (this.defaultOf(name) ?? ""),
      ),
    );
  }

  #scope(marked: boolean, more: ReadonlyMap<string, Value>): Scope {
    const lookup = (name: string) => (more.has(name) ? more.get(name) : this.#named(name, marked));
    return { lookup, functions: this.#file.functions, decided: new Set() };
  }

  /** Variables that are made of others are what they are made of. */
  #named(name: string, marked: boolean): Value | undefined {
    const known = marked ? this.#marked : this.#defaults;
    if (known.has(name)) return known.get(name);
    // Whoever asks while it is being worked out goes in a circle.
    known.set(name, undefined);
    const variable = this.#file.variables.get(name)?.value;
    const expression = variable
      ? attributeNamed(variable, "default")
      : this.#file.globals.get(name)?.value;
    const value = expression && evaluate(expression, this.#scope(marked, new Map()));
    // Without a default it is empty; `null` says that it has no value.
    const found = variable && value === undefined ? "" : value;
    const isPlain =
      found !== undefined &&
      found !== null &&
      typeof found !== "object" &&
      marksIn(found).length === 0;
    known.set(name, marked && variable && isPlain ? mark(name) : found);
    return known.get(name);
  }
}

function valueIn(work: (scope: Scope) => Value, scope: Scope): Value | undefined {
  try {
    return work(scope);
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

function mapTexts(value: Value, change: (text: string) => string): Value {
  if (typeof value === "string") return change(value);
  if (isList(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]),
  );
}

/** A value with marks as a text of the target file; nothing for what is no text. */
export function writtenText(value: Value): Text | undefined {
  if (value === null || typeof value === "object") return undefined;
  return replaceMarks(String(value), (name) => `\${${writtenName(name)}}`, literal);
}

/** What a marked name is called in the target file. */
const writtenName = (name: string): string =>
  name.startsWith(axisPrefix) ? axisName(name.slice(axisPrefix.length)) : parameterName(name);

/** Keys of a matrix share their names with parameters. */
export const axisName = (name: string): string => parameterName(name);
