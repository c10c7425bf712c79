/** Attempts of real commands, with time that the tests move. */
import { existsSync } from "node:fs";
import type { Event } from "../../src/model/event.ts";
import { FakeTimers } from "../support/fake-timers.ts";
import { type Run, Workspace } from "../support/workspace.ts";

/** Fails until it has been run so often; `tries` keeps count outside of its outputs. */
const flaky = (times: number, more = ""): string => `
targets:
  web:
    run: |
      echo x >>tries; echo "try $(wc -l <tries)"
      echo half >out
      [ $(wc -l <tries) -ge ${times} ] || exit 75
    outputs: [out]
    ${more}
`;

const eventsOf = (run: Run, ...kinds: Event["kind"][]): readonly unknown[] =>
  run.events.filter(({ kind }) => kinds.includes(kind));

test("a command that fails is tried again until it succeeds, and each attempt is told", async () => {
  const workspace = new Workspace(flaky(3, "retries: { times: 3, wait: 2 }"));
  const timers = new FakeTimers();
  const build = workspace.build("web", { timers });
  await timers.untilWaiting(2000);
  expect(existsSync(`${workspace.root}/out`)).toBe(false);
  timers.advance(2000);
  await timers.untilWaiting(4000);
  timers.advance(4000);
  const run = await build;
  expect(run).toMatchObject({ built: 1, failed: 0 });
  const failure = { kind: "attempt-failed", target: "web", title: "web", of: 4 };
  const problem = { message: "command failed with exit code 75", exitCode: 75 };
  expect(eventsOf(run, "attempt-failed", "attempt-started", "target-started")).toMatchObject([
    { kind: "target-started" },
    { ...failure, attempt: 1, problem, wait: 2 },
    { kind: "attempt-started", target: "web", title: "web", attempt: 2, of: 4 },
    { ...failure, attempt: 2, problem, wait: 4 },
    { kind: "attempt-started", target: "web", title: "web", attempt: 3, of: 4 },
  ]);
  expect(eventsOf(run, "target-finished")).toMatchObject([
    { outcome: "built", note: "attempt 3 of 4", seconds: 6 },
  ]);
});

test("the log holds all attempts, each under a line of its own", async () => {
  const workspace = new Workspace(flaky(2, "retries: { times: 1, wait: 1 }"));
  const timers = new FakeTimers();
  const build = workspace.build("web", { timers });
  await timers.untilWaiting(1000);
  timers.advance(1000);
  await build;
  expect(workspace.read(".tbuild/logs/web.log")).toBe(
    [
      "# web: never made, attempt 1 of 2",
      "try 1",
      "# failed: command failed with exit code 75",
      "# web: never made, attempt 2 of 2",
      "try 2",
      "",
    ].join("\n"),
  );
});

test("the last failure says which attempt it was", async () => {
  const workspace = new Workspace(flaky(9, "retries: { times: 1, wait: 1 }"));
  const timers = new FakeTimers();
  const build = workspace.build("web", { timers });
  await timers.untilWaiting(1000);
  timers.advance(1000);
  const run = await build;
  expect(run.messages).toEqual(["command failed with exit code 75 (attempt 2 of 2)"]);
  expect(existsSync(`${workspace.root}/out`)).toBe(false);
});

test("neither key counts: another time-out or number of retries leaves a target fresh", async () => {
  const workspace = new Workspace(flaky(1, "timeout: 5 min"));
  await workspace.build("web");
  workspace.write({ "targets.yaml": `name: test\n${flaky(1, "retries: 3")}` });
  expect((await workspace.build("web")).ran).toEqual([]);
});

test("the next attempt reads its inputs anew, and what it made of them is recorded", async () => {
  const workspace = new Workspace(
    `
targets:
  copy: { run: "cp a b; grep -q good b || exit 75", inputs: [a], outputs: [b], retries: 1 }
`,
    { a: "bad" },
  );
  const timers = new FakeTimers();
  const build = workspace.build("copy", { timers });
  await timers.untilWaiting(1000);
  workspace.write({ a: "good" });
  timers.advance(1000);
  expect(await build).toMatchObject({ built: 1 });
  expect((await workspace.build("copy")).ran).toEqual([]);
});

