import { writeFileSync } from "node:fs";
import { build } from "../../src/engine/build.ts";
import { keptOf, type RunLine } from "../../src/model/run-log.ts";
import { lastRun, refusedLines, runLogNames, told } from "../support/run-logs.ts";
import { Workspace } from "../support/workspace.ts";

const targets = `
targets:
  made: { run: "cat in >out; echo hello", inputs: [in], outputs: [out] }
  copy: { run: "cp out copy", inputs: [{ target: made }], outputs: [copy] }
  broken: { run: "echo what a pity >&2; exit 3", needs: [copy] }
  last: { run: "true", needs: [broken] }
`;

const fleet = () => new Workspace(targets, { in: "1" });

test("a run log says who ran, what was made and how it ended, and its schema accepts every line", async () => {
  const workspace = fleet();
  await workspace.build("copy", { command: "tbuild copy" });
  const lines = lastRun(workspace.root);
  expect(refusedLines(lines)).toEqual([]);
  expect(lines[0]).toEqual({
    kind: "run",
    format: 1,
    tbuild: "1.2.3",
    command: "tbuild copy",
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(told(lines)).toEqual([
    "run",
    "started",
    "target-started made",
    "target-finished made",
    "target-started copy",
    "target-finished copy",
    "finished",
  ]);
});

test("each event has the milliseconds since the start, which never go back", async () => {
  const workspace = fleet();
  await workspace.build("copy");
  const times = lastRun(workspace.root).flatMap((line) =>
    "ms" in line ? [line.ms] : [Number.NaN],
  );
  expect(times[0]).toBeNaN();
  expect(times.slice(1).every((time) => time > 0)).toBe(true);
  expect([...times.slice(1)].sort((a, b) => a - b)).toEqual(times.slice(1));
});

test("what `--log json` prints of a run and what its log keeps are the same events", async () => {
  const workspace = fleet();
  const { events } = await workspace.build("copy");
  const logged = lastRun(workspace.root).flatMap((line) => {
    if (line.kind === "run") return [];
    const { ms: _, ...event } = line;
    return [event];
  });
  expect(logged).toEqual(events.filter(({ kind }) => kind !== "output"));
});

test("a run in which all is fresh logs no target, and counts them", async () => {
  const workspace = fleet();
  await workspace.build("copy");
  await workspace.build("copy");
  const lines = lastRun(workspace.root);
  expect(told(lines)).toEqual(["run", "started", "finished"]);
  expect(lines.at(-1)).toMatchObject({ built: 0, fresh: 2 });
  expect(runLogNames(workspace.root)).toHaveLength(2);
});

test("of a great many wanted targets it names the first hundred", async () => {
  const workspace = new Workspace(`
targets:
  many: { matrix: { n: [${Array.from({ length: 120 }, (_, n) => n)}] } }`);
  const { events } = await workspace.build("many");
  expect(events[0]).toMatchObject({ wanted: { length: 120 } });
  expect(lastRun(workspace.root)[1]).toMatchObject({ kind: "started", wanted: { length: 100 } });
});

test("of a failed run it keeps what ran and the problem, and counts what was skipped", async () => {
  const workspace = fleet();
  await workspace.build("last");
  const lines = lastRun(workspace.root);
  expect(refusedLines(lines)).toEqual([]);
  expect(told(lines).slice(-3)).toEqual([
    "target-started broken",
    "target-finished broken",
    "finished",
  ]);
  expect(lines.at(-2)).toMatchObject({
    outcome: "failed",
    problem: { message: "command failed with exit code 3" },
    log: ".tbuild/logs/broken.log",
  });
  expect(lines.at(-1)).toMatchObject({ built: 2, failed: 1, skipped: 1 });
});

test("an interruption is logged when it comes, once", async () => {
  const workspace = new Workspace(`
targets:
  slow: { run: "echo begun; exec sleep 60" }`);
  const abort = new AbortController();
  const onEvent = ({ kind }: { kind: string }) => kind === "output" && abort.abort();
  await workspace.build("slow", { signal: abort.signal, onEvent });
  expect(told(lastRun(workspace.root))).toEqual([
    "run",
    "started",
    "target-started slow",
    "interrupted",
    "target-finished slow",
    "finished",
  ]);
});

test("a dry run leaves no log", async () => {
  const workspace = fleet();
  await workspace.build("copy", { dryRun: true });
  expect(() => runLogNames(workspace.root)).toThrow("ENOENT");
});

test("secrets are hidden, and leave the lines what they are", async () => {
  const workspace = fleet();
  const { request, parts } = workspace.prepare("copy", { command: "tbuild copy --x built" });
  const redact = (text: string) => text.replaceAll(/built|made|1/g, "***");
  const record: RunLine[] = [];
  await build(request, { ...parts, redact, record: (line) => record.push(line) });
  const lines = lastRun(workspace.root);
  expect(refusedLines(lines)).toEqual([]);
  expect(lines[0]).toMatchObject({ command: "tbuild copy --x ***" });
  expect(told(lines)).toContain("target-finished ***");
  expect(lines.find((line) => line.kind === "target-finished")).toMatchObject({ outcome: "built" });
  expect(record.filter((line) => line.kind === "run" || keptOf(line))).toEqual(lines);
});

test("who listens is told what no log keeps too, but not of a dry run", async () => {
  const workspace = fleet();
  const record: RunLine[] = [];
  const { request, parts } = workspace.prepare("copy");
  await build(request, { ...parts, record: (line) => record.push(line) });
  record.length = 0;
  await build(request, { ...parts, record: (line) => record.push(line) });
  expect(told(record)).toEqual([
    "run",
    "started",
    "target-finished made",
    "target-finished copy",
    "finished",
  ]);
  record.length = 0;
  await build({ ...request, dryRun: true }, { ...parts, record: (line) => record.push(line) });
  expect(record).toEqual([]);
});

test("a log that cannot be kept costs nothing else", async () => {
  const workspace = fleet();
  workspace.write({ ".tbuild/runs": "in the way" });
  expect(await workspace.build("copy")).toMatchObject({ built: 2, messages: [] });
  writeFileSync(`${workspace.root}/in`, "2");
  expect(await workspace.build("copy")).toMatchObject({ built: 2, messages: [] });
});
