/** What is told when a registry does not do what it is asked, word for word. */

import { lostConnection } from "../../src/registry/lost-connection.ts";
import { readManifest } from "../../src/registry/manifests.ts";
import type { Place } from "../../src/registry/place.ts";
import { sendBlob } from "../../src/registry/send-blob.ts";
import { FakeBlobs, randomBytes } from "../support/fleet-images.ts";
import type { Fault } from "../support/registry-traffic.ts";
import { clientOf, FakeClock, problemOf, signal, startRegistry } from "./room.ts";

type Options = Parameters<typeof clientOf>[1];

const placeOf = (host: string, options: Options = {}): Place => ({
  client: clientOf(host, options),
  repository: "team/web",
  signal,
});

/** Asks for a tag. @returns what is told, without the port */
async function asked(host: string, options: Options = {}): Promise<string> {
  const told = await problemOf(readManifest(placeOf(host, options), "1"));
  return told.replaceAll(host, "HOST");
}

const me = { username: "me", password: "pw" };

type Failure = Omit<Fault & { kind: "status" }, "kind">;

const noLogin = { status: 401, error: ["UNAUTHORIZED", "authentication required"] } as const;
const denied = { status: 403, error: ["DENIED", "requested access\n is denied"] } as const;
const full = { status: 403, error: ["DENIED", "adding 5 MiB exceeds the storage quota"] } as const;
const unknown = { status: 400, error: ["NAME_UNKNOWN", "no `web` here"] } as const;

test.each<[string, Failure, Options, string]>([
  [
    "a login that is wanted",
    noLogin,
    {},
    "`HOST` wants a login (401: `authentication required`); log in with `docker login HOST`",
  ],
  [
    "access that nobody has without a login",
    denied,
    {},
    "`HOST` denies access (403: `requested access is denied`); log in with `docker login HOST`, by an account that has access to `team/web`",
  ],
  [
    "a quota that is used up",
    full,
    {},
    "`HOST` has no room left (403: `adding 5 MiB exceeds the storage quota`); make room for `team/web` at `HOST`",
  ],
  [
    "a disk that is full",
    { status: 507 },
    {},
    "`HOST` has no room left (507); make room for `team/web` at `HOST`",
  ],
  [
    "what is too large",
    { status: 413 },
    {},
    "`HOST` takes nothing so large (413); raise the largest request that `HOST`, or the proxy before it, takes",
  ],
  [
    "a repository that is unknown",
    unknown,
    {},
    "`HOST` knows no `team/web` (400: `no 'web' here`); check that `HOST` has `team/web`; some registries want it created first",
  ],
  [
    "any other refusal",
    { status: 405, error: ["UNSUPPORTED", ""] },
    {},
    "`HOST` refuses (405: `UNSUPPORTED`); see the log of the registry",
  ],
])("%s: told with what to do", async (_, failure, options, message) => {
  const registry = await startRegistry();
  registry.plan = () => ({ kind: "status", ...failure });
  const told = await asked(registry.host, options);
  expect(told).toBe(`cannot read \`HOST/team/web:1\`: ${message}`);
  expect(registry.seen).toHaveLength(1);
});

test("credentials that are refused are told with how to log in", async () => {
  const registry = await startRegistry();
  registry.auth = { kind: "basic", ...me };
  expect(await asked(registry.host, { credentials: { ...me, password: "old" } })).toBe(
    "cannot read `HOST/team/web:1`: `HOST` refuses the credentials (401: `unauthorized`); log in again with `docker login HOST`",
  );
});

test("an account without access is told with what it lacks", async () => {
  const registry = await startRegistry();
  registry.auth = { kind: "basic", ...me };
  let asks = 0;
  registry.plan = () => (asks++ === 0 ? undefined : { kind: "status", ...denied });
  expect(await asked(registry.host, { credentials: me })).toBe(
    "cannot read `HOST/team/web:1`: `HOST` denies access (403: `requested access is denied`); check that your account at `HOST` has access to `team/web`",
  );
});

