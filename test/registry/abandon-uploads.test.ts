/** Uploads that are not gone on with are deleted in the registry. */
import { sendBlob } from "../../src/registry/send-blob.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs, randomBytes } from "../support/fleet-images.ts";
import type { Fault } from "../support/registry-traffic.ts";
import { clientOf, startRegistry } from "./room.ts";

const large = 3 << 20;

/** Sends one blob of random bytes, and waits for its end, whatever that is. */
async function send(registry: FakeRegistry, signal = new AbortController().signal) {
  const source = new FakeBlobs();
  const blob = source.add(randomBytes(`blob*${large}`), "application/octet-stream");
  const place = { client: clientOf(registry.host, { patience: 200 }), repository: "a/b", signal };
  await sendBlob(place, { blob, source, onProgress: () => undefined }).catch(() => undefined);
  return registry.stored.get(blob.digest);
}

function failing(registry: FakeRegistry, pattern: RegExp, faults: readonly Fault[]): void {
  const left = [...faults];
  registry.plan = ({ method, path }) =>
    pattern.test(`${method} ${path}`) ? left.shift() : undefined;
}

test("an upload that is refused is deleted", async () => {
  const registry = await startRegistry();
  failing(registry, /^PATCH/, [{ kind: "status", status: 403 }]);
  expect(await send(registry)).toBeUndefined();
  expect(registry.requests(/^DELETE/)).toHaveLength(1);
  expect(registry.uploads).toBe(0);
});

test("an upload that is interrupted is deleted", async () => {
  const registry = await startRegistry();
  const stop = new AbortController();
  registry.plan = ({ method }) => {
    if (method !== "PATCH") return undefined;
    stop.abort();
    return { kind: "stall" };
  };
  expect(await send(registry, stop.signal)).toBeUndefined();
  expect(registry.uploads).toBe(0);
});

test("an upload that cannot be gone on with is deleted, while the blob comes by another", async () => {
  const registry = await startRegistry();
  registry.resumes = false;
  failing(registry, /^PATCH/, [{ kind: "torn", after: 1 << 20 }]);
  expect(await send(registry)).toBe(1);
  expect(registry.requests(/^DELETE/)).toHaveLength(1);
  expect(registry.uploads).toBe(0);
});

test("where all went well nothing is deleted", async () => {
  const registry = await startRegistry();
  expect(await send(registry)).toBe(1);
  expect(registry.requests(/^DELETE/)).toEqual([]);
});

test("a registry that does not answer to the deletion is not waited for", async () => {
  const registry = await startRegistry();
  registry.plan = ({ method }) =>
    method === "PATCH"
      ? { kind: "status", status: 403 }
      : method === "DELETE"
        ? { kind: "stall" }
        : undefined;
  expect(await send(registry)).toBeUndefined();
});

test("with tokens, the right to delete is asked for", async () => {
  const registry = await startRegistry();
  registry.auth = { kind: "token" };
  failing(registry, /^PATCH/, [{ kind: "status", status: 403 }]);
  await send(registry);
  expect(registry.uploads).toBe(0);
});
