import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../../support/folder.ts";
import { aRun } from "./support/fake-core.ts";
import { allOf, startHttp, tokens } from "./support/http-room.ts";

const token = tokens.reader;
const id = aRun().id;

/** A page beside a secret. */
function pageFolder(): string {
  const folder = temporaryFolder({
    "page/index.html": "<!doctype html><title>tbuild</title>",
    "page/assets/page.js": "export {};",
    "secret.js": "secret",
    "page/.env": "secret",
  });
  symlinkSync(path.join(folder, "secret.js"), path.join(folder, "page/link.js"));
  return path.join(folder, "page");
}

describe("traversal", () => {
  const climbs = [
    "../secret.js",
    "%2e%2e/secret.js",
    "..%2fsecret.js",
    "%2e%2e%2fsecret.js",
    "..\\secret.js",
    "..%5csecret.js",
    "%252e%252e%252fsecret.js",
    "assets/../../secret.js",
    "....//secret.js",
    "/secret.js",
    "link.js",
    ".env",
    "%c0%ae%c0%ae/secret.js",
    "..%00/secret.js",
  ];
  test.each(climbs)("no file beside the page: /%s", async (climb) => {
    const room = await startHttp({ pageFolder: pageFolder() });
    const { status, text } = await room.ask(`/${climb}`);
    expect(text).not.toContain("secret\n");
    expect(text).not.toMatch(/^secret/);
    expect([400, 404]).toContain(status);
  });

  test.each(climbs)("no log beside the logs: %s", async (climb) => {
    const room = await startHttp();
    const asked: unknown[] = [];
    room.core.logOf = async (...names) => void asked.push(names);
    const encoded = climb.includes("%") ? climb : encodeURIComponent(climb);
    const { status } = await room.ask(`/api/v1/runs/${id}/targets/${encoded}/log`, { token });
    expect([400, 404]).toContain(status);
    // If at all, it is looked up as the one name that it is.
    for (const names of asked) expect(names).toEqual([id, decodeURIComponent(encoded)]);
  });

  test.each(["..", "%2e%2e", "..%2f..", "a%2fb", "%00", "a%20b", "x".repeat(65)])(
    "no run of a made-up ID: %s",
    async (name) => {
      const room = await startHttp();
      room.core.run = () => {
        throw new Error("it was asked for");
      };
      const { status } = await room.ask(`/api/v1/runs/${name}`, { token });
      expect([400, 404]).toContain(status);
      expect(room.bugs).toEqual([]);
    },
  );

  test.each(["http://127.0.0.1/api/v1/runs", "//evil.example/api/v1/runs", "*", "evil"])(
    "no other form of a path: %s",
    async (target) => {
      const room = await startHttp();
      const text = await room.raw(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 (400|404) /);
    },
  );
});