test("an upload to what is not there is told with what to check", async () => {
  const registry = await startRegistry();
  registry.plan = () => ({ kind: "status", status: 404 });
  const source = new FakeBlobs();
  const blob = source.add(randomBytes(`a*${3 << 20}`), "x");
  const sent = sendBlob(placeOf(registry.host), { blob, source, onProgress: () => undefined });
  expect((await problemOf(sent)).replaceAll(registry.host, "HOST")).toBe(
    "cannot begin an upload in `HOST/team/web`: `HOST` has no such thing (404); check that `HOST` has `team/web`; some registries want it created first",
  );
});

test.each<[string, Failure, string]>([
  [
    "limits that are not lifted",
    { status: 429, error: ["TOOMANYREQUESTS", "slow down"] },
    "`HOST` limits requests (429: `slow down`); wait, or log in with `docker login HOST`: many registries allow more then",
  ],
  [
    "a registry that fails time after time",
    { status: 503 },
    "`HOST` fails (503); try again later, or see the log of `HOST`",
  ],
  [
    "a storage that is full",
    { status: 500, error: ["UNKNOWN", "write: no space left on device"] },
    "`HOST` has no room left (500: `write: no space left on device`); make room for `team/web` at `HOST`",
  ],
])("%s: told with what to do, after eight tries", async (_, failure, message) => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  registry.plan = () => ({ kind: "status", ...failure });
  expect(await asked(registry.host, { clock })).toBe(`cannot read \`HOST/team/web:1\`: ${message}`);
  expect(clock.waits).toHaveLength(7);
});

test("a pause that is too long is told and not waited for", async () => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  registry.plan = () => ({ kind: "status", status: 429, retryAfter: "601" });
  expect(await asked(registry.host, { clock })).toBe(
    "cannot read `HOST/team/web:1`: `HOST` limits requests for another 11 min (429); wait, or log in with `docker login HOST`: many registries allow more then",
  );
  expect(clock.waits).toEqual([]);
});

test("a registry that nobody answers for is told after three tries", async () => {
  const clock = new FakeClock();
  const registry = await startRegistry();
  const { host } = registry;
  await registry.close();
  expect(await asked(host, { clock })).toBe(
    "cannot read `HOST/team/web:1`: `HOST` refuses connections; check that `HOST` can be reached, and try again",
  );
  expect(clock.waits).toHaveLength(2);
});

test("a host that has no address is told", async () => {
  expect(await asked("registry.invalid:5000")).toBe(
    "cannot read `HOST/team/web:1`: host of `HOST` was not found; check the name of the registry, and the network",
  );
});

test.each<[string, Fault, string]>([
  ["cuts connections", { kind: "reset" }, "broke the connection off"],
  ["falls silent", { kind: "stall" }, "was silent for 0.1 s"],
])("a registry that %s", async (_, fault, words) => {
  const registry = await startRegistry();
  let asks = 0;
  registry.plan = () => (asks++ === 0 ? undefined : fault);
  const place = placeOf(registry.host, { patience: 100, tries: 2 });
  await readManifest(place, "1");
  expect((await problemOf(readManifest(place, "1"))).replaceAll(registry.host, "HOST")).toBe(
    `cannot read \`HOST/team/web:1\`: \`HOST\` ${words}; check that \`HOST\` can be reached, and try again`,
  );
  expect(asks).toBe(3);
});

test("a registry without TLS where it is expected is told at once", async () => {
  const registry = await startRegistry();
  // Leads to this machine, and is no name of it.
  const host = registry.host.replace("127.0.0.1", "0.0.0.0");
  const clock = new FakeClock();
  expect(await asked(host, { clock })).toBe(
    'cannot read `HOST/team/web:1`: `HOST` speaks no TLS; if it should not, say so in the target file: `registries: { "HOST": { insecure: true } }`',
  );
  expect(clock.waits).toEqual([]);
});

test.each([
  ["CERT_NOT_YET_VALID", "certificate is not yet valid"],
  ["CERT_HAS_EXPIRED", "certificate has expired"],
])("a certificate that is of another time is told with the clock: %s", (code, message) => {
  const attempt = { host: "r.example", repository: "team/web", doing: "read it" };
  const problem = lostConnection(Object.assign(new Error(message), { code }), attempt, "r.example");
  expect(problem?.diagnostic).toEqual({
    code: "registry-untrusted",
    blame: "surroundings",
    message: `cannot read it: no secure connection to \`r.example\`: ${message}`,
    hint: "check the clock of this machine, and the certificate of `r.example`",
  });
});
