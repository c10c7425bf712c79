import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { hasBlob, mountBlob } from "../../src/registry/blobs.ts";
import { manifestDigest, readManifest } from "../../src/registry/manifests.ts";
import type { Place } from "../../src/registry/place.ts";
import { sendBlob } from "../../src/registry/send-blob.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs, randomBytes } from "../support/fleet-images.ts";
import type { Fault } from "../support/registry-traffic.ts";
import { clientOf, FakeClock, problemOf, signal, startRegistry } from "./room.ts";

const placeOf = (client: Place["client"], repository = "team/web"): Place => ({
  client,
  repository,
  signal,
});

/** Sends one blob of random bytes. */
async function send(place: Place, size: number, source = new FakeBlobs()): Promise<string> {
  const blob = source.add(randomBytes(`blob*${size}`), "application/octet-stream");
  await sendBlob(place, { blob, source, onProgress: () => undefined });
  return blob.digest;
}

const large = 3 << 20;

/** Fails the requests that match, in their order. */
function failing(registry: FakeRegistry, pattern: RegExp, faults: readonly Fault[]): void {
  const left = [...faults];
  registry.plan = ({ method, path }) =>
    pattern.test(`${method} ${path}`) ? left.shift() : undefined;
}

test("a small blob is sent in one request", async () => {
  const registry = await startRegistry();
  const digest = await send(placeOf(clientOf(registry.host)), 1000);
  expect(registry.requests(/./)).toEqual([
    `POST /v2/team/web/blobs/uploads/?digest=${encodeURIComponent(digest)}`,
  ]);
  expect(registry.stored.get(digest)).toBe(1);
});

test("a registry that wants two requests is asked for one only once", async () => {
  const registry = await startRegistry();
  registry.onePost = false;
  const place = placeOf(clientOf(registry.host));
  const digests = [await send(place, 1000), await send(place, 1001)];
  expect(registry.requests(/./).map((each) => each.replace(/u\d.*|digest=.*/, "…"))).toEqual([
    "POST /v2/team/web/blobs/uploads/?…",
    "PUT /v2/team/web/blobs/uploads/…",
    "POST /v2/team/web/blobs/uploads/",
    "PUT /v2/team/web/blobs/uploads/…",
  ]);
  expect([...registry.stored]).toEqual(digests.map((digest) => [digest, 1]));
});

test("a large blob goes on where the connection broke", async () => {
  const registry = await startRegistry();
  failing(registry, /^PATCH/, [{ kind: "torn", after: 1 << 20 }]);
  const digest = await send(placeOf(clientOf(registry.host)), large);
  expect(registry.stored.get(digest)).toBe(1);
  const parts = registry.seen.filter(({ method }) => method === "PATCH");
  expect(parts.map(({ headers }) => headers["content-range"])).toEqual([
    `0-${large - 1}`,
    `${1 << 20}-${large - 1}`,
  ]);
});

test("where the registry cannot go on, the blob is sent from the start", async () => {
  const registry = await startRegistry();
  registry.resumes = false;
  failing(registry, /^PATCH/, [{ kind: "torn", after: 1 << 20 }]);
  const digest = await send(placeOf(clientOf(registry.host)), large);
  expect(registry.stored.get(digest)).toBe(1);
});

test("a blob whose last answer was lost is not sent again", async () => {
  const registry = await startRegistry();
  failing(registry, /^PUT/, [{ kind: "reset", done: true }]);
  const digest = await send(placeOf(clientOf(registry.host)), large);
  expect(registry.stored.get(digest)).toBe(1);
  expect(registry.requests(/^PATCH/)).toHaveLength(1);
});

test("who waits for the first answer goes on where the one who asked was cancelled", async () => {
  const registry = await startRegistry();
  const place = placeOf(clientOf(registry.host));
  const cancelled = new AbortController();
  registry.plan = ({ path }) => {
    if (!path.endsWith("/1")) return undefined;
    cancelled.abort(new Error("cancelled"));
    return { kind: "stall" };
  };
  const first = manifestDigest({ ...place, signal: cancelled.signal }, "1");
  const others = ["2", "3"].map((tag) => manifestDigest(place, tag));
  await expect(first).rejects.toThrow("cancelled");
  expect(await Promise.all(others)).toEqual([undefined, undefined]);
});