describe("requests that are not what they seem", () => {
  test.each([
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"],
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"],
    ["chunks in disguise", "Transfer-Encoding: xchunked\r\n"],
    ["chunks that are not last", "Transfer-Encoding: chunked, identity\r\n"],
    ["a length that is none", "Content-Length: +5\r\n"],
    ["a header that is folded", "X-A: 1\r\n Content-Length: 5\r\n"],
    ["a blank before the colon", "Content-Length : 5\r\n"],
    ["a bare line feed", "X-A: 1\nContent-Length: 5\r\n"],
  ])("%s: one refusal, and no second request out of the body", async (_, headers) => {
    const room = await startHttp();
    const smuggled = "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const text = await room.raw(
      `POST /hooks/shop HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n${smuggled}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test.each([
    ["a host of somebody else", "Host: evil.example"],
    ["a host that begins as this one", "Host: localhost.evil.example"],
    ["a host that is none", "Host: %00"],
    ["no host", "X-A: 1"],
  ])("%s is refused (DNS rebinding)", async (_, host) => {
    const room = await startHttp({ settings: { read: "public" } });
    const text = await room.raw(
      `GET /api/v1/runs HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 (421|400) /);
  });

  test("the name in `url` is its own, and so are all names where it listens to the network", async () => {
    const settings = { read: "public", url: "https://builds.example.org/" } as const;
    const room = await startHttp({ settings });
    const own = { headers: { host: "builds.example.org" } };
    expect((await room.ask("/api/v1/runs", own)).status).toBe(200);
    room.settings = { ...room.settings, listen: { host: "0.0.0.0", port: 1 } };
    expect((await room.ask("/api/v1/runs", { headers: { host: "10.0.0.7" } })).status).toBe(200);
  });

  test("no page of another origin is let in, and no cookie is ever set", async () => {
    const room = await startHttp({ settings: { read: "public" } });
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    const { status, headers: given } = await room.ask("/api/v1/runs", {
      method: "OPTIONS",
      headers,
    });
    expect(status).toBe(405);
    const names = Object.keys({
      ...given,
      ...(await room.ask("/api/v1/runs", { headers })).headers,
    });
    expect(names.filter((name) => /^access-control|cookie/.test(name))).toEqual([]);
  });

  test("a token in the query lets nobody in, and stands in no log", async () => {
    const room = await startHttp();
    const { status } = await room.ask(`/api/v1/config?token=${tokens.admin}`);
    expect(status).toBe(401);
    expect(JSON.stringify(room.audit)).not.toContain(tokens.admin);
  });
});

