/** The OpenAPI 3.1 document, made of the same declarations that requests are checked with. */
import { z } from "zod";
import type { AnswerShape, BodyShape, RouteShape } from "./route.ts";
import { failure } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

export function openApiDocument(routes: readonly RouteShape[]): Json {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(route, components);
    paths[route.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "tbuild serve",
      version: "1",
      description: "Objects of answers may get more keys in time; those that there are stay.",
    },
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

/** Schemas that have a name stand in the document once. */
class Components {
  readonly schemas: Record<string, Json> = {};

  /** As what is sent, not as what is made of it: keys that have a default may be left out. */
  of(schema: z.ZodType): Json {
    const { $schema, $defs = {}, ...own } = inPlace(z.toJSONSchema(schema, { io: "input" }));
    for (const [name, each] of Object.entries($defs as Record<string, Json>)) {
      this.schemas[name] = withoutId(each);
    }
    const { id, ...plain } = own;
    if (typeof id !== "string") return plain;
    this.schemas[id] = plain;
    return { $ref: `#/components/schemas/${id}` };
  }
}

const inPlace = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

const withoutId = ({ id, ...schema }: Json): Json => schema;

function operation(route: RouteShape, components: Components): Json {
  const { summary, scope, params, query, body } = route;
  const parameters = [
    ...parametersOf("path", params, components),
    ...parametersOf("query", query, components),
  ];
  return {
    summary,
    operationId: operationId(route),
    ...(scope === "anyone" ? { security: [] } : { security: [{ token: [scope] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, components) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, shape]) => [
          status,
          response(shape, components),
        ]),
      ),
      default: response({ what: "Why it was refused", schema: failure }, components),
    },
  };
}

/** `get-runs-run-log` */
const operationId = ({ method, path }: RouteShape): string =>
  [method.toLowerCase(), ...(path.replace("/api/v1", "").match(/\w+/g) ?? [])].join("-");

function parametersOf(
  place: "path" | "query",
  schema: z.ZodType | undefined,
  components: Components,
): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = components.of(schema) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, each]) => {
    return { name, in: place, required: required.includes(name), schema: each };
  });
}

function requestBody<B>(body: BodyShape<B>, components: Components): Json {
  const content =
    body.kind === "json"
      ? { "application/json": { schema: components.of(body.schema) } }
      : { [body.type]: {} };
  return { required: true, content };
}

function response(shape: AnswerShape, components: Components): Json {
  const type = "type" in shape ? shape.type : "application/json";
  const content = { [type]: shape.schema ? { schema: components.of(shape.schema) } : {} };
  return { description: shape.what, content };
}
