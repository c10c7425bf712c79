/** The forms that schemas of target files are made of. Knows no key. */

export type Schema = Readonly<Record<string, unknown>>;

export const described = (description: string, schema: Schema): Schema => ({
  description,
  ...schema,
});

/** A mapping with these keys and no other. */
export const closed = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...(required.length > 0 && { required }),
});

/** A mapping whose keys are names. */
export const named = (names: Schema, values: Schema): Schema => ({
  type: "object",
  propertyNames: names,
  additionalProperties: values,
});

export const pattern = (expression: RegExp, except: ReadonlySet<string> = new Set()): Schema => ({
  pattern: expression.source,
  ...(except.size > 0 && { not: { enum: [...except] } }),
});
