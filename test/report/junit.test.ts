import type { Event } from "../../src/model/event.ts";
import type { RunHeader } from "../../src/model/run-log.ts";
import { junitFile } from "../../src/report/junit.ts";
import { casesOf, readXml, refused } from "../support/junit-checks.ts";

const header: RunHeader = {
  kind: "run",
  format: 1,
  tbuild: "1.2.3",
  command: "tbuild all",
  startedAt: "2026-11-21T08:00:00.123Z",
};

type Finished = Event & { readonly kind: "target-finished" };

const started = (target: string): Event => ({
  kind: "target-started",
  target,
  title: target,
  rule: "run",
  reason: { kind: "never-made" },
  why: "never made",
});

const finished = (
  target: string,
  outcome: Finished["outcome"],
  more: Partial<Finished> = {},
): Finished => ({
  kind: "target-finished",
  target,
  title: target,
  rule: "run",
  outcome,
  seconds: 1.5,
  artifacts: [],
  ...more,
});

const begun: Event = { kind: "started", project: "shop", wanted: [], total: 3, fresh: 0, jobs: 2 };

/** The file of a run with these events, one each second. */
function fileOf(...events: readonly Event[]): string {
  const file = junitFile();
  file.add(header);
  for (const [at, event] of events.entries()) file.add({ ...event, ms: at * 1000 });
  return file.text();
}

test("each target is a test case with its rule as the class, and its time", () => {
  const text = fileOf(
    begun,
    finished("images[agent]", "built", { rule: "image", seconds: 4.2564 }),
    finished("old", "fresh", { seconds: 0 }),
    finished("far", "restored"),
  );
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tbuild all" tests="3" failures="0" errors="0" time="3.000">
<testsuite name="shop" tests="3" failures="0" errors="0" skipped="0" time="3.000" timestamp="2026-11-21T08:00:00">
<testcase name="images[agent]" classname="image" time="4.256"/>
<testcase name="old" classname="run" time="0.000"/>
<testcase name="far" classname="run" time="1.500"/>
</testsuite>
</testsuites>
`);
  expect(refused(readXml(text))).toEqual([]);
});

test("a failure has its message, details, hint and log, and the last lines of its output", () => {
  const problem = {
    code: "command-failed",
    blame: "target",
    message: "`make` failed with exit code 2",
    at: { file: "targets.yaml", line: 3, column: 5 },
    details: ["cc: error", "make: *** [all] Error 1"],
    hint: "look at the log",
  } as const;
  const output = Array.from({ length: 103 }, (_, at): Event => {
    return { kind: "output", target: "web", line: `line ${at + 1}` };
  });
  const events = [begun, started("web"), ...output];
  const log = ".tbuild/logs/web.log";
  const [web] = casesOf(fileOf(...events, finished("web", "failed", { problem, log })));
  expect(web?.children).toEqual([
    {
      name: "failure",
      attributes: { type: "command-failed", message: "`make` failed with exit code 2" },
      children: [],
      text: `targets.yaml:3:5: \`make\` failed with exit code 2
cc: error
make: *** [all] Error 1
hint: look at the log
log: .tbuild/logs/web.log`,
    },
    {
      name: "system-out",
      attributes: {},
      children: [],
      text: output
        .slice(3)
        .map((event) => (event.kind === "output" ? event.line : ""))
        .join("\n"),
    },
  ]);
});

test("what was not made is skipped, and says why", () => {
  const cases = casesOf(
    fileOf(
      begun,
      finished("site", "skipped", { because: "web" }),
      finished("base#1", "unavailable", { note: "not found in the registry" }),
      finished("slow", "cancelled"),
    ),
  );
  expect(cases.map(({ children }) => children[0])).toMatchObject([
    { name: "skipped", attributes: { message: "needs web, which failed" } },
    { name: "skipped", attributes: { message: "not to be had: not found in the registry" } },
    { name: "skipped", attributes: { message: "cancelled" } },
  ]);
});

test("a target that was made twice is told of once, as it ended", () => {
  const problem = { code: "x", blame: "target", message: "no" } as const;
  const events = [finished("a", "built"), finished("a", "failed", { problem })];
  expect(casesOf(fileOf(begun, ...events)).map(({ children }) => children.length)).toEqual([1]);
});

test("what no target is to blame for is an error", () => {
  const problem = { code: "state", blame: "surroundings", message: "the disk is full" } as const;
  expect(casesOf(fileOf({ kind: "problem", problem }))).toMatchObject([
    {
      attributes: { name: "state", classname: "tbuild" },
      children: [{ name: "error", attributes: { message: "the disk is full" } }],
    },
  ]);
});

test("whatever stands in names, messages and output, the file can be read", () => {
  const nasty = 'a<b>&amp;"\u0000\u0007\u001b[31mred\u001b[0m]]>\ud800\uffff\t\r\n<!-- é 🚢';
  const problem = { code: "x", blame: "target", message: nasty } as const;
  const [found] = casesOf(
    fileOf(
      begun,
      started(nasty),
      { kind: "output", target: nasty, line: nasty },
      finished(nasty, "failed", { problem }),
    ),
  );
  const kept = 'a<b>&amp;"\ufffd\ufffdred]]>\ufffd\ufffd\t\r\n<!-- é 🚢';
  expect(found?.attributes["name"]).toBe(kept);
  const [failure, output] = found?.children ?? [];
  expect(failure).toMatchObject({ attributes: { message: kept }, text: kept });
  expect(output?.text).toBe(kept);
});