describe("requests that cost too much", () => {
  test("a body that is too large is refused, by its length or once it gets there", async () => {
    const room = await startHttp();
    const head = `POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${tokens.runner}\r\n`;
    const declared = await room.raw(`${head}Content-Length: 2000000\r\n\r\n`);
    expect(declared).toContain("413 Payload Too Large");
    expect(declared).toContain('"the body is larger than 1048576 bytes"');
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const chunked = await room.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}`);
    expect(chunked).toContain("413 Payload Too Large");
  });

  test("headers that are too large or too many are refused", async () => {
    const room = await startHttp();
    const large = await room.raw(
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${"x".repeat(20_000)}\r\n\r\n`,
    );
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("a request whose headers or body drip is ended", async () => {
    const room = await startHttp({ limits: { headersMs: 50, requestMs: 50, checkMs: 10 } });
    const headers = await room.connect();
    headers.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ");
    expect(await allOf(headers)).toMatch(/^HTTP\/1\.1 408 /);
    const body = await room.connect();
    body.write("POST /hooks/shop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
    expect(await allOf(body)).toMatch(/^HTTP\/1\.1 408 /);
    expect(room.bugs).toEqual([]);
  });

  test("a connection on which nothing happens is ended", async () => {
    const room = await startHttp({ limits: { idleMs: 50 } });
    expect(await allOf(await room.connect())).toBe("");
  });

  test("one address cannot take all connections", async () => {
    const room = await startHttp({ limits: { connectionsOfAddress: 3 } });
    const first = await Promise.all([room.connect(), room.connect(), room.connect()]);
    expect(await allOf(await room.connect())).toBe("");
    const closed = first.map(allOf);
    for (const socket of first) socket.destroy();
    await Promise.all(closed);
    expect((await room.ask("/healthz")).status).toBe(200);
  });

  test("a body of deeply nested JSON, or with keys of prototypes, is only data", async () => {
    const room = await startHttp();
    const post = (body: string) => ({
      method: "POST",
      token: tokens.runner,
      headers: { "content-type": "application/json" },
      body,
    });
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const evil = '{"repository":"shop","params":{"__proto__":"x","constructor":"y"}}';
    expect((await room.ask("/api/v1/runs", post(deep))).status).toBe(422);
    await room.ask("/api/v1/runs", post(evil));
    const [{ params = {} } = {}] = room.core.started;
    expect(Object.getOwnPropertyNames(params)).toEqual(["constructor"]);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect((await room.ask("/api/v1/runs?__proto__=1", { token })).status).toBe(400);
  });
});

describe("texts of others", () => {
  const evil = "<script>alert(1)</script>\r\nSet-Cookie: a=b\u0000\u202e'\"&$(rm -rf /)";

  test("a commit message stays data in JSON that no browser renders", async () => {
    const room = await startHttp();
    room.core.runs = [aRun({ subject: evil })];
    const { headers, json } = await room.ask(`/api/v1/runs/${id}`, { token });
    expect(json.subject).toBe(evil);
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("sandbox");
  });

  test("a branch in a badge is text, and nothing of it is markup", async () => {
    const room = await startHttp();
    const branch = encodeURIComponent('<script>"&x');
    const { text, headers } = await room.ask(`/badges/shop.svg?branch=${branch}`, { token });
    expect(text).not.toContain("<script");
    expect(text).toContain('<title>shop &lt;script&gt;"&amp;x: unknown</title>');
    expect(headers["content-type"]).toBe("image/svg+xml");
  });

  test("nothing that somebody sends turns up as a header", async () => {
    const room = await startHttp();
    const line = "%0d%0aSet-Cookie:%20a=b";
    for (const path of [`/${line}`, `/api/v1/runs/${line}`, `/api/v1/runs?before=${line}`]) {
      const { status, headers } = await room.ask(path, { token });
      expect([400, 404]).toContain(status);
      expect(headers["set-cookie"]).toBeUndefined();
    }
  });

  test("a run whose ID would be a header is never sent as one", async () => {
    const room = await startHttp();
    room.core.retry = async () => ({ ok: true, value: aRun({ id: "a\r\nSet-Cookie: a=b" }) });
    const path = `/api/v1/runs/${id}/retry`;
    const { status, headers } = await room.ask(path, { method: "POST", token: tokens.runner });
    expect([status, headers["set-cookie"]]).toEqual([500, undefined]);
  });

  test("figures have labels of few and known values", async () => {
    const room = await startHttp();
    const methods = ["DELETE", "PATCH", "PROPFIND", "SUBSCRIBE"];
    for (const method of methods) await room.ask(`/made-up-${method}`, { method });
    const { text } = await room.ask("/metrics", { token });
    expect(text).toContain(
      'tbuild_http_requests_total{method="other",route="page",status="405"} 4\n',
    );
    expect(text).not.toContain("made-up");
  });
});

describe("the page", () => {
  test("is served with its own files and a policy that lets nothing else in", async () => {
    const room = await startHttp({ pageFolder: pageFolder() });
    const { headers, text } = await room.ask("/");
    expect(text).toBe("<!doctype html><title>tbuild</title>");
    const policy = String(headers["content-security-policy"]);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    });
    const script = await room.ask("/assets/page.js");
    expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  test("answers for all its views, and is not read twice", async () => {
    const room = await startHttp({ pageFolder: pageFolder() });
    const { text, headers } = await room.ask("/runs/20261121T104935Z-7f3a");
    expect(text).toContain("<title>tbuild</title>");
    const again = { headers: { "if-none-match": headers.etag ?? "" } };
    expect((await room.ask("/", again)).status).toBe(304);
  });

  test("is compressed once, where that makes it shorter", async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "assets"));
    writeFileSync(path.join(folder, "assets/page.css"), "a{}\n".repeat(1000));
    writeFiles(folder, { "index.html": "x" });
    const room = await startHttp({ pageFolder: folder });
    const headers = { "accept-encoding": "gzip, br" };
    const css = (await room.ask("/assets/page.css", { headers })).headers;
    expect(css["content-encoding"]).toBe("gzip");
    expect(Number(css["content-length"])).toBeLessThan(200);
    expect((await room.ask("/", { headers })).headers["content-encoding"]).toBeUndefined();
  });

  test("that is not there is told as that", async () => {
    const room = await startHttp({ pageFolder: "/nowhere" });
    expect((await room.ask("/")).status).toBe(404);
  });
});
