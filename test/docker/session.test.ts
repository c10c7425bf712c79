import { bytesField, numberField, readFields, text } from "../../src/docker/protobuf.ts";
import { openSession, type Session } from "../../src/docker/session.ts";
import type { Credentials } from "../../src/model/credentials.ts";
import { type EngineSession, type FakeBuilder, startFakeBuilder } from "./fake-builder.ts";

const logins: Record<string, Credentials> = {
  "ghcr.io": { username: "anna", password: "pä" },
  "registry.example": { identityToken: "t0ken" },
};

const lookup = async (host: string) => {
  if (host === "broken.example") throw new Error("credential helper `x` failed");
  return logins[host];
};

let builder: FakeBuilder;
let session: Session;
let caller: EngineSession;

beforeEach(async () => {
  builder = await startFakeBuilder(({ response }) => response.writeHead(404).end());
  const secrets = new Map([["token", Buffer.alloc(200_000, "s")]]);
  session = await openSession(
    builder.engine,
    { credentials: lookup, secrets },
    new AbortController().signal,
  );
  caller = builder.sessions[0] as EngineSession;
});

afterEach(async () => {
  session.close();
  await builder.stop();
});

async function credentialsOf(host: string) {
  const path = "/moby.filesync.v1.Auth/Credentials";
  const { status, message, answer } = await caller.call(path, bytesField(1, host));
  const fields: Record<number, string> = {};
  readFields(answer ?? Buffer.alloc(0), (field, value) => {
    fields[field] = text(value);
  });
  return { status, message, username: fields[1], secret: fields[2] };
}

test("the engine is told the session's id and what it can be asked", () => {
  expect(caller.headers["x-docker-expose-session-uuid"]).toEqual([session.id]);
  expect(caller.headers["x-docker-expose-session-grpc-method"]).toContain(
    "/moby.buildkit.secrets.v1.Secrets/GetSecret",
  );
});

test("each registry gets its own credentials, and only those", async () => {
  expect(await credentialsOf("ghcr.io")).toMatchObject({ username: "anna", secret: "pä" });
  expect(await credentialsOf("registry.example")).toMatchObject({ secret: "t0ken" });
  const none = await credentialsOf("elsewhere.example");
  expect(none).toEqual({ status: "0", message: undefined, username: undefined, secret: undefined });
});

test("a lookup that fails is told to the engine, with its reason", async () => {
  const { status, message } = await credentialsOf("broken.example");
  expect(status).toBe("2");
  expect(decodeURIComponent(String(message))).toBe("credential helper `x` failed");
});

test("a secret larger than HTTP/2's window arrives whole", async () => {
  const path = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
  const { status, answer } = await caller.call(path, bytesField(1, "token"));
  expect(status).toBe("0");
  expect(answer?.equals(bytesField(1, Buffer.alloc(200_000, "s")))).toBe(true);
});

test("an unknown secret is not found", async () => {
  const path = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
  expect((await caller.call(path, bytesField(1, "other"))).status).toBe("5");
});

test("the session says that it is alive", async () => {
  const { answer } = await caller.call("/grpc.health.v1.Health/Check", Buffer.alloc(0));
  expect(answer).toEqual(numberField(1, 1));
});

test("the engine is left to fetch tokens by itself", async () => {
  const path = "/moby.filesync.v1.Auth/FetchToken";
  expect((await caller.call(path, Buffer.alloc(0))).status).toBe("12");
});

test("a request that is no protobuf does not end the session", async () => {
  const path = "/moby.filesync.v1.Auth/Credentials";
  expect((await caller.call(path, Buffer.from([0x0b]))).status).toBe("2");
  expect(await credentialsOf("ghcr.io")).toMatchObject({ status: "0" });
});

test("a closed session leaves no connection", async () => {
  session.close();
  await caller.closed;
  expect(await builder.connections()).toBe(0);
});

test("an engine that is away is told by the system's error", async () => {
  const gone = await startFakeBuilder(() => {});
  await gone.stop();
  const { signal } = new AbortController();
  const services = { credentials: lookup, secrets: new Map() };
  await expect(openSession(gone.engine, services, signal)).rejects.toMatchObject({
    code: "ENOENT",
  });
});
