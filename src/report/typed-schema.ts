/**
 * JSON Schemas that TypeScript checks against the types that they describe: a key that is missing, too
 * many, optional on one side only or of another type does not compile. Knows no particular type.
 */

export type Schema = Readonly<Record<string, unknown>>;

/** A schema of exactly `T`; the function is never called, and keeps wider and narrower types out. */
export interface Typed<T> {
  readonly schema: Schema;
  readonly same?: (value: T) => T;
}

interface Optional<T> extends Typed<T> {
  readonly optional: true;
}

type Kinded = { readonly kind: string };
type OfKind<T extends Kinded, K extends T["kind"]> = Extract<T, { readonly kind: K }>;

/** One schema for each key of `T`; keys that may be absent say so. */
export type Fields<T> = keyof T extends never
  ? Readonly<Record<string, never>>
  : {
      readonly [K in keyof T]-?: object extends Pick<T, K>
        ? Optional<Exclude<T[K], undefined>>
        : Typed<T[K]>;
    };

/** The keys of each member of a union, its `kind` left out. */
export type Kinds<T extends Kinded> = {
  readonly [K in T["kind"]]: Fields<Omit<OfKind<T, K>, "kind">>;
};

export const text: Typed<string> = { schema: { type: "string" } };
export const flag: Typed<boolean> = { schema: { type: "boolean" } };
export const whole: Typed<number> = { schema: { type: "integer", minimum: 0 } };
export const seconds: Typed<number> = { schema: { type: "number", minimum: 0 } };

export const constant = <const T>(value: T): Typed<T> => ({ schema: { const: value } });

export const oneOf = <const T extends string>(...words: readonly T[]): Typed<T> => ({
  schema: { enum: words },
});

export const list = <T>(items: Typed<T>): Typed<readonly T[]> => ({
  schema: { type: "array", items: items.schema },
});

export const optional = <T>({ schema }: Typed<T>): Optional<T> => ({ schema, optional: true });

export const described = <T>(description: string, { schema }: Typed<T>): Typed<T> => ({
  schema: { description, ...schema },
});

/** A mapping with these keys and no other. */
export const mapping = <T>(fields: Fields<T>): Typed<T> => ({ schema: closed(fields) });

export const union = <T extends Kinded>(kinds: Kinds<T>): Typed<T> => ({
  schema: { anyOf: members(kinds) },
});

/** Each member of a union as a mapping, with its `kind` first. */
export const members = <T extends Kinded>(kinds: Kinds<T>): readonly Schema[] =>
  Object.entries(kinds as Readonly<Record<string, object>>).map(([kind, fields]) =>
    closed({ kind: constant(kind), ...fields }),
  );

function closed(fields: object): Schema {
  const entries = Object.entries(fields as Readonly<Record<string, Optional<unknown>>>);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, { schema }]) => [key, schema])),
    required: entries.flatMap(([key, { optional }]) => (optional ? [] : [key])),
    additionalProperties: false,
  };
}
