import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { temporaryFolder } from "../../support/folder.ts";
import { anInventory, aRun, aTarget } from "./support/fake-core.ts";
import { type HttpRoom, startHttp, tokens } from "./support/http-room.ts";

type Json = Record<string, unknown>;
interface Operation {
  readonly responses: Record<string, { content: Record<string, { schema?: Json }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

const token = tokens.admin;
const asJson = { "content-type": "application/json" };
const runs = [
  aRun(),
  aRun({ id: "a1", cause: { kind: "schedule", cron: "0 3 * * *" }, state: "queued" }),
  aRun({ id: "a2", cause: { kind: "request", by: "anna" }, state: "running", attempts: 2 }),
  aRun({ id: "a3", cause: { kind: "retry", of: "a2", by: "anna" }, problem: "git is gone" }),
  aRun({ id: "a4", state: "replaced", replacedBy: "a3" }),
];
const id = "a2";

/** For each operation of the document a request that it answers with success. */
const requests: Readonly<Record<string, (room: HttpRoom) => ReturnType<HttpRoom["ask"]>>> = {
  "get /api/v1/runs": (room) => room.ask("/api/v1/runs?limit=4", { token }),
  "post /api/v1/runs": (room) =>
    room.ask("/api/v1/runs", {
      method: "POST",
      token,
      headers: asJson,
      body: '{"repository":"shop"}',
    }),
  "get /api/v1/runs/{run}": (room) => room.ask(`/api/v1/runs/${id}`, { token }),
  "get /api/v1/runs/{run}/targets": (room) => room.ask(`/api/v1/runs/${id}/targets`, { token }),
  "get /api/v1/runs/{run}/graph": (room) => room.ask(`/api/v1/runs/${id}/graph`, { token }),
  "get /api/v1/runs/{run}/log": (room) => room.ask(`/api/v1/runs/${id}/log`, { token }),
  "get /api/v1/runs/{run}/targets/{target}/log": (room) =>
    room.ask(`/api/v1/runs/${id}/targets/images%5Bagent%5D/log`, { token }),
  "get /api/v1/runs/{run}/events": (room) =>
    room.ask(`/api/v1/runs/${id}/events`, { method: "HEAD", token }),
  "get /api/v1/events": (room) => room.ask("/api/v1/events", { method: "HEAD", token }),
  "post /api/v1/runs/{run}/cancel": (room) =>
    room.ask(`/api/v1/runs/${id}/cancel`, { method: "POST", token }),
  "post /api/v1/runs/{run}/retry": (room) =>
    room.ask(`/api/v1/runs/${id}/retry`, { method: "POST", token }),
  "get /api/v1/repositories": (room) => room.ask("/api/v1/repositories", { token }),
  "get /api/v1/repositories/{repository}/inventory": (room) =>
    room.ask("/api/v1/repositories/shop/inventory", { token }),
  "get /api/v1/inventory": (room) => room.ask("/api/v1/inventory", { token }),
  "get /api/v1/repositories/{repository}/pushed": (room) =>
    room.ask("/api/v1/repositories/shop/pushed", { token }),
  "get /api/v1/config": (room) => room.ask("/api/v1/config", { token }),
  "put /api/v1/config": (room) =>
    room.ask("/api/v1/config", { method: "PUT", token, body: "read: token\n" }),
  "get /api/v1/openapi.json": (room) => room.ask("/api/v1/openapi.json"),
  "post /hooks/{repository}": (room) =>
    room.ask("/hooks/lab", {
      method: "POST",
      headers: { "x-gitlab-token": "correct horse battery staple", "x-gitlab-event": "Push Hook" },
      body: '{"ref":"refs/heads/main"}',
    }),
  "get /healthz": (room) => room.ask("/healthz"),
  "get /readyz": (room) => room.ask("/readyz"),
  "get /metrics": (room) => room.ask("/metrics", { token }),
  "get /badges/{repository}.svg": (room) => room.ask("/badges/shop.svg", { token }),
};

async function fullRoom(): Promise<HttpRoom> {
  const room = await startHttp();
  room.core.runs = runs;
  room.core.images = [anInventory()];
  room.core.targets.set(id, [aTarget(), aTarget({ name: "install", state: "waiting", needs: [] })]);
  const file = path.join(temporaryFolder({ log: "text" }), "log");
  for (const name of [id, `${id} images[agent]`]) {
    room.core.logs.set(name, { path: file, bytes: 4, isGrowing: false });
  }
  return room;
}

async function documentOf(room: HttpRoom): Promise<Document> {
  return (await room.ask("/api/v1/openapi.json")).json;
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      operation,
    })),
  );