describe("an attempt that takes too long", () => {
  const slow = `
targets:
  web:
    run: "echo half >out; echo begun; sleep 1000 & wait"
    outputs: [out]
    timeout: 5 min
`;

  test("is ended with its children, leaves nothing, and says after how long", async () => {
    const workspace = new Workspace(slow);
    const timers = new FakeTimers();
    const run = await workspace.build("web", {
      timers,
      onEvent: ({ kind }) => kind === "output" && timers.advance(300_000),
    });
    expect(run.problems).toEqual([
      {
        code: "timed-out",
        blame: "target",
        message: "timed out after 5 min",
        at: { file: "targets.yaml", line: 7, column: 5, length: 7 },
        hint: "see what it was at, and raise `timeout` if it needs longer",
        details: ["begun"],
      },
    ]);
    expect(run).toMatchObject({ failed: 1, interrupted: false });
    expect(existsSync(`${workspace.root}/out`)).toBe(false);
    expect(workspace.read(".tbuild/logs/web.log")).toContain("# failed: timed out after 5 min\n");
  });

  test("is tried again when that is worth it, and its time begins anew", async () => {
    const workspace = new Workspace(`${slow}    retries: { times: 1, on: timeout }\n`);
    const timers = new FakeTimers();
    const build = workspace.build("web", {
      timers,
      onEvent: ({ kind }) => kind === "output" && timers.advance(300_000),
    });
    await timers.untilWaiting(1000);
    timers.advance(1000);
    expect((await build).messages).toEqual(["timed out after 5 min (attempt 2 of 2)"]);
  });

  test("has no more time than is left for all attempts", async () => {
    const workspace = new Workspace(`${slow}    retries: { times: 3, within: 200 s }\n`);
    const timers = new FakeTimers();
    const run = await workspace.build("web", {
      timers,
      onEvent: ({ kind }) => kind === "output" && timers.advance(200_000),
    });
    expect(run.problems).toMatchObject([
      {
        message:
          "timed out after 3 min 20 s: all attempts may take 3 min 20 s together (attempt 1 of 4, and `within` 3 min 20 s is no time for another)",
        hint: "see what it was at, and raise `within` if it needs longer",
      },
    ]);
  });

  test("leaves no timer behind when it ends in time", async () => {
    const timers = new FakeTimers();
    const workspace = new Workspace("targets: { quick: { run: 'true', timeout: 5 } }\n");
    expect(await workspace.build("quick", { timers })).toMatchObject({ built: 1 });
    expect(timers.waits).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  test("during an attempt is a cancel and no failure", async () => {
    const abort = new AbortController();
    const workspace = new Workspace(
      'targets: { web: { run: "echo begun; sleep 1000", timeout: 5, retries: 2 } }\n',
    );
    const timers = new FakeTimers();
    const run = await workspace.build("web", {
      timers,
      signal: abort.signal,
      onEvent: ({ kind }) => kind === "output" && abort.abort(),
    });
    expect(run).toMatchObject({ interrupted: true, failed: 0, problems: [] });
    expect(eventsOf(run, "attempt-failed")).toEqual([]);
    expect(timers.waits).toEqual([]);
  });

  test("between two attempts ends at once", async () => {
    const abort = new AbortController();
    const timers = new FakeTimers();
    const build = new Workspace(flaky(9, "retries: 5")).build("web", {
      timers,
      signal: abort.signal,
    });
    await timers.untilWaiting(1000);
    abort.abort();
    expect(await build).toMatchObject({ interrupted: true, failed: 0, skipped: 1, problems: [] });
  });
});

describe("in a `first-of`", () => {
  const server = (keys: string): string => `
targets:
  file:
    first-of:
      - { fetch: "http://127.0.0.1:1/file", ${keys} }
      - { run: "echo own >file", outputs: [file] }
`;

  test("one that is not reachable in the last attempt either is refused without fallback", async () => {
    const timers = new FakeTimers();
    const build = new Workspace(server("retries: 1")).build("file", { timers, fallback: false });
    await timers.untilWaiting(1000);
    timers.advance(1000);
    const run = await build;
    expect(run.messages).toEqual([
      "target `file` cannot have `fetch http://127.0.0.1:1/file`: 127.0.0.1:1 refuses connections",
    ]);
  });

  test("an alternative that is not reachable is tried again before the next one", async () => {
    const timers = new FakeTimers();
    const build = new Workspace(server("retries: 1")).build("file", { timers });
    await timers.untilWaiting(1000);
    timers.advance(1000);
    const run = await build;
    expect(run).toMatchObject({ built: 1, failed: 0 });
    expect(eventsOf(run, "attempt-failed")).toMatchObject([
      { target: "file#1", problem: { transient: true }, attempt: 1, of: 2 },
    ]);
  });
});
