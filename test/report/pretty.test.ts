import type { Event } from "../../src/model/event.ts";
import type { ConfirmationState } from "../../src/model/overwrite.ts";
import { prettyReporter } from "../../src/report/pretty.ts";
import {
  begun,
  failure,
  fakeOptions,
  finished,
  targetFinished,
  targetStarted,
} from "./fake-report.ts";
import { FakeTerminal } from "./fake-terminal.ts";

function watched(columns = 60, rows = 20, more = {}) {
  const terminal = new FakeTerminal(columns, rows);
  const { clock, out, options } = fakeOptions({ err: terminal, ...more });
  const reporter = prettyReporter(options, terminal);
  const report = (...events: Event[]) => events.forEach((event) => void reporter.report(event));
  return { terminal, clock, out, reporter, report };
}

const step = (target: string, id: string, name: string, state: "started" | "done"): Event => ({
  kind: "step",
  target,
  id,
  name,
  state,
});

test("a terminal shows what runs, since when, its step or last line, and what is done", () => {
  const { terminal, clock, report } = watched();
  report(begun(23), targetFinished("base", "fresh"), targetStarted("images[agent]"));
  report(step("images[agent]", "7", "[4/9] RUN apt-get install", "started"));
  clock.pass(9_000);
  report(targetStarted("web"), { kind: "output", target: "web", line: "compiling a.c" });
  clock.pass(3_000);
  expect(terminal.screen).toEqual([
    "running images[agent]  12 s  [4/9] RUN apt-get install",
    "running web             3 s  compiling a.c",
    "1/23 done, 12 s",
  ]);
  expect(terminal.cursorHidden).toBe(true);
});

test("finished targets scroll away above what runs", () => {
  const { terminal, clock, report } = watched();
  report(begun(3), targetStarted("a"), targetStarted("b"));
  clock.pass(1_000);
  report(targetFinished("a", "built", { note: "2 tags" }));
  clock.pass(100);
  expect(terminal.screen).toEqual(["built   a  1.3 s  2 tags", "running b  1 s", "1/3 done, 1 s"]);
  report(targetFinished("b"), finished({ built: 2, fresh: 1 }));
  expect(terminal.screen).toEqual([
    "built   a  1.3 s  2 tags",
    "built   b  1.3 s",
    "built 2, fresh 1 in 4.2 s",
  ]);
  expect(terminal.cursorHidden).toBe(false);
});

const confirmation = (state: ConfirmationState): Event => ({
  kind: "confirmation",
  target: "push",
  title: "push",
  state,
  overwrites: [{ reference: "host/web:v1", old: "sha256:aa", new: "sha256:bb", why: "a release" }],
});

test("while somebody is asked the display is away, and what happens is told after the answer", () => {
  const { terminal, clock, report } = watched();
  report(begun(2), targetStarted("push"), targetStarted("a"));
  clock.pass(100);
  expect(terminal.screen).toHaveLength(3);
  report(confirmation("asked"));
  expect(terminal.screen).toEqual([]);
  expect(terminal.cursorHidden).toBe(false);
  terminal.write("push all the same? [y/N] ");
  report(targetFinished("a", "built"));
  clock.pass(5_000);
  expect(terminal.screen).toEqual(["push all the same? [y/N]"]);
  terminal.write("y\n");
  report(confirmation("agreed"));
  clock.pass(100);
  expect(terminal.screen).toEqual([
    "push all the same? [y/N] y",
    "built   a  1.3 s",
    "running push  5 s",
    "1/2 done, 5 s",
  ]);
});

test("what `--yes` said yes to is told", () => {
  const { terminal, clock, report } = watched();
  report(begun(1), targetStarted("push"), confirmation("given"));
  clock.pass(100);
  expect(terminal.screen.slice(0, 4)).toEqual([
    "push: 1 tag would be overwritten, and `--yes` was given",
    "  host/web:v1: a release",
    "    now  sha256:aa",
    "    then sha256:bb",
  ]);
});

