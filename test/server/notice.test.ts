import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { fail, ok, type Result } from "../../src/model/result.ts";
import { compareHeads } from "../../src/server/notice/compare-heads.ts";
import { Cursors } from "../../src/server/notice/cursors.ts";
import { EventsPoller } from "../../src/server/notice/events-poller.ts";
import { askEvents } from "../../src/server/notice/github-events.ts";
import { Schedules } from "../../src/server/notice/scheduler.ts";
import { Watcher } from "../../src/server/notice/watcher.ts";
import type { GithubEvents, RepositoryConfig } from "../../src/server/records/config.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeClock, settled } from "./fake-clock.ts";

const one = "1".repeat(40);
const two = "2".repeat(40);
const three = "3".repeat(40);

const shop: RepositoryConfig = {
  ...{ name: "shop", url: "https://git.example.org/shop.git", branches: ["main", "release/*"] },
  ...{ targets: ["all"], params: {}, follows: [], poll: 60, schedules: [], cancelRunning: false },
  ...{ buildAtStart: false, priority: 0, environment: [] },
};

test("branches that fit and moved, or are new, were pushed; a force push is one, a deleted branch none", () => {
  const heads = new Map([
    ["main", two],
    ["release/1", one],
    ["feature/x", one],
    ["release/..", one],
  ]);
  expect(compareHeads({ main: one, "release/0": one }, heads, shop.branches)).toEqual({
    pushes: [
      { branch: "main", commit: two },
      { branch: "release/1", commit: one },
    ],
    deleted: ["release/0"],
  });
  expect(compareHeads({ main: two, "release/1": one }, heads, shop.branches).pushes).toEqual([]);
});

/** A watcher whose git answers as the test says; `seen` are the pushes that it told of. */
function watching(repository = shop, file = `${temporaryFolder()}/cursors.json`) {
  const clock = new FakeClock();
  const cursors = new Cursors(file);
  const seen: string[] = [];
  const gone: string[] = [];
  const git: { answer: Result<ReadonlyMap<string, string>>; refuse?: Diagnostic; asked: number } = {
    answer: ok(new Map([["main", one]])),
    asked: 0,
  };
  const watcher = new Watcher({
    ...{ repository, cursors, clock },
    readHeads: async () => {
      git.asked++;
      return git.answer;
    },
    accept: async (_, pushes, hint) => {
      if (git.refuse) return git.refuse;
      for (const { branch, commit } of pushes) {
        seen.push(`${branch} ${commit.slice(0, 1)} ${hint.noticed}`);
      }
      return undefined;
    },
    deleted: (_, branches) => gone.push(...branches),
    asked: () => {},
  });
  return { clock, git, watcher, seen, gone, file };
}

const heads = (commits: Readonly<Record<string, string>>) => ok(new Map(Object.entries(commits)));
const away: Result<never> = fail({
  ...{ code: "repository-unreachable", blame: "surroundings", message: "cannot reach it" },
});

test("the first look builds nothing, unless that is asked for; a later push is told once", async () => {
  const { clock, git, watcher, seen } = watching();
  watcher.begin();
  await settled();
  expect(seen).toEqual([]);
  git.answer = heads({ main: two });
  for (let times = 0; times < 3; times++) {
    clock.advance(60_000);
    await settled();
  }
  expect(seen).toEqual(["main 2 poll"]);

  const eager = watching({ ...shop, buildAtStart: true });
  eager.watcher.begin();
  await settled();
  expect(eager.seen).toEqual(["main 1 poll"]);
});

test("what was pushed while nobody watched is told by the next start, and nothing twice", async () => {
  const first = watching();
  first.watcher.begin();
  await settled();
  await first.watcher.end();
  for (const wanted of [["main 2 poll"], []]) {
    const next = watching(shop, first.file);
    next.git.answer = heads({ main: two });
    next.watcher.begin();
    await settled();
    expect(next.seen).toEqual(wanted);
    await next.watcher.end();
  }
});

test("a server that does not answer is asked less and less often, and then as before", async () => {
  const { clock, git, watcher } = watching();
  git.answer = away;
  watcher.begin();
  for (const wait of [120_000, 240_000, 480_000, 960_000, 1_800_000, 1_800_000]) {
    await settled();
    expect(clock.waits).toEqual([wait]);
    expect(watcher.problem?.message).toBe("cannot reach it");
    clock.advance(wait);
  }
  git.answer = heads({ main: one });
  clock.advance(1_800_000);
  await settled();
  clock.advance(1_800_000);
  await settled();
  expect(clock.waits).toEqual([60_000]);
  expect(watcher.problem).toBeUndefined();
});

