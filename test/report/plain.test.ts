import type { Event } from "../../src/model/event.ts";
import { plainReporter } from "../../src/report/plain.ts";
import {
  begun,
  failure,
  fakeOptions,
  finished,
  targetFinished,
  targetStarted,
} from "./fake-report.ts";

function shown(events: readonly Event[], more = {}): string[] {
  const { err, options } = fakeOptions(more);
  const reporter = plainReporter(options);
  for (const event of events) reporter.report(event);
  return err.lines;
}

test("each target that is made has a line when it starts and one when it is done", () => {
  expect(
    shown([
      begun(),
      targetFinished("base", "fresh"),
      targetStarted("web", "input `web/app.js` changed"),
      targetFinished("web", "built", { note: "2 tags" }),
      finished({ built: 1, fresh: 1 }),
    ]),
  ).toEqual([
    "web: started, input `web/app.js` changed",
    "web: built in 1.3 s, 2 tags (2/4)",
    "built 1, fresh 1 in 4.2 s",
  ]);
});

test("when nothing had to be made, one line says so", () => {
  const events = [begun(2), targetFinished("a", "fresh"), targetFinished("b", "fresh")];
  expect(shown([...events, finished({ fresh: 2 })])).toEqual(["all 2 targets are fresh"]);
});

const problem = {
  code: "x",
  blame: "target",
  message: "command failed with exit code 75",
} as const;
const attempt = { target: "web", title: "web", of: 3 };

test("each attempt that failed says why, and when the next one is begun", () => {
  expect(
    shown([
      begun(1),
      targetStarted("web", "never made"),
      { kind: "attempt-failed", ...attempt, attempt: 1, problem, wait: 2.04 },
      { kind: "attempt-started", ...attempt, attempt: 2 },
      { kind: "attempt-failed", ...attempt, attempt: 2, problem, wait: 0 },
    ]),
  ).toEqual([
    "web: started, never made",
    "web: attempt 1 of 3 failed: command failed with exit code 75; trying again in 2.0 s",
    "web: attempt 2 of 3 started",
    "web: attempt 2 of 3 failed: command failed with exit code 75; trying again",
  ]);
});

test("a choice among alternatives is shown with what was passed over", () => {
  expect(
    shown([
      {
        kind: "alternative",
        target: "packages",
        chosen: "target package-build",
        passedOver: [{ alternative: "use --packages", why: "`--packages` not given" }],
      },
      {
        kind: "alternative",
        target: "base",
        chosen: "target debian-rootfs",
        passedOver: [
          { alternative: "pull debian:bookworm-slim", why: "not found in the registry" },
        ],
      },
      { kind: "alternative", target: "tools", chosen: "pull tools:1", passedOver: [] },
    ]),
  ).toEqual([
    "packages: built from source (target package-build), `--packages` not given",
    "base: built from source (target debian-rootfs), pull debian:bookworm-slim (not found in the registry)",
    "tools: pull tools:1",
  ]);
});

test("a failure ends with its cause, last lines, log and the command that runs just that again", () => {
  expect(
    shown([
      begun(),
      targetStarted("images[agent]"),
      failure("images[agent]"),
      targetFinished("save", "skipped", { because: "images[agent]" }),
      targetFinished("push", "skipped", { because: "images[agent]" }),
      finished({ failed: 1, skipped: 2 }),
    ]),
  ).toEqual([
    "images[agent]: started, never made",
    "images[agent]: failed after 1.3 s: step `RUN make` exited with code 2 (1/4)",
    "",
    "error: target `images[agent]` failed: step `RUN make` exited with code 2",
    "  cc: error: a.c: No such file",
    "  make: *** [a.o] Error 1",
    "hint: run it with `--verbose`",
    "log: .tbuild/logs/images[agent].log",
    "again: tbuild 'images[agent]'",
    "",
    "skipped 2 that need images[agent]: save, push",
    "failed 1, skipped 2 in 4.2 s",
  ]);
});

