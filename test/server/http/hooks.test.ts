import { createHmac } from "node:crypto";
import { type HttpRoom, hookSecret, startHttp } from "./support/http-room.ts";

const head = "3f2c1b0a9e8d7c6b5a493827160f5e4d3c2b1a09";
const pushed = JSON.stringify({ ref: "refs/heads/main", after: head, commits: [{ message: "x" }] });
const sign = (body: string, secret = hookSecret) =>
  createHmac("sha256", secret).update(body).digest("hex");

const github = (body: string, more: Record<string, string> = {}) => ({
  method: "POST",
  body,
  headers: {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "d-1",
    "x-hub-signature-256": `sha256=${sign(body)}`,
    ...more,
  },
});

const deliver = async (room: HttpRoom, question: Parameters<HttpRoom["ask"]>[1], name = "shop") => {
  const { status, json } = await room.ask(`/hooks/${name}`, question);
  return `${status} ${json.status ?? json.error.code}${json.why ? `: ${json.why}` : ""}`;
};

describe("a push that its sender proves is passed on as a hint: branch and head, and nothing else", () => {
  test.each([
    ["shop", github(pushed).headers],
    [
      "tea",
      { "x-gitea-event": "push", "x-gitea-delivery": "d-1", "x-gitea-signature": sign(pushed) },
    ],
    [
      "lab",
      { "x-gitlab-event": "Push Hook", "idempotency-key": "d-1", "x-gitlab-token": hookSecret },
    ],
  ])("%s", async (name, headers) => {
    const room = await startHttp();
    expect(
      await deliver(room, { method: "POST", headers: { ...headers }, body: pushed }, name),
    ).toBe("202 accepted");
    expect(room.core.hints).toEqual([
      { repository: name, branch: "main", commit: head, delivery: "d-1", noticed: "webhook" },
    ]);
    expect(room.audit.map(({ who, path, status }) => [who, path, status])).toEqual([
      [`hook ${name}`, `/hooks/${name}`, 202],
    ]);
  });
});

test("a payload in a form is taken too", async () => {
  const room = await startHttp();
  const body = new URLSearchParams({ payload: pushed }).toString();
  const type = { "content-type": "application/x-www-form-urlencoded" };
  expect(await deliver(room, github(body, type))).toBe("202 accepted");
});

test("a ping is answered", async () => {
  const room = await startHttp();
  expect(await deliver(room, github('{"zen":"x"}', { "x-github-event": "ping" }))).toBe("200 pong");
});

describe("what is no push to a branch is ignored, politely", () => {
  const gone = "0".repeat(40);
  test.each([
    ["pull_request", { action: "opened" }, "`pull_request` is no push to a branch"],
    ["push", { ref: "refs/tags/v1", after: head }, "it is no branch"],
    ["push", { ref: "refs/heads/main", after: gone }, "the branch was deleted"],
    ["push", { ref: "refs/heads/main", deleted: true }, "the branch was deleted"],
  ])("%s %j", async (event, payload, why) => {
    const room = await startHttp();
    const question = github(JSON.stringify(payload), { "x-github-event": event });
    expect(await deliver(room, question)).toBe(`200 ignored: ${why}`);
    expect(room.core.hints).toEqual([]);
  });
});

test("a delivery that comes again is answered, and passed on once", async () => {
  const room = await startHttp();
  expect(await deliver(room, github(pushed))).toBe("202 accepted");
  expect(await deliver(room, github(pushed))).toBe("200 ignored: this delivery came before");
  expect(room.core.hints).toHaveLength(1);
});

test("a delivery that could not be passed on may come again", async () => {
  const room = await startHttp();
  room.core.hinted = Promise.reject(new Error("the disk is full"));
  expect(await deliver(room, github(pushed))).toBe("500 bug");
  room.core.hinted = Promise.resolve();
  expect(await deliver(room, github(pushed))).toBe("202 accepted");
});

test("of two that come at once one is passed on", async () => {
  const room = await startHttp();
  let go: () => void = () => undefined;
  room.core.hinted = new Promise((resolve) => {
    go = resolve;
  });
  const first = deliver(room, github(pushed));
  const second = await Promise.race([first, deliver(room, github(pushed))]);
  expect(second).toBe("200 ignored: this delivery came before");
  go();
  expect(await first).toBe("202 accepted");
  expect(room.core.hints).toHaveLength(1);
});

test("a sender is not kept waiting by git, and the delivery counts all the same", async () => {
  const room = await startHttp();
  let go: () => void = () => undefined;
  room.core.hinted = new Promise((resolve) => {
    go = resolve;
  });
  const first = deliver(room, github(pushed));
  await room.timers.untilWaiting(5000);
  room.timers.advance(5000);
  expect(await first).toBe("202 accepted");
  expect(await deliver(room, github(pushed))).toBe("200 ignored: this delivery came before");
  expect([...room.remembered]).toEqual([]);
  go();
  while (room.remembered.size === 0) await new Promise(setImmediate);
  expect(room.core.hints).toHaveLength(1);
});

