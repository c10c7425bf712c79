import { appendFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../support/folder.ts";
import { aRun } from "./support/fake-core.ts";
import { startHttp, tokens } from "./support/http-room.ts";

const token = tokens.reader;
const id = aRun().id;
const place = `/api/v1/runs/${id}/targets/image/log`;

async function roomWithLog(text: string, isGrowing = false) {
  const room = await startHttp();
  const file = path.join(temporaryFolder({ "image.log": text }), "image.log");
  utimesSync(file, 1_800_000_000, 1_800_000_000);
  room.core.logs.set(`${id} image`, { path: file, bytes: text.length, isGrowing });
  return { room, file };
}

test("a log comes whole, as text that no browser takes for anything else", async () => {
  const { room } = await roomWithLog("\x1b[31m<script>alert(1)</script>\x1b[0m\n");
  const { status, headers, text } = await room.ask(place, { token });
  expect([status, text]).toEqual([200, "\x1b[31m<script>alert(1)</script>\x1b[0m\n"]);
  expect(headers).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "accept-ranges": "bytes",
  });
});

describe("of a log of ten bytes", () => {
  test.each([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=4-", 206, "456789", "bytes 4-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=5-3", 200, "0123456789", undefined],
    ["bytes=0-1,3-4", 200, "0123456789", undefined],
    ["bytes=-", 200, "0123456789", undefined],
    ["lines=1-2", 200, "0123456789", undefined],
    ["bytes=0-99999999999999999999", 200, "0123456789", undefined],
  ])("%s is %i %j", async (range, status, text, contentRange) => {
    const { room } = await roomWithLog("0123456789");
    const reply = await room.ask(place, { token, headers: { range } });
    expect([reply.status, reply.text, reply.headers["content-range"]]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });
});

test("an empty log is no part of anything", async () => {
  const { room } = await roomWithLog("");
  expect((await room.ask(place, { token })).status).toBe(200);
  const reply = await room.ask(place, { token, headers: { range: "bytes=0-" } });
  expect([reply.status, reply.headers["content-range"]]).toEqual([416, "bytes */0"]);
});

test("HEAD tells how long it is, and sends nothing", async () => {
  const { room } = await roomWithLog("0123456789");
  const { status, headers, text } = await room.ask(place, { method: "HEAD", token });
  expect([status, headers["content-length"], text]).toEqual([200, "10", ""]);
});

test("a log that has ended is known again; of another one a part is never sent for its own", async () => {
  const { room, file } = await roomWithLog("0123456789");
  const { etag = "" } = (await room.ask(place, { token })).headers;
  const again = await room.ask(place, { token, headers: { "if-none-match": etag } });
  expect([again.status, again.text]).toEqual([304, ""]);
  const rest = { range: "bytes=5-", "if-range": etag };
  expect((await room.ask(place, { token, headers: rest })).status).toBe(206);
  writeFileSync(file, "abcdefghijk");
  const other = await room.ask(place, { token, headers: rest });
  expect([other.status, other.text]).toEqual([200, "abcdefghijk"]);
});

test("a log that grows is followed by asking for what is new", async () => {
  const { room, file } = await roomWithLog("first\n", true);
  const { headers } = await room.ask(place, { token });
  expect(headers.etag).toBeUndefined();
  const next = { token, headers: { range: "bytes=6-" } };
  expect((await room.ask(place, next)).status).toBe(416);
  appendFileSync(file, "second\n");
  expect((await room.ask(place, next)).text).toBe("second\n");
});

test("a log of 100 MB is sent with little of it in memory, and at its end at once", async () => {
  const { room, file } = await roomWithLog("");
  truncateSync(file, 100 * 1024 * 1024);
  const response = await room.begin(place, { token });
  const before = process.memoryUsage().rss;
  let bytes = 0;
  let most = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(bytes).toBe(100 * 1024 * 1024);
  expect(most).toBeLessThan(64 * 1024 * 1024);
  const end = await room.ask(place, { token, headers: { range: "bytes=-10" } });
  expect(end.text).toHaveLength(10);
});

test("a reader that goes away in the middle leaves nothing behind, and is no bug", async () => {
  const { room, file } = await roomWithLog("");
  truncateSync(file, 100 * 1024 * 1024);
  const response = await room.begin(place, { token });
  response.destroy();
  expect((await room.ask(`${place}`, { method: "HEAD", token })).status).toBe(200);
  expect(room.bugs).toEqual([]);
});

test("a log that is not there is told as that", async () => {
  const { room } = await roomWithLog("");
  const { status, json } = await room.ask(`/api/v1/runs/${id}/targets/other/log`, { token });
  expect([status, json.error.message]).toEqual([404, "there is no such log"]);
});