test("a stalled connection is given up and another one tried", async () => {
  const registry = await startRegistry();
  failing(registry, /^PATCH/, [{ kind: "stall" }]);
  const digest = await send(placeOf(clientOf(registry.host, { patience: 100 })), large);
  expect(registry.stored.get(digest)).toBe(1);
});

test("an upload that nobody reads is given up and begun again", async () => {
  const registry = await startRegistry();
  failing(registry, /^PATCH/, [{ kind: "unread" }]);
  // More than the systems on both sides keep for a connection.
  const digest = await send(placeOf(clientOf(registry.host, { patience: 200 })), 24 << 20);
  expect(registry.stored.get(digest)).toBe(1);
});

test("an answer that stops half-way is given up and asked for again", async () => {
  const registry = await startRegistry();
  const repository = registry.repository("team/web");
  repository.manifests.set("sha256:1", { type: "x", bytes: Buffer.from("{}") });
  repository.tags.set("1", "sha256:1");
  failing(registry, /^GET/, [{ kind: "halted" }]);
  const place = placeOf(clientOf(registry.host, { patience: 100 }));
  expect((await readManifest(place, "1"))?.bytes.toString()).toBe("{}");
  registry.plan = () => ({ kind: "halted" });
  const told = await problemOf(
    readManifest(placeOf(clientOf(registry.host, { patience: 50 })), "1"),
  );
  expect(told.replaceAll(registry.host, "HOST")).toBe(
    "cannot read `HOST/team/web:1`: `HOST` was silent for 0.05 s; check that `HOST` can be reached, and try again",
  );
});

test("bytes that are not what their digest says are not stored", async () => {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const blob = source.add(randomBytes(`right*${large}`), "x");
  source.bytes.set(blob.digest, randomBytes(`wrong*${large}`));
  const place = placeOf(clientOf(registry.host));
  const sent = sendBlob(place, { blob, source, onProgress: () => undefined });
  const wrong = source.add(randomBytes(`wrong*${large}`), "x").digest;
  expect(await problemOf(sent)).toBe(
    `cannot read \`${blob.digest}\`: its digest is \`${wrong}\`; make the image again with \`--force\``,
  );
  expect(registry.blobs.size).toBe(0);
});

test("a blob that is gone is told, and not tried again", async () => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  const source = new FakeBlobs();
  const blob = source.add(randomBytes("gone*10"), "x");
  source.bytes.clear();
  const place = placeOf(clientOf(registry.host, { clock }));
  expect(await problemOf(sendBlob(place, { blob, source, onProgress: () => undefined }))).toBe(
    `cannot read \`${blob.digest}\`: ${blob.digest} is not there; make the image again with \`--force\``,
  );
  expect(clock.waits).toEqual([]);
});

test("a blob is taken over from another repository, or the upload goes on that was begun instead", async () => {
  const registry = await startRegistry();
  const client = clientOf(registry.host);
  const digest = await send(placeOf(client, "base"), 1000);
  const place = placeOf(client);
  expect(await mountBlob(place, digest as `sha256:${string}`, "base")).toEqual({ mounted: true });
  expect(await hasBlob(place, digest as `sha256:${string}`)).toBe(true);
  registry.mounts = false;
  const other = await mountBlob(placeOf(client, "other"), digest as `sha256:${string}`, "base");
  expect(other).toEqual({ mounted: false, upload: expect.any(URL) });
});

test("waits grow, and a registry that says how long is waited for that long", async () => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  failing(registry, /./, [
    { kind: "status", status: 500 },
    { kind: "status", status: 503 },
    { kind: "status", status: 429, retryAfter: "7" },
    { kind: "reset" },
  ]);
  const place = placeOf(clientOf(registry.host, { clock }));
  expect(await manifestDigest(place, "1")).toBeUndefined();
  // Half of 500, 1000 and 8000 milliseconds; before the third try what the registry said, and half of 2000 spread by half.
  expect(clock.waits).toEqual([250, 500, 7500, 2000]);
});

