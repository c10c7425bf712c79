import { hashToken } from "../../../src/server/records/token.ts";
import { aRun } from "./support/fake-core.ts";
import { startHttp, tokens } from "./support/http-room.ts";

const { reader, runner, admin } = tokens;

describe("what a token may do is told by its scopes, of which each includes those before it", () => {
  test.each([
    ["nobody", undefined, [401, 401, 401]],
    ["read", reader, [200, 403, 403]],
    ["run", runner, [200, 422, 403]],
    ["admin", admin, [200, 422, 200]],
  ])("%s", async (_, token, wanted) => {
    const room = await startHttp();
    const own = token === undefined ? {} : { token };
    const headers = { "content-type": "application/json" };
    const replies = [
      await room.ask("/api/v1/runs", own),
      await room.ask("/api/v1/runs", { ...own, method: "POST", headers, body: "{}" }),
      await room.ask("/api/v1/config", own),
    ];
    expect(replies.map(({ status }) => status)).toEqual(wanted);
  });
});

test("who has no token is told how to send one", async () => {
  const room = await startHttp();
  const { headers, json } = await room.ask("/api/v1/runs");
  expect(headers["www-authenticate"]).toBe('Bearer realm="tbuild"');
  expect(json.error).toEqual({
    code: "needs-token",
    message: "this needs a token",
    hint: "send it as `authorization: Bearer TOKEN`",
  });
});

test("`read: public` lets everybody read, and nobody do more", async () => {
  const room = await startHttp({ settings: { read: "public" } });
  room.core.runs = [aRun()];
  const statuses = [
    await room.ask("/api/v1/runs"),
    await room.ask("/metrics"),
    await room.ask(`/api/v1/runs/${aRun().id}/cancel`, { method: "POST" }),
    await room.ask("/api/v1/config"),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 401, 401]);
});

test("a token that is taken out of the configuration is worth nothing from then on", async () => {
  const room = await startHttp();
  expect((await room.ask("/api/v1/runs", { token: reader })).status).toBe(200);
  room.settings = { ...room.settings, tokens: [] };
  const { status, json } = await room.ask("/api/v1/runs", { token: reader });
  expect([status, json.error.message]).toEqual([401, "this token is not known"]);
});

test("a token and an address may ask so often, and again when time has passed", async () => {
  const room = await startHttp({ limits: { rate: { perSecond: 1, burst: 2 } } });
  const ask = async (token: string) => (await room.ask("/api/v1/runs", { token })).status;
  expect([await ask(reader), await ask(reader), await ask(reader)]).toEqual([200, 200, 429]);
  expect(await ask(runner)).toBe(200);
  const { headers, json } = await room.ask("/api/v1/runs", { token: reader });
  expect(headers["retry-after"]).toBe("1");
  expect(json.error.message).toBe("too many requests");
  room.timers.advance(1000);
  expect([await ask(reader), await ask(reader)]).toEqual([200, 429]);
});

test("who guesses tokens is slowed down, each time twice as much, and told in the audit log", async () => {
  const room = await startHttp();
  const guess = async (token: string) => {
    const { status, headers } = await room.ask("/api/v1/runs", { token });
    return headers["retry-after"] === undefined ? status : `${status} ${headers["retry-after"]}`;
  };
  for (let times = 0; times < 5; times++) expect(await guess(`wrong-${times}`)).toBe(401);
  expect(await guess("wrong-5")).toBe("429 1");
  // Not even the right one is looked at: a pause that it ends would be none.
  expect(await guess(reader)).toBe("429 1");
  room.timers.advance(1000);
  expect(await guess("wrong-6")).toBe(401);
  expect(await guess(reader)).toBe("429 2");
  room.timers.advance(2000);
  expect(await guess(reader)).toBe(200);
  expect(await guess("wrong-7")).toBe(401);
  expect(room.audit.map(({ status, error }) => `${status} ${error}`)).toEqual([
    ...Array(5).fill("401 wrong-token"),
    ...Array(2).fill("429 too-many-attempts"),
    "401 wrong-token",
    "429 too-many-attempts",
    "401 wrong-token",
  ]);
  expect(JSON.stringify(room.audit)).not.toMatch(/wrong-\d|reader-token/);
});

test("who reads without a token is not held up by somebody's guesses from the same address", async () => {
  const room = await startHttp({ settings: { read: "public" } });
  for (let times = 0; times < 6; times++) await room.ask("/api/v1/runs", { token: "wrong" });
  expect((await room.ask("/api/v1/runs")).status).toBe(200);
});

test("behind a trusted proxy each address counts for itself; others cannot make theirs up", async () => {
  const guess = async (room: Awaited<ReturnType<typeof startHttp>>, from: string) => {
    const headers = { "x-forwarded-for": `203.0.113.9, ${from}` };
    return (await room.ask("/api/v1/runs", { token: "wrong", headers })).status;
  };
  const trusting = await startHttp({ settings: { proxies: ["127.0.0.1"] } });
  for (let times = 0; times < 5; times++) await guess(trusting, "192.0.2.1");
  expect(await guess(trusting, "192.0.2.1")).toBe(429);
  expect(await guess(trusting, "192.0.2.2")).toBe(401);
  expect(trusting.audit.at(-1)?.address).toBe("192.0.2.2");
  const wary = await startHttp();
  for (let times = 0; times < 5; times++) await guess(wary, `192.0.2.${times}`);
  expect(await guess(wary, "192.0.2.9")).toBe(429);
  expect(wary.audit.at(-1)?.address).toBe("127.0.0.1");
});

test("the configuration is shown and changed with the scope for it, and not over somebody else's change", async () => {
  const room = await startHttp();
  const before = await room.ask("/api/v1/config", { token: admin });
  expect(before.text).toBe("listen: 127.0.0.1:8095\n");
  const change = (body: string, etag = before.headers.etag ?? "") =>
    room.ask("/api/v1/config", {
      method: "PUT",
      token: admin,
      headers: { "if-match": etag },
      body,
    });
  const changed = await change("read: public\n");
  expect([changed.status, room.core.text]).toEqual([200, "read: public\n"]);
  const late = await change("read: token\n");
  expect([late.status, late.json.error.message]).toEqual([
    412,
    "the configuration was changed meanwhile",
  ]);
  expect(room.core.text).toBe("read: public\n");
});

test("a configuration that does not hold is told with its places, and changes nothing", async () => {
  const room = await startHttp();
  const question = { method: "PUT", token: admin, body: "a: 1\n\nbroken: 1\n" };
  const { status, json } = await room.ask("/api/v1/config", question);
  expect(status).toBe(422);
  expect(json.error).toEqual({
    code: "unknown-key",
    message: "unknown key `broken`",
    problems: [{ code: "unknown-key", message: "unknown key `broken`", line: 3, column: 1 }],
  });
  expect(room.core.text).toBe("listen: 127.0.0.1:8095\n");
});

test("two tokens with one name are told apart by their hashes", async () => {
  const twin = { name: "ada", hash: hashToken("twin"), scopes: ["read"] as const };
  const room = await startHttp();
  room.settings = { ...room.settings, tokens: [...room.settings.tokens, twin] };
  expect((await room.ask("/api/v1/config", { token: "twin" })).status).toBe(403);
});
