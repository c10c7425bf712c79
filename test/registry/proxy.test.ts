/** Registries behind a proxy: the way that requests take, and who sees which credentials. */
import type { createServer } from "node:http";
import https from "node:https";
import { manifestDigest, readManifest } from "../../src/registry/manifests.ts";
import type { Place } from "../../src/registry/place.ts";
import { sendBlob } from "../../src/registry/send-blob.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs, randomBytes } from "../support/fleet-images.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { certificate } from "./certificates.ts";
import { clientOf, FakeClock, problemOf, signal } from "./room.ts";
import { SmallProxy } from "./small-proxy.ts";

/** No name of this machine: only the proxy knows where it leads. */
const host = "registry.example:5443";
const credentials = { username: "me", password: "s3cret" };
const proxyLogin = `Basic ${Buffer.from("proxy:p@ss").toString("base64")}`;

let registry: FakeRegistry;
let proxy: SmallProxy;

afterEach(async () => {
  await proxy.close();
  await registry.close();
});

async function start(create?: ConstructorParameters<typeof FakeRegistry>[0]): Promise<void> {
  registry = new FakeRegistry(create);
  await registry.listen();
  proxy = new SmallProxy();
  await proxy.listen(Number(registry.host.split(":")[1]));
}

/** @returns a folder with its certificate, as the engine keeps them */
async function startWithTls(name: string, shown = host): Promise<string> {
  const own = certificate(name);
  const create = (listener: Parameters<typeof createServer>[1]) =>
    https.createServer(own, listener as never);
  await start(create as never);
  const folder = temporaryFolder();
  writeFiles(folder, {
    [`${shown.replace("PORT", registry.host.split(":")[1] ?? "")}/ca.crt`]: own.cert,
  });
  return folder;
}

const placeOf = (options: Parameters<typeof clientOf>[1], at = host): Place => ({
  client: clientOf(at, options),
  repository: "team/web",
  signal,
});

const throughProxy = () => ({ https_proxy: `http://proxy:p%40ss@${proxy.host}` });

async function send(place: Place): Promise<string> {
  const source = new FakeBlobs();
  const blob = source.add(randomBytes(`blob*${3 << 20}`), "application/octet-stream");
  await sendBlob(place, { blob, source, onProgress: () => undefined });
  return blob.digest;
}

test("a registry with TLS is reached through the proxy, which sees where it goes and nothing else", async () => {
  const folder = await startWithTls("DNS:registry.example");
  registry.auth = { kind: "basic", ...credentials };
  const environment = throughProxy();
  const place = placeOf({ environment, credentials, certificateFolders: [folder] });
  const digest = await send(place);
  expect(registry.stored.get(digest)).toBe(1);
  expect(new Set(proxy.seen.map(({ asked }) => asked))).toEqual(new Set([`CONNECT ${host}`]));
  expect(proxy.seen.map(({ headers }) => headers["proxy-authorization"])).toEqual(
    proxy.seen.map(() => proxyLogin),
  );
  expect(proxy.seen.some(({ headers }) => "authorization" in headers)).toBe(false);
  // Longer than what chance makes of bytes that nobody can read.
  expect(proxy.through).not.toMatch(/authorization|\/v2\/\w+\/|HTTP\/1\.1/i);
});

test("what is for the proxy goes to the proxy only, and connections through it are kept", async () => {
  const folder = await startWithTls("DNS:registry.example");
  registry.auth = { kind: "basic", ...credentials };
  const place = placeOf({ environment: throughProxy(), credentials, certificateFolders: [folder] });
  for (const tag of ["1", "2", "3"]) await readManifest(place, tag);
  expect(registry.seen.some(({ headers }) => "proxy-authorization" in headers)).toBe(false);
  expect(JSON.stringify(registry.seen.map(({ headers }) => headers))).not.toContain(
    proxyLogin.split(" ")[1],
  );
  expect(registry.seen).toHaveLength(4);
  expect(proxy.seen).toHaveLength(1);
});

test.each(["no_proxy", "NO_PROXY"])("what `%s` names is reached directly", async (name) => {
  // Leads to this machine, and is no name of it.
  const folder = await startWithTls("IP:0.0.0.0", "0.0.0.0:PORT");
  const at = registry.host.replace("127.0.0.1", "0.0.0.0");
  const environment = { ...throughProxy(), [name]: "other.example,0.0.0.0" };
  await manifestDigest(placeOf({ environment, certificateFolders: [folder] }, at), "1");
  expect(registry.seen).toHaveLength(1);
  expect(proxy.seen).toEqual([]);
});

test("this machine is never behind a proxy", async () => {
  await start();
  const all = `http://${proxy.host}`;
  const environment = { HTTPS_PROXY: all, HTTP_PROXY: all, ALL_PROXY: all };
  await manifestDigest(placeOf({ environment }, registry.host), "1");
  expect(proxy.seen).toEqual([]);
});

test("a registry without TLS is asked by way of the other proxy, and TLS is not tried", async () => {
  await start();
  const environment = { ...throughProxy(), HTTP_PROXY: `http://proxy:p%40ss@${proxy.host}` };
  await manifestDigest(placeOf({ environment, insecure: true }), "1");
  expect(proxy.seen.map(({ asked }) => asked)).toEqual([
    `HEAD http://${host}/v2/team/web/manifests/1`,
  ]);
  expect(proxy.seen.map(({ headers }) => headers["proxy-authorization"])).toEqual([proxyLogin]);
  expect(registry.seen.map(({ headers }) => headers.host)).toEqual([host]);
});

test.each([
  [
    407,
    0,
    "wants a login for `HOST`; write its credentials into `HTTPS_PROXY`, as in `http://USER:PASSWORD@PROXY`",
  ],
  [503, 2, "answers 503 for `HOST`; check `HTTPS_PROXY` and `NO_PROXY`, and that the proxy runs"],
])("a proxy that answers %i is told, without its password", async (status, waits, words) => {
  await start();
  proxy.refusal = status;
  const clock = new FakeClock();
  const told = await problemOf(
    manifestDigest(placeOf({ environment: throughProxy(), clock }), "1"),
  );
  expect(told.replaceAll(host, "HOST").replaceAll(proxy.host, "PROXY")).toBe(
    `cannot look for \`HOST/team/web:1\`: proxy \`PROXY\` ${words}`,
  );
  expect(clock.waits).toHaveLength(waits);
});

test("a proxy that is not there is told, and not taken for the registry", async () => {
  await start();
  const environment = throughProxy();
  const shown = proxy.host;
  await proxy.close();
  const told = await problemOf(manifestDigest(placeOf({ environment }), "1"));
  expect(told.replaceAll(host, "HOST").replaceAll(shown, "PROXY")).toBe(
    "cannot look for `HOST/team/web:1`: proxy `PROXY` refuses connections for `HOST`; check `HTTPS_PROXY` and `NO_PROXY`, and that the proxy runs",
  );
  proxy = new SmallProxy();
  await proxy.listen(1);
});