test("a push that cannot be queued is told again with the next look", async () => {
  const { clock, git, watcher, seen } = watching();
  watcher.begin();
  await settled();
  git.answer = heads({ main: two });
  git.refuse = { code: "queue-full", blame: "surroundings", message: "full" };
  clock.advance(60_000);
  await settled();
  expect(seen).toEqual([]);
  expect(watcher.problem?.message).toBe("full");
  delete git.refuse;
  clock.advance(120_000);
  await settled();
  expect(seen).toEqual(["main 2 poll"]);
});

test("a hint is looked at until git shows its commit, and believed in nothing", async () => {
  const { clock, git, watcher, seen } = watching();
  watcher.begin();
  await settled();
  const hinted = watcher.hint({ noticed: "webhook", branch: "main", commit: two });
  await settled();
  expect(seen).toEqual([]);
  git.answer = heads({ main: two });
  clock.advance(2000);
  await hinted;
  expect(seen).toEqual(["main 2 webhook"]);
  const asked = git.asked;
  await watcher.hint({ noticed: "webhook", branch: "main", commit: two });
  expect(git.asked).toBe(asked + 1);
  expect(seen).toEqual(["main 2 webhook"]);
});

test("a forged hint asks git four times at most, and queues nothing", async () => {
  const { clock, git, watcher, seen } = watching({ ...shop, poll: 3600 });
  watcher.begin();
  await settled();
  const hinted = watcher.hint({ noticed: "webhook", branch: "main", commit: three });
  for (const wait of [0, 2000, 10_000, 60_000]) {
    await settled();
    clock.advance(wait);
  }
  await settled();
  await hinted;
  expect(git.asked).toBe(5);
  expect(seen).toEqual([]);
});

test("a branch that is deleted is told, and counts as pushed when it comes again", async () => {
  const { clock, git, watcher, seen, gone } = watching();
  git.answer = heads({ main: one, "release/1": one });
  watcher.begin();
  await settled();
  git.answer = heads({ main: one });
  clock.advance(60_000);
  await settled();
  expect(gone).toEqual(["release/1"]);
  git.answer = heads({ main: one, "release/1": two });
  clock.advance(60_000);
  await settled();
  expect(seen).toEqual(["release/1 2 poll"]);
});

test("a delivery is known, also after a restart, until thousands came after it", async () => {
  const file = `${temporaryFolder()}/cursors.json`;
  const cursors = new Cursors(file);
  expect(cursors.knows("a")).toBe(false);
  await cursors.remember(["a"], 1);
  expect([cursors.knows("a"), new Cursors(file).knows("a")]).toEqual([true, true]);
  await cursors.remember(
    Array.from({ length: 5000 }, (_, at) => `b${at}`),
    2,
  );
  expect([cursors.knows("a"), cursors.knows("b0")]).toEqual([false, true]);
});

describe("GitHub's events", () => {
  const event = (more: object) => ({
    type: "PushEvent",
    payload: { ref: "refs/heads/main", head: two },
    ...more,
  });
  const ask = async (
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
    etag?: string,
  ) => {
    const sent: { url: string; headers: Record<string, string> }[] = [];
    const answer = await askEvents(
      { url: "https://api.github.com/repos/acme/shop/events" },
      {
        etag,
        fetch: async (url, init) => {
          sent.push({ url, headers: init.headers });
          return new Response(body === undefined ? null : JSON.stringify(body), {
            status,
            headers,
          });
        },
        clock: new FakeClock(),
        token: "t0ken",
        signal: new AbortController().signal,
      },
    );
    return { answer, sent: sent[0] };
  };

  test("are read for ref and head alone, in any order and of any version", async () => {
    const { answer, sent } = await ask(
      200,
      [
        event({}),
        event({
          payload: { ref: "refs/heads/side", head: one, commits: [{}], size: 3, before: two },
        }),
        event({ payload: { ref: "refs/tags/v1", head: one } }),
        event({ payload: { ref: "refs/heads/gone", head: "0".repeat(40) } }),
        event({ type: "WatchEvent" }),
        event({ payload: null }),
        null,
        "x",
      ],
      { etag: 'W/"abc"', "x-poll-interval": "90" },
      'W/"old"',
    );
    expect(answer).toEqual({ branches: ["main", "side"], etag: 'W/"abc"', wait: 90_000 });
    expect(sent).toEqual({
      url: "https://api.github.com/repos/acme/shop/events?per_page=100",
      headers: {
        ...{ accept: "application/vnd.github+json", "user-agent": "tbuild" },
        ...{ "if-none-match": 'W/"old"', authorization: "Bearer t0ken" },
      },
    });
  });

  test("that did not change say nothing, and are asked for as often as is allowed", async () => {
    const { answer } = await ask(304, undefined, { "x-poll-interval": "120" });
    expect(answer).toEqual({ branches: [], wait: 120_000 });
  });

  test("are left alone until the rate limit is reset", async () => {
    const reset = String(Date.parse("2026-11-21T12:20:00.000Z") / 1000);
    const limits = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    const problem = "the events cannot be read: the limit of requests is reached (HTTP 403)";
    expect((await ask(403, {}, limits)).answer).toEqual({ branches: [], wait: 1_200_000, problem });
    expect((await ask(429, {}, { "retry-after": "300" })).answer.wait).toBe(300_000);
  });

  test("that are no list are a problem, and no crash", async () => {
    expect((await ask(200, { message: "hello" })).answer.problem).toBe(
      "the answer is no list of events",
    );
    expect((await ask(500, {})).answer.problem).toBe("the events cannot be read: HTTP 500");
  });
});

