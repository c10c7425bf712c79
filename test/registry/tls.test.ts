import type { createServer } from "node:http";
import https from "node:https";
import { manifestDigest } from "../../src/registry/manifests.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { certificate } from "./certificates.ts";
import { clientOf, problemOf, signal } from "./room.ts";

let registry: FakeRegistry;
let own: ReturnType<typeof certificate>;

async function start(more: https.ServerOptions = {}): Promise<void> {
  own = certificate();
  const create = (listener: Parameters<typeof createServer>[1]) =>
    https.createServer({ ...own, ...more }, listener as never);
  registry = new FakeRegistry(create as never);
  await registry.listen();
}

afterEach(() => registry.close());

const look = (folder: string) =>
  manifestDigest(
    {
      client: clientOf(registry.host, { certificateFolders: [folder] }),
      repository: "team/web",
      signal,
    },
    "1",
  );

test("the authority that is kept for a host is trusted", async () => {
  await start();
  const folder = temporaryFolder();
  writeFiles(folder, { [`${registry.host}/ca.crt`]: own.cert });
  expect(await look(folder)).toBeUndefined();
});

test("the certificate that is kept for a host is shown to it", async () => {
  const caller = certificate();
  await start({ requestCert: true, rejectUnauthorized: true, ca: [caller.cert] });
  const folder = temporaryFolder();
  writeFiles(folder, {
    [`${registry.host}/ca.crt`]: own.cert,
    [`${registry.host}/client.cert`]: caller.cert,
    [`${registry.host}/client.key`]: caller.key,
  });
  expect(await look(folder)).toBeUndefined();
});

test("a certificate that nobody vouches for is told at once, and nothing is said without TLS", async () => {
  await start();
  expect((await problemOf(look(temporaryFolder()))).replaceAll(registry.host, "HOST")).toBe(
    "cannot look for `HOST/team/web:1`: no secure connection to `HOST`: self-signed certificate; put the CA of `HOST` into `/etc/docker/certs.d/HOST/ca.crt`, or name it in `SSL_CERT_FILE`",
  );
  expect(registry.seen).toEqual([]);
});
