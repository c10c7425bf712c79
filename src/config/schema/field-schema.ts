/** The JSON Schema of one key of a rule, by its type: the shapes that `read-field` accepts. */
import type { Field, FieldType } from "../../rules/fields.ts";

type Schema = Readonly<Record<string, unknown>>;

const text = { type: ["string", "number"] };
const value = { type: ["string", "number", "boolean"] };
const template = { type: "string", pattern: "\\$\\{" };
const anyOf = <T extends readonly Schema[]>(...schemas: T) => ({ anyOf: schemas });
const listOf = (items: Schema) => ({ type: "array", items });
const oneOrMore = (items: Schema) => anyOf(items, listOf(items));
const mapOf = (values: Schema) => ({ type: "object", additionalProperties: values });

/** Shapes that the rest of the schema is made of, too. */
export const shapes = {
  text,
  /** Where text is meant, a number or flag counts as it is typed. */
  value,
  flag: anyOf({ type: "boolean" }, template),
  texts: oneOrMore(text),
  references: oneOrMore(text),
};

export function fieldSchema(field: Field): Schema {
  return field.type === "choice"
    ? anyOf({ enum: field.choices ?? [] }, template)
    : fieldSchemas[field.type];
}

const targetInput = {
  type: "object",
  properties: { target: shapes.references, as: text },
  required: ["target"],
  additionalProperties: false,
};

const seconds = anyOf({ type: "number" }, template);

const service = {
  type: "object",
  properties: {
    port: anyOf({ type: "integer", minimum: 1, maximum: 65_535 }, template),
    ready: {
      type: "object",
      properties: { http: text, tcp: { const: true }, exec: listOf(text), timeout: seconds },
      additionalProperties: false,
      allOf: [
        { not: { required: ["http", "tcp"] } },
        { not: { required: ["http", "exec"] } },
        { not: { required: ["tcp", "exec"] } },
      ],
    },
    command: listOf(text),
    env: mapOf(value),
  },
  required: ["port"],
  additionalProperties: false,
};

const fieldSchemas: { readonly [T in FieldType]: Schema } = {
  string: text,
  strings: shapes.texts,
  tags: shapes.texts,
  number: anyOf({ type: "number" }, template),
  flag: shapes.flag,
  choice: text,
  map: mapOf(value),
  path: text,
  paths: shapes.texts,
  given: text,
  output: text,
  outputs: shapes.texts,
  destination: text,
  command: anyOf({ type: "string" }, { ...listOf(text), minItems: 1 }),
  target: text,
  targets: shapes.references,
  inputs: oneOrMore(anyOf(text, targetInput)),
  laid: mapOf(shapes.references),
  pathOrTargets: anyOf(text, targetInput),
  globsOrTargets: oneOrMore(anyOf(text, targetInput)),
  images: mapOf(text),
  secrets: mapOf({ type: "string", pattern: "^\\$\\{[^}]*\\}$" }),
  alternatives: { ...listOf({ $ref: "#/definitions/alternative" }), minItems: 1 },
  service,
};