test.each([
  ["seconds", () => "7"],
  ["a date", (now: number) => new Date(now + 7000).toUTCString()],
])("a pause that is told as %s is waited for", async (_, told) => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  clock.time = Date.parse("2026-03-04T05:06:07Z");
  const place = placeOf(clientOf(registry.host, { clock }));
  await manifestDigest(place, "1");
  failing(registry, /./, [{ kind: "status", status: 429, retryAfter: told(clock.time) }]);
  await manifestDigest(place, "1");
  // What the registry said, and half of 500 milliseconds spread by half.
  expect(clock.waits).toEqual([7125]);
});

test("a date that has passed is no pause", async () => {
  const registry = await startRegistry();
  const clock = new FakeClock();
  const retryAfter = new Date(clock.time - 5000).toUTCString();
  failing(registry, /./, [{ kind: "status", status: 503, retryAfter }]);
  await manifestDigest(placeOf(clientOf(registry.host, { clock })), "1");
  expect(clock.waits).toEqual([125]);
});

test("an answer that breaks off is asked for again", async () => {
  const registry = await startRegistry();
  const place = placeOf(clientOf(registry.host));
  registry
    .repository("team/web")
    .manifests.set("sha256:1", { type: "x", bytes: Buffer.from("{}") });
  registry.repository("team/web").tags.set("1", "sha256:1");
  failing(registry, /^GET/, [{ kind: "truncated" }]);
  expect((await readManifest(place, "1"))?.bytes.toString()).toBe("{}");
});

