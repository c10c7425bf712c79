/**
 * Run logs of real processes: killed, interrupted, on a full disk, side by side.
 *
 * @newer-engine: no engine is asked.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { profileOf } from "../../src/report/profile.ts";
import { temporaryFolder } from "../support/folder.ts";
import { lastRun, refusedLines, runLogNames, told } from "../support/run-logs.ts";
import { faults, sliceOf } from "../support/trace-checks.ts";
import { processes, says, start } from "./running.ts";
import { build, tbuild } from "./tbuild.ts";

/** A command line that no other process on this machine has. */
const forever = `sleep 3600.${process.pid}`;

const workspace = (targets: string, files: Readonly<Record<string, string>> = {}): string =>
  temporaryFolder({ "targets.yaml": targets, ...files });

const slow = `
params: { wait: { type: flag, default: true } }
targets:
  first: { run: "echo 1 >first", outputs: [first] }
  slow: { run: "echo begun; if \${wait}; then exec ${forever}; fi", needs: [first] }
`;

test("the log of a tbuild that was killed reads up to its last whole line", async () => {
  const folder = workspace(slow);
  const running = start(folder, ["slow"]);
  await running.until(says("begun"));
  running.signal("SIGKILL");
  await running.ended;

  const lines = lastRun(folder);

  expect(refusedLines(lines)).toEqual([]);
  expect(told(lines)).toEqual([
    "run",
    "started",
    "target-started first",
    "target-finished first",
    "target-started slow",
  ]);
  const profile = profileOf(lines);
  expect(faults(profile)).toEqual([]);
  expect(sliceOf(profile, "slow").args).toMatchObject({ outcome: "unfinished" });
  await build(folder, ["slow", "--no-wait"]);
  expect(processes(forever)).toEqual([]);
});

test("the log and the profile of an interrupted build go on to its end", async () => {
  const folder = workspace(slow);
  const running = start(folder, ["slow", "--profile", "trace.json"]);
  await running.until(says("begun"));
  running.signal("SIGINT");
  expect((await running.ended).exitCode).toBe(130);

  expect(told(lastRun(folder)).slice(-3)).toEqual([
    "interrupted",
    "target-finished slow",
    "finished",
  ]);
  const profile = JSON.parse(readFileSync(path.join(folder, "trace.json"), "utf8"));
  expect(faults(profile)).toEqual([]);
  expect(sliceOf(profile, "slow").args).toMatchObject({ outcome: "cancelled" });
  expect(profile).toEqual(JSON.parse(JSON.stringify(profileOf(lastRun(folder)))));
});

test("a run that waited for another one says so, and each has a log of its own", async () => {
  const folder = workspace(slow);
  const running = start(folder, ["slow"]);
  await running.until(says("begun"));
  const other = start(folder, ["first"]);
  await other.until(({ kind }) => kind === "waiting");
  running.signal("SIGINT");
  await Promise.all([running.ended, other.ended]);

  expect(runLogNames(folder)).toHaveLength(2);
  const logs = runLogNames(folder).map((name) =>
    readFileSync(path.join(folder, ".tbuild/runs", name), "utf8"),
  );
  expect(logs.filter((text) => text.includes('"kind":"waiting"'))).toHaveLength(1);
});

test("every line of `--log json` is what the schema says", async () => {
  const folder = workspace(slow);
  const runs = [
    await build(folder, ["slow", "--no-wait"]),
    await build(folder, ["first"]),
    await build(folder, ["slow", "--no-wait", "--dry-run", "--force"]),
    await build(folder, ["solw"]),
  ];
  for (const run of runs) expect(refusedLines(run.events)).toEqual([]);
});

test("a folder of run logs that cannot be made costs the log and nothing else", async () => {
  const folder = workspace("targets:\n  a: { run: 'echo 1 >a', outputs: [a] }", {
    ".tbuild/runs": "in the way",
  });
  expect(await tbuild(folder, ["a", "--log", "plain"])).toMatchObject({ exitCode: 0 });
  expect(readdirSync(folder)).toContain("a");
});