test("a target between two attempts is still there, with what it waits for", () => {
  const { terminal, clock, report } = watched(100);
  report(begun(1), targetStarted("web"));
  const problem = { code: "x", blame: "target", message: "it failed" } as const;
  const attempt = { target: "web", title: "web", of: 3, attempt: 1 };
  report({ kind: "attempt-failed", ...attempt, problem, wait: 5 });
  clock.pass(1000);
  const failed = "again   web  attempt 1 of 3 failed: it failed; trying again in 5.0 s";
  expect(terminal.screen).toEqual([
    failed,
    "running web  1 s  waiting for attempt 2 of 3",
    "0/1 done, 1 s",
  ]);
  report({ kind: "attempt-started", ...attempt, attempt: 2 });
  clock.pass(2000);
  expect(terminal.screen).toEqual([failed, "running web  2 s", "0/1 done, 3 s"]);
});

test("a failure is one line at once and a whole block at the end", () => {
  const { terminal, clock, report } = watched(100);
  report(begun(3), targetStarted("a"), targetStarted("b"), failure("a"));
  clock.pass(100);
  expect(terminal.screen).toEqual([
    "failed  a  1.3 s  step `RUN make` exited with code 2",
    "running b  0 s",
    "1/3 done, 1 failed, 0 s",
  ]);
  report(targetFinished("b"), targetFinished("c", "skipped", { because: "a" }));
  report(finished({ built: 1, failed: 1, skipped: 1 }));
  expect(terminal.screen).toEqual([
    "failed  a  1.3 s  step `RUN make` exited with code 2",
    "built   b  1.3 s",
    "",
    "error: target `a` failed: step `RUN make` exited with code 2",
    "  cc: error: a.c: No such file",
    "  make: *** [a.o] Error 1",
    "hint: run it with `--verbose`",
    "log: .tbuild/logs/a.log",
    "again: tbuild 'a'",
    "",
    "skipped 1 that needs a: c",
    "failed 1, skipped 1, built 1 in 4.2 s",
  ]);
});

test("when all is fresh nothing is drawn but the last line", () => {
  const { terminal, clock, report } = watched();
  report(begun(2), targetFinished("a", "fresh"), targetFinished("b", "fresh"));
  clock.pass(5_000);
  expect(terminal.writes).toBe(0);
  report(finished({ fresh: 2 }));
  expect(terminal.screen).toEqual(["all 2 targets are fresh"]);
});

test("however much happens, it is redrawn ten times a second at most", () => {
  const { terminal, clock, report } = watched();
  report(begun(1), targetStarted("a"));
  for (let line = 0; line < 1_000; line++) {
    report({ kind: "output", target: "a", line: `line ${line}` });
    clock.pass(1);
  }
  expect(terminal.writes).toBeLessThanOrEqual(10);
});

test("what did not change is not drawn again", () => {
  const { terminal, clock, report } = watched();
  report(begun(1), targetStarted("a"));
  clock.pass(100);
  const before = terminal.writes;
  clock.pass(800);
  expect(terminal.writes).toBe(before);
});

test("lines are cut to the terminal, counted in columns", () => {
  const { terminal, clock, report } = watched(30);
  report(begun(1), targetStarted("a"));
  report({ kind: "output", target: "a", line: "漢字漢字漢字漢字漢字" });
  clock.pass(100);
  expect(terminal.screen[0]).toBe("running a  0 s  漢字漢字漢字…");
});

test("a terminal that becomes narrower keeps no torn lines", () => {
  const { terminal, clock, report } = watched(60);
  report(begun(2), targetStarted("a"));
  report({ kind: "output", target: "a", line: "x".repeat(80) });
  clock.pass(100);
  terminal.resize(25);
  expect(terminal.screen).toEqual(["running a  0 s  xxxxxxx…", "0/2 done, 0 s"]);
});