describe("attacks", () => {
  const forgeries: readonly (readonly [string, Record<string, string>])[] = [
    ["no signature", { "x-hub-signature-256": "" }],
    ["another secret", { "x-hub-signature-256": `sha256=${sign(pushed, "guess")}` }],
    ["another body", { "x-hub-signature-256": `sha256=${sign(`${pushed} `)}` }],
    ["half a signature", { "x-hub-signature-256": `sha256=${sign(pushed).slice(0, 32)}` }],
    ["too long a one", { "x-hub-signature-256": `sha256=${sign(pushed)}00` }],
    ["another algorithm", { "x-hub-signature-256": `sha1=${sign(pushed)}` }],
    ["upper case", { "x-hub-signature-256": `sha256=${sign(pushed).toUpperCase()}` }],
    ["a list", { "x-hub-signature-256": `sha256=${sign(pushed)}, sha256=${sign(pushed)}` }],
    ["the way of another sender", { "x-hub-signature-256": "", "x-gitlab-token": hookSecret }],
  ];
  test.each(forgeries)("forged: %s", async (_, headers) => {
    const room = await startHttp();
    expect(await deliver(room, github(pushed, headers))).toBe("401 not-proved");
    expect(room.core.hints).toEqual([]);
    expect(room.audit.map(({ who, error }) => [who, error])).toEqual([[undefined, "not-proved"]]);
  });

  test("a GitLab token of another length, or one that begins as the right one, is wrong", async () => {
    const room = await startHttp();
    for (const token of ["", hookSecret.slice(0, -1), `${hookSecret}x`]) {
      const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": token };
      expect(await deliver(room, { method: "POST", headers, body: pushed }, "lab")).toBe(
        "401 not-proved",
      );
    }
  });

  test("whether there is a webhook of that name shows to nobody who cannot prove it", async () => {
    const room = await startHttp();
    const wrong = github(pushed, { "x-hub-signature-256": `sha256=${sign(pushed, "guess")}` });
    const known = await room.ask("/hooks/shop", wrong);
    const unknown = await room.ask("/hooks/toys", wrong);
    expect(unknown.json).toEqual(known.json);
  });

  test("nothing of a body is read before it is proved", async () => {
    const room = await startHttp();
    expect(await deliver(room, github("{", { "x-hub-signature-256": "" }))).toBe("401 not-proved");
    expect(await deliver(room, github("{"))).toBe("400 bad-request");
  });

  test("replayed under another ID: the signed body counts once", async () => {
    const room = await startHttp();
    expect(await deliver(room, github(pushed))).toBe("202 accepted");
    expect(await deliver(room, github(pushed, { "x-github-delivery": "d-2" }))).toBe(
      "409 replayed",
    );
    expect(room.core.hints).toHaveLength(1);
  });

  test("replayed when all marks may be forgotten: a push of four days ago is refused", async () => {
    const room = await startHttp();
    const pushedAt = Date.parse("2026-11-17T12:00:00Z") / 1000;
    const body = JSON.stringify({ ref: "refs/heads/main", repository: { pushed_at: pushedAt } });
    expect(await deliver(room, github(body))).toBe("409 replayed");
  });

  test.each(["--upload-pack=sh", "a..b", "a b", "a\nb", "x".repeat(300), ""])(
    "a branch that is none: %j",
    async (branch) => {
      const room = await startHttp();
      const body = JSON.stringify({ ref: `refs/heads/${branch}`, after: head });
      expect(await deliver(room, github(body))).toBe("400 bad-request");
      expect(room.core.hints).toEqual([]);
    },
  );

  test("who guesses the secret is slowed down", async () => {
    const room = await startHttp();
    const wrong = github(pushed, { "x-hub-signature-256": "sha256=00" });
    for (let times = 0; times < 5; times++) await deliver(room, wrong);
    expect(await deliver(room, github(pushed))).toBe("429 too-many-attempts");
    room.timers.advance(1000);
    expect(await deliver(room, github(pushed))).toBe("202 accepted");
  });

  test("a body larger than any sender's is refused before it is read", async () => {
    const room = await startHttp({ limits: { bodiesBytes: 1000 } });
    const size = { "content-length": String(26 * 1024 * 1024) };
    const socket = await room.raw(
      `POST /hooks/shop HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size["content-length"]}\r\n\r\n`,
    );
    expect(socket).toContain("HTTP/1.1 413 Payload Too Large");
    expect(await deliver(room, github(JSON.stringify("x".repeat(2000))))).toBe(
      "503 too-many-bodies",
    );
  });
});