/** The schema with no other keys allowed than those it names: what nobody declared shows. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.entries(schema).map(([key, value]) => [key, strict(value)]);
  const own = Object.fromEntries(inner);
  return "properties" in own ? { additionalProperties: false, ...own } : own;
}

/** Compiling takes long, and the document is always the same one. */
let ajv: Ajv2020 | undefined;

function validator({ components }: Document, schema: Json) {
  const inPlace = (each: unknown) =>
    JSON.parse(JSON.stringify(strict(each)).replaceAll("#/components/schemas/", "all#/$defs/"));
  ajv ??= new Ajv2020({ strict: false, validateFormats: false }).addSchema(
    inPlace({ $defs: components.schemas }),
    "all",
  );
  return ajv.compile(inPlace(schema));
}

test("the document names all operations that are tried below", async () => {
  const names = operationsOf(await documentOf(await fullRoom())).map(({ name }) => name);
  expect(names.sort()).toEqual(Object.keys(requests).sort());
});

test.each(Object.keys(requests))("%s is answered as the document says", async (name) => {
  const room = await fullRoom();
  const document = await documentOf(room);
  const operation = operationsOf(document).find((each) => each.name === name)?.operation;
  const reply = await requests[name]?.(room);
  expect(room.bugs).toEqual([]);
  const declared = operation?.responses[String(reply?.status)]?.content;
  const type = String(reply?.headers["content-type"]).split(";")[0] as string;
  expect(Object.keys(declared ?? {})).toEqual([type]);
  const { schema } = declared?.[type] ?? {};
  if (type !== "application/json" || schema === undefined) return;
  const validate = validator(document, schema);
  expect([validate(reply?.json), validate.errors]).toEqual([true, null]);
});

test("refusals are as the document says, whatever was asked", async () => {
  const room = await fullRoom();
  const document = await documentOf(room);
  for (const { name, operation } of operationsOf(document)) {
    const schema = operation.responses["default"]?.content["application/json"]?.schema;
    const validate = validator(document, schema as Json);
    const [method = "", place = ""] = name.split(" ");
    const path = place.replaceAll(/\{\w+\}/g, "%20none");
    // What has no name to be wrong in is asked for by nobody.
    const own = path === place ? {} : { token };
    const { status, json } = await room.ask(path, { method: method.toUpperCase(), ...own });
    if (status < 400) continue;
    expect([name, validate(json), validate.errors]).toEqual([name, true, null]);
  }
});

test("events of live streams are as the document says", async () => {
  const room = await fullRoom();
  const document = await documentOf(room);
  const { schema } =
    document.paths["/api/v1/events"]?.["get"]?.responses["200"]?.content["text/event-stream"] ?? {};
  const validate = validator(document, schema as Json);
  for (const event of [
    { id: 1, kind: "run-changed", run: aRun() },
    { id: 2, kind: "target-changed", run: id, target: aTarget() },
    { id: 3, kind: "log-grown", run: id, bytes: 7 },
    { id: 4, kind: "config-changed" },
  ]) {
    expect([event.kind, validate(event), validate.errors]).toEqual([event.kind, true, null]);
  }
  expect(validate({ id: 5, kind: "other" })).toBe(false);
});

test("operations have names of their own, and say which scope they need", async () => {
  const document = await documentOf(await fullRoom());
  const all = operationsOf(document).map(
    ({ operation }) => operation as unknown as { operationId: string; security: Json[] },
  );
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  const cancel = document.paths["/api/v1/runs/{run}/cancel"]?.["post"];
  expect(cancel).toMatchObject({
    operationId: "post-runs-run-cancel",
    security: [{ token: ["run"] }],
    parameters: [{ name: "run", in: "path", required: true }],
  });
});