describe("credentials", () => {
  const credentials = { username: "me", password: "s3cret" };

  test("a password is sent when it is asked for, and not before", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "basic", ...credentials };
    await send(placeOf(clientOf(registry.host, { credentials })), large);
    const sent = registry.seen.map(({ headers }) => headers.authorization !== undefined);
    expect(sent).toEqual([false, true, true, true]);
  });

  test("requests that were sent together all log in", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "basic", ...credentials };
    const place = placeOf(clientOf(registry.host, { credentials }));
    const asked = ["sha256:1", "sha256:2", "sha256:3"] as const;
    expect(await Promise.all(asked.map((digest) => hasBlob(place, digest)))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each(["basic", "token"] as const)(
    "requests that were sent together hear from the answer to the first one what the login is (%s)",
    async (kind) => {
      const registry = await startRegistry();
      registry.auth = { kind, ...credentials };
      const place = placeOf(clientOf(registry.host, { credentials }));
      await Promise.all(["1", "2", "3"].map((tag) => manifestDigest(place, tag)));
      const head = (tag: string) => `HEAD /v2/team/web/manifests/${tag}`;
      expect(registry.requests(/HEAD/)[0]).toBe(head("1"));
      expect([...registry.requests(/HEAD/)].sort()).toEqual(["1", "1", "2", "3"].map(head));
      expect(registry.requests(/^(?!HEAD)/)).toHaveLength(kind === "token" ? 1 : 0);
      expect(registry.probed).toBe(0);
    },
  );

  test("without credentials the login is told of", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "basic", ...credentials };
    const told = await problemOf(manifestDigest(placeOf(clientOf(registry.host)), "1"));
    expect(told.replaceAll(registry.host, "HOST")).toBe(
      "cannot look for `HOST/team/web:1`: `HOST` wants a login (401); log in with `docker login HOST`",
    );
  });

  test("a token is fetched once for each right, and again when its time is over", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", ...credentials, life: 60 };
    const clock = new FakeClock();
    const place = placeOf(clientOf(registry.host, { credentials, clock }));
    await hasBlob(place, "sha256:1");
    await hasBlob(place, "sha256:2");
    expect(registry.requests(/token/)).toEqual([
      "GET /token?service=fake&scope=repository%3Ateam%2Fweb%3Apull%2Cpush",
    ]);
    clock.time += 56_000;
    await hasBlob(place, "sha256:3");
    expect(registry.requests(/token/)).toHaveLength(2);
  });

  test("a token that ends in the middle of an upload is replaced", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", ...credentials };
    failing(registry, /^(PATCH|PUT)/, [{ kind: "expired" }, { kind: "expired" }]);
    const digest = await send(placeOf(clientOf(registry.host, { credentials })), large);
    expect(registry.stored.get(digest)).toBe(1);
    expect(registry.requests(/token/)).toHaveLength(3);
  });

  test("a token that is refused before the bytes were read is replaced", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", ...credentials };
    failing(registry, /^PATCH/, [{ kind: "expired-early" }]);
    const digest = await send(placeOf(clientOf(registry.host, { credentials })), 24 << 20);
    expect(registry.stored.get(digest)).toBe(1);
    expect(registry.requests(/token/)).toHaveLength(2);
  });

  test("an identity token is exchanged, and sent to the token server only", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", identityToken: "identity" };
    const place = placeOf(clientOf(registry.host, { credentials: { identityToken: "identity" } }));
    await send(place, 1000);
    expect(registry.requests(/token/)).toEqual(["POST /token"]);
    const others = registry.seen.filter(({ path }) => path !== "/token");
    expect(JSON.stringify(others)).not.toContain("identity");
  });

  test("a wrong password is told, and never shown", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", ...credentials };
    const wrong = { username: "me", password: "wr0ng" };
    const place = placeOf(clientOf(registry.host, { credentials: wrong }));
    const told = await problemOf(manifestDigest(place, "1"));
    expect(told.replaceAll(registry.host, "HOST")).toBe(
      "`HOST` gives no access: its token server `HOST` answers 401; its credentials are refused: log in again with `docker login HOST`",
    );
  });

  test("a clock that is wrong is told when new tokens are refused", async () => {
    const registry = await startRegistry();
    registry.auth = { kind: "token", readOnly: ["team/web"] };
    registry.date = "Wed, 04 Mar 2026 06:06:07 GMT";
    const clock = new FakeClock();
    clock.time = Date.parse("2026-03-04T05:06:07Z");
    const place = placeOf(clientOf(registry.host, { clock }));
    const told = await problemOf(send(place, large));
    expect(told.replaceAll(registry.host, "HOST")).toBe(
      "cannot begin an upload in `HOST/team/web`: `HOST` wants a login (401: `unauthorized`); the clock of this machine is 60 minutes behind that of `HOST`: set it right",
    );
  });

  test.each(["basic", "token"] as const)(
    "no other host gets a byte of them: uploads that lead elsewhere go without (%s)",
    async (kind) => {
      const registry = await startRegistry();
      registry.auth = { kind, ...credentials };
      const got: string[] = [];
      const store = createServer((request, response) => {
        got.push(JSON.stringify([request.url, request.rawHeaders]));
        forward(request, registry, credentials).then(
          ({ status, location }) => {
            response.writeHead(status, location === undefined ? {} : { location });
            response.end();
          },
          () => response.destroy(),
        );
      });
      await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
      registry.uploadsTo = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
      await expect(send(placeOf(clientOf(registry.host, { credentials })), large)).resolves.toMatch(
        /^sha256:/,
      );
      store.closeAllConnections();
      store.close();
      expect(got).toHaveLength(2);
      expect(got.join("")).not.toMatch(/authorization|Bearer|Basic|s3cret|bWU6/i);
    },
  );
});

/** An object store that passes on what it is sent, by an access of its own. */
async function forward(
  request: IncomingMessage,
  { host, auth }: FakeRegistry,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<{ status: number; location?: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const pair = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const scope = "repository:team/web:pull,push";
  const token = await fetch(`http://${host}/token?scope=${scope}`, {
    headers: { authorization: pair },
  });
  const text =
    auth?.kind === "token" ? ((await token.json()) as { token?: string }).token : undefined;
  const answer = await fetch(`http://${host}${request.url}`, {
    method: request.method ?? "",
    headers: { authorization: text === undefined ? pair : `Bearer ${text}` },
    body: Buffer.concat(chunks),
  });
  const location = answer.headers.get("location");
  return { status: answer.status, ...(location !== null && { location }) };
}