test("more running targets than rows leave the last line in sight", () => {
  const { terminal, clock, report } = watched(60, 5);
  report(begun(9), ...["a", "b", "c", "d", "e"].map((name) => targetStarted(name)));
  clock.pass(100);
  expect(terminal.screen).toEqual([
    "running a  0 s",
    "running b  0 s",
    "… and 3 more",
    "0/9 done, 0 s",
  ]);
});

test("bytes on their way and services that start are shown while they last", () => {
  const { terminal, clock, report } = watched();
  report(begun(2), targetStarted("push"), {
    kind: "service",
    target: "repo",
    state: "starting",
  });
  const transfer = { kind: "transfer", target: "push", total: 100e6 } as const;
  report({ ...transfer, id: "x", done: 1.5e6 }, { ...transfer, id: "y", done: 36.6e6 });
  clock.pass(100);
  expect(terminal.screen).toEqual([
    "running push  0 s  38 MB of 200 MB",
    "running repo  0 s  starting the service",
    "0/2 done, 0 s",
  ]);
  report({ kind: "service", target: "repo", state: "ready" });
  clock.pass(100);
  expect(terminal.screen).toEqual(["running push  0 s  38 MB of 200 MB", "0/2 done, 0 s"]);
});

test("a long transfer tells its rate and the time left, and what has ended stays counted", () => {
  const { terminal, clock, report } = watched();
  const transfer = { kind: "transfer", target: "push", id: "x", total: 100e6 } as const;
  report(begun(1), targetStarted("push"), { ...transfer, done: 0 });
  for (let second = 1; second <= 4; second++) {
    clock.pass(1000);
    report({ ...transfer, done: second * 10e6 });
  }
  clock.pass(100);
  expect(terminal.screen[0]).toBe("running push  4 s  40 MB of 100 MB, 9.8 MB/s, 6 s left");
  report({ ...transfer, id: "y", done: 0, total: 20e6 }, { ...transfer, done: 100e6 });
  clock.pass(100);
  expect(terminal.screen[0]).toMatch(/^running push {2}4 s {2}100 MB of 120 MB, \d+ MB\/s$/);
});

test("bytes that were there already make nothing look fast", () => {
  const { terminal, clock, report } = watched();
  const transfer = { kind: "transfer", target: "push", total: 12e6 } as const;
  report(begun(1), targetStarted("push"), { ...transfer, id: "x", done: 0 });
  report({ ...transfer, id: "y", done: 12e6 });
  clock.pass(2000);
  report({ ...transfer, id: "x", done: 2e6 });
  clock.pass(100);
  expect(terminal.screen[0]).toBe("running push  2 s  14 MB of 24 MB, 952 kB/s, 10 s left");
});

test("closing in the middle takes the live lines away and gives the cursor back", async () => {
  const { terminal, clock, report, reporter } = watched();
  report(begun(2), targetStarted("a"));
  clock.pass(100);
  await reporter.close();
  expect(terminal.screen).toEqual([]);
  expect(terminal.cursorHidden).toBe(false);
  expect(clock.isWaitedFor).toBe(false);
});

test("without a terminal there are its lines and no live region", () => {
  const { err, clock, options } = fakeOptions();
  const reporter = prettyReporter(options, undefined);
  for (const event of [begun(1), targetStarted("a"), targetFinished("a")]) reporter.report(event);
  clock.pass(1_000);
  expect(err.lines).toEqual(["built   a  1.3 s"]);
});

test("when asked for, output of commands scrolls by with whose it is", () => {
  const { terminal, report } = watched(60, 20, { verbose: true });
  report(begun(1), targetStarted("a"), { kind: "output", target: "a", line: "hello" });
  report(targetFinished("a"), finished({ built: 1 }));
  expect(terminal.screen).toEqual([
    "started a  never made",
    "a | hello",
    "built   a  1.3 s",
    "built 1 in 4.2 s",
  ]);
});