describe("the poller of GitHub's events", () => {
  const usual = { url: "https://api.github.com/repos/acme/shop/events" };
  const interval = { "x-poll-interval": "300", etag: 'W/"abc"' };

  /** A poller that begins at that time, and the ETags that it sent. */
  function polling(file: string, start: string, events: GithubEvents = usual) {
    const clock = new FakeClock(start);
    const sent: (string | undefined)[] = [];
    const cursors = new Cursors(file);
    const poller = new EventsPoller({
      ...{ repository: shop, events, clock, cursors },
      token: () => undefined,
      hint: async () => {},
      fetch: async (_, { headers }) => {
        sent.push(headers["if-none-match"]);
        return new Response("[]", { headers: interval });
      },
    });
    poller.begin();
    return { poller, clock, sent, cursors };
  }

  /** A server that asked at 12:00, and was stopped. */
  async function asked(): Promise<string> {
    const file = `${temporaryFolder()}/cursors.json`;
    const first = polling(file, "2026-11-21T12:00:00.000Z");
    await settled();
    first.poller.end();
    await first.cursors.written();
    expect(first.sent).toEqual([undefined]);
    return file;
  }

  test("asks after a restart no sooner than the last answer allowed, and with its ETag", async () => {
    const { poller, clock, sent } = polling(await asked(), "2026-11-21T12:04:00.000Z");
    await settled();
    clock.advance(59_000);
    await settled();
    expect(sent).toEqual([]);
    clock.advance(1000);
    await settled();
    expect([sent, clock.waits]).toEqual([['W/"abc"'], [300_000]]);
    poller.end();
  });

  test("asks at once when that time has passed, and of another address, with no ETag then", async () => {
    const late = polling(await asked(), "2026-11-21T12:05:00.000Z");
    const other = { url: "https://api.github.com/repos/acme/toys/events" };
    const moved = polling(await asked(), "2026-11-21T12:00:01.000Z", other);
    await settled();
    expect([late.sent, moved.sent]).toEqual([['W/"abc"'], [undefined]]);
    late.poller.end();
    moved.poller.end();
  });

  test("waits no longer than it had to when the clock was set back", async () => {
    const { poller, clock } = polling(await asked(), "2026-11-20T12:00:00.000Z");
    await settled();
    expect(clock.waits).toEqual([300_000]);
    poller.end();
  });
});

test("a schedule is due at its time, and once for all the times that the server was off", async () => {
  const nightly = { cron: "0 3 * * *", branch: "main", targets: ["all"] };
  const repository = { ...shop, schedules: [nightly] };
  const file = `${temporaryFolder()}/cursors.json`;
  const run = async (start: string, minutes: number) => {
    const clock = new FakeClock(start);
    const due: string[] = [];
    const cursors = new Cursors(file);
    const schedules = new Schedules(repository, cursors, clock, async () => {
      due.push(clock.date().toISOString().slice(0, 16));
      return true;
    });
    schedules.begin();
    for (let minute = 0; minute < minutes; minute++) {
      await settled();
      clock.advance(60_000);
    }
    await settled();
    schedules.end();
    await cursors.written();
    return due;
  };
  const local = new Date("2026-11-21T03:00:00");
  const at = (minutes: number) => new Date(local.getTime() + minutes * 60_000).toISOString();
  expect(await run(at(-3), 6)).toEqual([at(0).slice(0, 16)]);
  expect(await run(at(10), 3)).toEqual([]);
  expect(await run(at(3 * 24 * 60 + 5), 3)).toEqual([at(3 * 24 * 60 + 5).slice(0, 16)]);
});