const talk: Event[] = [
  targetStarted("web"),
  { kind: "step", target: "web", id: "1", name: "[1/2] COPY . .", state: "started" },
  { kind: "output", target: "web", line: "\x1b[31mhello\x1b[0m" },
  { kind: "service", target: "repo", state: "ready", address: "http://localhost:80" },
  targetFinished("base", "fresh"),
];

test("output of commands is shown only when asked for, and without escape sequences", () => {
  expect(shown(talk)).toEqual(["web: started, never made"]);
  expect(shown(talk, { verbose: true })).toEqual([
    "web: started, never made",
    "web: started [1/2] COPY . .",
    "web | hello",
    "repo: service ready at http://localhost:80",
    "base: fresh (1/0)",
  ]);
});

test("a dry run answers on stdout, and tells what is certain from what is not", () => {
  const { out, err, options } = fakeOptions();
  const reporter = plainReporter(options);
  const would = { kind: "would-run", rule: "image", why: "never made" } as const;
  reporter.report(begun());
  reporter.report({ ...would, target: "a", title: "a", certain: true });
  reporter.report({ ...would, target: "b", title: "b", certain: false });
  reporter.report(finished({ fresh: 2 }));
  expect(out.lines).toEqual(["a: would be built: never made", "b: may be built: never made"]);
  expect(err.lines).toEqual(["would build 1, may build 1, fresh 2"]);
});

test("an interrupted build says so", () => {
  expect(
    shown([
      begun(),
      targetStarted("web"),
      { kind: "interrupted" },
      targetFinished("web", "cancelled"),
      finished({ fresh: 3 }),
    ]),
  ).toEqual([
    "web: started, never made",
    "interrupted, stopping",
    "web: cancelled after 1.3 s (1/4)",
    "interrupted: fresh 3 in 4.2 s",
  ]);
});

test("a build that waits for another one says for whom", () => {
  expect(shown([{ kind: "waiting", pid: 42, command: "tbuild all" }])).toEqual([
    "waiting for another tbuild in this workspace, process 42: tbuild all",
  ]);
});

test("problems found before the build leave nothing to sum up", () => {
  const problem = { code: "no-file", blame: "usage", message: "no target file" } as const;
  expect(shown([{ kind: "problem", problem }, finished()])).toEqual(["error: no target file"]);
});

test("after a minute of silence a line tells what still runs", () => {
  const { err, clock, options } = fakeOptions();
  const reporter = plainReporter(options);
  reporter.report(targetStarted("web"));
  reporter.report({ kind: "output", target: "web", line: "compiling a.c" });
  clock.pass(120_000);
  expect(err.lines).toEqual([
    "web: started, never made",
    "web: running for 2 min 0 s, compiling a.c",
  ]);
});

test("once closed it waits for nothing", async () => {
  const { clock, options } = fakeOptions();
  await plainReporter(options).close();
  expect(clock.isWaitedFor).toBe(false);
});

test("a watch tells what began or stopped a build, and what it waits for", () => {
  const { err, options } = fakeOptions();
  const reporter = plainReporter(options);
  reporter.report({ kind: "changed", changed: { names: ["a", "b"], total: 3 }, stops: false });
  reporter.report(begun());
  reporter.report({ kind: "changed", changed: { names: ["c"], total: 1 }, stops: true });
  reporter.report(finished({ built: 1, skipped: 3 }));
  reporter.report({
    kind: "watching",
    files: 1,
    folders: 2,
    needed: { names: ["a", "b", "c", "d"], total: 9 },
  });
  expect(err.lines).toEqual([
    "a changed (and 2 more)",
    "c changed, stopping this build for another",
    "stopped: skipped 3, built 1 in 4.2 s",
    "waiting for a change of a, b, c (and 6 more)",
    "watching 1 file in 2 folders; Ctrl-C ends",
  ]);
});
