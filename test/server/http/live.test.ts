import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { aRun, aTarget } from "./support/fake-core.ts";
import { type HttpRoom, type Question, startHttp, tokens } from "./support/http-room.ts";

const token = tokens.reader;
const run = aRun({ id: "r1", state: "running" });
const changed = { kind: "run-changed", run } as const;

/** A reader of a live stream that takes what comes frame by frame. */
class Reader {
  readonly response: IncomingMessage;
  #text = "";
  #more: () => void = () => undefined;
  ended = false;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.on("data", (chunk) => {
      this.#text += chunk;
      this.#more();
    });
    response.on("close", () => {
      this.ended = true;
      this.#more();
    });
    response.on("error", () => undefined);
  }

  /** The next frame, as `event id` or as it is. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const at = this.#text.indexOf("\n\n");
      if (at >= 0) {
        const frame = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 2);
        return frame;
      }
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
  }
}

async function readLive(room: HttpRoom, path = "/api/v1/events", question: Question = { token }) {
  const reader = new Reader(await room.begin(path, question));
  expect(await reader.next()).toBe("retry: 2000");
  return reader;
}

const frame = (id: number, event: Readonly<Record<string, unknown>> & { kind: string }) =>
  `id: ${id}\nevent: ${event.kind}\ndata: ${JSON.stringify({ ...event, id })}`;

test("what happens is told to all readers, and of one run to readers of that run", async () => {
  const room = await startHttp();
  room.core.runs = [run];
  const all = await readLive(room);
  const one = await readLive(room, "/api/v1/runs/r1/events");
  room.tell({ kind: "run-changed", run: aRun({ id: "r2" }) });
  room.tell({ kind: "target-changed", run: "r1", target: aTarget() });
  room.tell({ kind: "log-grown", run: "r1", target: "image", bytes: 5 });
  expect(all.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  expect(await all.next()).toBe(frame(1, { kind: "run-changed", run: aRun({ id: "r2" }) }));
  const target = { kind: "target-changed", run: "r1", target: aTarget() };
  expect([await all.next(), await one.next()]).toEqual([frame(2, target), frame(2, target)]);
  const grown = { kind: "log-grown", run: "r1", target: "image", bytes: 5 };
  expect([await all.next(), await one.next()]).toEqual([frame(3, grown), frame(3, grown)]);
});

test("what happens in the same moment goes to each reader at once, and before who comes later", async () => {
  const room = await startHttp();
  const response = await room.begin("/api/v1/events", { token });
  const chunks: string[] = [];
  response.on("data", (chunk) => chunks.push(String(chunk)));
  await once(response, "data");
  room.core.tell(changed);
  room.core.tell({ ...changed, run: aRun({ id: "r2" }) });
  await readLive(room);
  if (chunks.length === 1) await once(response, "data");
  const frames = [frame(1, changed), frame(2, { ...changed, run: aRun({ id: "r2" }) })];
  expect(chunks.slice(1)).toEqual([`${frames.join("\n\n")}\n\n`]);
});

test("whatever a commit says, it stays in the one line of its event", async () => {
  const room = await startHttp();
  const reader = await readLive(room);
  const subject = "fix\n\nevent: end\ndata: {}\r\n<script>alert(1)</script>";
  room.tell({ kind: "run-changed", run: { ...run, subject } });
  const told = await reader.next();
  expect(told).toBe(frame(1, { kind: "run-changed", run: { ...run, subject } }));
  expect(told?.split(/[\r\n]/)).toHaveLength(3);
});

describe("who comes back", () => {
  test.each([
    ["as browsers do", "/api/v1/events", { "last-event-id": "1" }],
    ["by the query", "/api/v1/events?after=1", {}],
  ])("is told what it missed, %s", async (_, path, headers) => {
    const room = await startHttp();
    for (let times = 0; times < 3; times++) room.tell(changed);
    const reader = await readLive(room, path, { token, headers });
    expect([await reader.next(), await reader.next()]).toEqual([
      frame(2, changed),
      frame(3, changed),
    ]);
  });

  test("after too long a time is told to read all anew", async () => {
    const room = await startHttp();
    for (let times = 0; times < 3; times++) room.tell(changed);
    room.core.events.splice(0, 2);
    const reader = await readLive(room, "/api/v1/events?after=1");
    expect(await reader.next()).toBe('event: reset\ndata: {"kind":"reset"}');
  });

  test("to more than it could take at once is told to read all anew", async () => {
    const room = await startHttp({ limits: { streamBytes: 1000 } });
    for (let times = 0; times < 3; times++) room.tell(changed);
    const reader = await readLive(room, "/api/v1/events?after=0");
    expect(await reader.next()).toBe('event: reset\ndata: {"kind":"reset"}');
  });
});

test("silence is broken by a heartbeat; without readers no timer runs and nobody listens", async () => {
  const room = await startHttp();
  const reader = await readLive(room);
  room.timers.advance(15_000);
  expect(await reader.next()).toBe(": alive");
  room.timers.advance(15_000);
  expect(await reader.next()).toBe(": alive");
  reader.response.destroy();
  while (room.core.listeners > 0) await new Promise(setImmediate);
  expect(room.timers.waits).toEqual([]);
});

test("a reader that does not read is let go, and costs no more than its limit", async () => {
  const room = await startHttp();
  const idle = await room.begin("/api/v1/events", { token });
  const reader = await readLive(room);
  // More than what the connection and this process keep on their way to a reader.
  const large = { ...run, problem: "x".repeat(100_000) };
  let told = 0;
  const metrics = async () => (await room.ask("/metrics", { token })).text;
  while (!(await metrics()).includes("tbuild_live_readers_dropped_total 1")) {
    room.tell({ kind: "run-changed", run: large });
    told++;
    expect(await reader.next()).toContain(`id: ${told}\n`);
  }
  expect(await metrics()).toContain("tbuild_live_readers 1");
  // Reading at last, it finds what was on its way, and why that is all.
  const late = new Reader(idle);
  let last: string | undefined;
  for (let next = await late.next(); next !== undefined; next = await late.next()) last = next;
  expect(last).toBe('event: end\ndata: {"kind":"end","why":"too-slow"}');
});

test("200 readers are told at once; more than the limit are not let in", async () => {
  const limits = { streamsOfCaller: 200, rate: { perSecond: 1000, burst: 1000 } };
  const room = await startHttp({ limits });
  const readers = await Promise.all(Array.from({ length: 200 }, () => readLive(room)));
  const { status, json } = await room.ask("/api/v1/events", { token });
  expect([status, json.error.message]).toEqual([
    429,
    "too many live streams of this token or address",
  ]);
  room.tell(changed);
  const frames = await Promise.all(readers.map((reader) => reader.next()));
  expect(new Set(frames)).toEqual(new Set([frame(1, changed)]));
});

test("a flood of streams from many addresses ends at the limit of all", async () => {
  const room = await startHttp({ limits: { streams: 2 }, settings: { proxies: ["127.0.0.1"] } });
  room.settings = { ...room.settings, read: "public" };
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
  await readLive(room, "/api/v1/events", from("192.0.2.1"));
  await readLive(room, "/api/v1/events", from("192.0.2.2"));
  const { status, headers } = await room.ask("/api/v1/events", from("192.0.2.3"));
  expect([status, headers["retry-after"]]).toEqual([503, "10"]);
});

test("a reader whose token is taken away is told nothing more", async () => {
  const room = await startHttp();
  const reader = await readLive(room);
  const other = await readLive(room, "/api/v1/events", { token: tokens.admin });
  const [, ...others] = room.settings.tokens;
  room.settings = { ...room.settings, tokens: others };
  room.tell({ kind: "config-changed" });
  room.tell(changed);
  expect(await reader.next()).toBe('event: end\ndata: {"kind":"end","why":"not-allowed"}');
  expect(await reader.next()).toBeUndefined();
  await other.next();
  expect(await other.next()).toBe(frame(2, changed));
});

test("a server that stops tells its readers, and is not held up by them", async () => {
  const room = await startHttp();
  const reader = await readLive(room);
  const closed = room.server.close(10_000);
  expect(await reader.next()).toBe('event: end\ndata: {"kind":"end","why":"stopping"}');
  await closed;
});

test("live streams of what is not there, and of nobody, are refused", async () => {
  const room = await startHttp();
  expect((await room.ask("/api/v1/runs/r1/events", { token })).status).toBe(404);
  expect((await room.ask("/api/v1/events")).status).toBe(401);
});
