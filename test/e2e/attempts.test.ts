/**
 * Time-outs, attempts, pools and lost files with real commands and real time.
 *
 * @newer-engine: no engine is asked.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { processes, says, start, untilProcesses } from "./running.ts";
import { build, tbuild } from "./tbuild.ts";

const workspace = (targets: string): string => temporaryFolder({ "targets.yaml": targets });

/** A command line that no other process has. */
const forever = (number: number): string => `sleep ${process.pid}${number}.5`;

test("a command that fails twice succeeds with its third attempt, and plain lines tell it", async () => {
  const folder = workspace(`
targets:
  web:
    run: |
      echo x >>tries; echo "try $(wc -l <tries)"
      [ $(wc -l <tries) -ge 3 ] || exit 75
    retries: { times: 3, on: 75, wait: 0, jitter: 0 }
`);
  const { exitCode, stderr } = await tbuild(folder, ["web", "--log", "plain"]);
  expect(exitCode).toBe(0);
  const again = "failed: command failed with exit code 75; trying again";
  expect(stderr.replace(/in \d+\.\d s/g, "in N s").split("\n")).toEqual([
    "web: started, never made",
    `web: attempt 1 of 4 ${again}`,
    "web: attempt 2 of 4 started",
    `web: attempt 2 of 4 ${again}`,
    "web: attempt 3 of 4 started",
    "web: built in N s, attempt 3 of 4 (1/1)",
    "built 1 in N s",
  ]);
  const log = readFileSync(path.join(folder, ".tbuild/logs/web.log"), "utf8");
  expect(log.match(/try \d/g)).toEqual(["try 1", "try 2", "try 3"]);
});

test("a command that takes too long is ended with its children, who do not listen", async () => {
  const command = forever(1);
  const folder = workspace(`
targets:
  slow:
    run: |
      trap '' TERM
      echo half >out
      ${command} & ${command} & wait; wait
    outputs: [out]
    timeout: 0.5 s
`);
  const startedAt = performance.now();
  const { exitCode, stderr } = await tbuild(folder, ["slow", "--log", "plain"]);
  // Half a second, a second to end by itself, and what tbuild needs to start.
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(exitCode).toBe(1);
  expect(processes(command)).toEqual([]);
  expect(existsSync(path.join(folder, "out"))).toBe(false);
  expect(stderr).toContain(
    [
      "targets.yaml:9:5: error: target `slow` failed: timed out after 0.5 s",
      "    9 |     timeout: 0.5 s",
      "      |     ^^^^^^^",
      "hint: see what it was at, and raise `timeout` if it needs longer",
      "log: .tbuild/logs/slow.log",
    ].join("\n"),
  );
});

test("Ctrl-C between two attempts ends at once, and is no failure", async () => {
  const folder = workspace(
    "targets: { web: { run: exit 1, retries: { times: 3, wait: 1 h, longest-wait: 1 h } } }\n",
  );
  const running = start(folder, ["web"]);
  await running.until(({ kind }) => kind === "attempt-failed");
  running.signal("SIGINT");
  const { exitCode, finished, milliseconds } = await running.ended;
  expect([exitCode, finished?.failed]).toEqual([130, 0]);
  expect(milliseconds).toBeLessThan(1000);
});

test("Ctrl-C during an attempt with a time-out ends it like any other", async () => {
  const command = forever(2);
  const folder = workspace(
    `targets: { web: { run: "echo begun; ${command}", timeout: 1 h, retries: 3 } }\n`,
  );
  const running = start(folder, ["web"]);
  await running.until(says("begun"));
  await untilProcesses(command, 1);
  running.signal("SIGINT");
  const { exitCode, finished } = await running.ended;
  expect([exitCode, finished?.failed]).toEqual([130, 0]);
  expect(processes(command)).toEqual([]);
  expect(running.events.filter(({ kind }) => kind === "attempt-failed")).toEqual([]);
});

test("a pool lets one of its targets run at a time, whatever the number of jobs", async () => {
  const folder = workspace(`
pools: { license: 1 }
targets:
  all: { needs: [use] }
  use:
    matrix: { n: [1, 2, 3, 4] }
    run: mkdir taken; sleep 0.1; rmdir taken
    pool: license
`);
  const { finished } = await build(folder, ["all", "--jobs", "4", "--keep-going"]);
  expect(finished).toMatchObject({ built: 4, failed: 0 });
});

describe("a file that its reader misses", () => {
  const folderWith = (command: string): string =>
    workspace(`
targets:
  first: { run: "echo 1 >b", outputs: [b] }
  second: { run: "${command}", inputs: [{ target: first }], outputs: [c] }
`);

  test("is made again in the same build, which says so", async () => {
    const folder = folderWith("[ -e gone ] || { touch gone; rm b; }; cat b >c");
    const { exitCode, stderr } = await tbuild(folder, ["second", "--log", "plain"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "warning: output `b` is missing, which `second` needs: `first` is made again\nfirst: started, output `b` is missing\n",
    );
    expect(readFileSync(path.join(folder, "c"), "utf8")).toBe("1\n");
    expect((await build(folder, ["second"])).ran).toEqual([]);
  });

  test("and that a reader takes away each time makes it fail, with what to do", async () => {
    const folder = folderWith("mv b c");
    const { exitCode, stderr } = await tbuild(folder, ["second", "--log", "plain"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      "targets.yaml:4:3: error: output `b` is missing once more, after `first` was made again for `second`",
    );
    expect(stderr).toContain(
      "hint: see what removes or changes it: `second` itself, or something else beside this build",
    );
  });
});
