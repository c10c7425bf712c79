import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { proxyFor } from "../../src/net/proxy.ts";
import { ruleKindOf } from "../../src/rules/kinds.ts";
import { tarOf } from "./support/fake-docker.ts";
import { problemOf, RuleRoom, told } from "./support/rule-room.ts";

const content = "content\n".repeat(10_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const archive = gzipSync(tarOf({ "p/a.deb": "a", "p/b.txt": "b" }));
const asked: string[] = [];

const answers: RequestListener = (request, response) => {
  const url = request.url ?? "";
  asked.push(url);
  const path = url.replace(/^http:\/\/[^/]*|\?.*$/g, "");
  if (path.startsWith("/file")) response.end(content);
  else if (path === "/packages.tar.gz") response.end(archive);
  else if (path === "/moved") response.writeHead(302, { location: "/file.txt" }).end();
  else if (path === "/round") response.writeHead(302, { location: "/round" }).end();
  else if (path === "/to-file") response.writeHead(302, { location: "file:///etc/passwd" }).end();
  else if (path === "/short") {
    response.writeHead(200, { "content-length": "100" }).write("short", () => response.destroy());
  } else response.writeHead(404).end();
};

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

test("a file is fetched to its place when it has the digest that is expected", async () => {
  const room = new RuleRoom();
  const fields = {
    fetch: `${base}/file.txt`,
    sha256: `SHA256:${sha256.toUpperCase()}`,
    to: "out/a",
  };
  expect(told(await room.act("fetch", fields))).toEqual(["out/a"]);
  expect(room.read("out/a")).toBe(content);
});

test("a file without a place is called as the server calls it, redirects followed", async () => {
  const room = new RuleRoom();
  expect(told(await room.act("fetch", { fetch: `${base}/moved?token=x` }))).toEqual([
    ".tbuild/out/it/moved",
  ]);
  expect(room.read(".tbuild/out/it/moved")).toBe(content);
});

test("a file with another digest fails the target, and nothing of it stays", async () => {
  const room = new RuleRoom();
  const expected = "0".repeat(64);
  const outcome = await room.act("fetch", { fetch: `${base}/file?sig=s3cret`, sha256: expected });
  expect(problemOf(outcome)).toMatchObject({
    blame: "target",
    message: `fetched file has sha256 \`${sha256}\`, expected \`${expected}\``,
    hint: `if \`${base}/file?…\` is to be trusted, change \`sha256\``,
  });
  expect(room.has(".tbuild/out")).toBe(false);
});

test("an archive is unpacked, all of it or what matches", async () => {
  const room = new RuleRoom();
  const fields = { fetch: `${base}/packages.tar.gz`, unpack: true };
  expect(told(await room.act("fetch", fields))).toEqual([".tbuild/out/it/unpacked"]);
  expect(told(await room.act("fetch", { ...fields, to: "out/p/", match: ["*.deb"] }))).toEqual([
    "out/p/p/a.deb",
  ]);
  expect(told(await room.act("fetch", { ...fields, match: ["*.rpm"] }))).toBe(
    "fetched `packages.tar.gz` holds no file that matches `*.rpm`",
  );
});

test.each([
  ["/gone", (host: string) => `${host} answers 404 Not Found`],
  ["/round", (host: string) => `${host} redirects more than 10 times`],
  ["/to-file", (host: string) => `${host} redirects to \`file:\``],
  ["/short", (host: string) => `${host} broke the connection off`],
])("what %s answers is not to be had", async (path, why) => {
  const outcome = await new RuleRoom().act("fetch", { fetch: base + path });
  const expected = why(new URL(base).host);
  expect(outcome).toMatchObject({ kind: "unavailable", why: expected });
  expect(problemOf(outcome).message).toBe(`cannot fetch \`${base}${path}\`: ${expected}`);
});

test("a server that is not there is told without credentials", async () => {
  const outcome = await new RuleRoom().act("fetch", { fetch: "http://me:secret@127.0.0.1:1/a" });
  expect(problemOf(outcome).message).toBe(
    "cannot fetch `http://***@127.0.0.1:1/a`: 127.0.0.1:1 refuses connections",
  );
  const nowhere = await new RuleRoom().act("fetch", { fetch: "http://nowhere.invalid/a" });
  expect(problemOf(nowhere).message).toBe(
    "cannot fetch `http://nowhere.invalid/a`: host of `nowhere.invalid` was not found",
  );
});

test("a file of this machine can be fetched too", async () => {
  const room = new RuleRoom({ "a b.txt": "x" });
  const url = new URL(`file://${room.root}/a b.txt`).href;
  expect(told(await room.act("fetch", { fetch: url, to: "out/x" }))).toEqual(["out/x"]);
  const gone = await room.act("fetch", { fetch: "file:///no/such" });
  expect(gone).toMatchObject({ kind: "unavailable", why: "`/no/such` is no file" });
});

test("a cancelled fetch leaves nothing", async () => {
  const room = new RuleRoom();
  room.abort.abort();
  await expect(room.act("fetch", { fetch: `${base}/file` })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(room.has(".tbuild/out")).toBe(false);
});

test("the caller's proxy is asked, and where it is not wanted, not", async () => {
  const room = new RuleRoom();
  const proxied = { http_proxy: base, no_proxy: "local.invalid" };
  room.more = { environment: proxied };
  await room.act("fetch", { fetch: "http://far.invalid/file", to: "out/a" });
  expect(asked).toContain("http://far.invalid/file");
  expect(room.read("out/a")).toBe(content);
  expect(proxyFor(new URL("http://a.local.invalid/x"), proxied)).toBeUndefined();
  expect(proxyFor(new URL("https://far.invalid/x"), proxied)).toBeUndefined();
  expect(proxyFor(new URL("https://x/"), { ALL_PROXY: "p:1" })?.host).toBe("p:1");
});

test("an encrypted connection goes through a tunnel of the proxy", async () => {
  const places: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    places.push(request.url ?? "");
    const { hostname, port } = new URL(base);
    const through = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const room = new RuleRoom();
  room.more = {
    environment: { https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
  };
  const outcome = await room.act("fetch", { fetch: "https://far.invalid/file" });
  await new Promise((resolve) => proxy.close(resolve));
  expect(places).toEqual(["far.invalid:443"]);
  // The server behind it speaks no TLS.
  expect(outcome).toMatchObject({ kind: "unavailable" });
  expect(problemOf(outcome).message).toMatch(
    /^cannot fetch `https:\/\/far.invalid\/file`: no secure connection to far.invalid: /,
  );
});

test("keys that cannot be are mistakes", () => {
  const fields = { fetch: "ftp://me:pw@x/a", sha256: "9f86", match: ["*"] };
  expect(new RuleRoom().check("fetch", fields)).toEqual([
    "`ftp://***@x/a` is not a URL that can be fetched",
    "`9f86` is not a sha256: expected 64 hexadecimal digits",
    "`match` is for what is unpacked",
  ]);
});

test("a title shows neither credentials nor what follows `?`", () => {
  const title = ruleKindOf("fetch").title({ fetch: "https://me:pw@x/a?token=1" } as never);
  expect(title).toBe("fetch https://***@x/a?…");
});
