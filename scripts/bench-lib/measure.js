// Runs a program and tells how long it took, or how much memory it had at most. Knows no tool.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

const logFile = "last.log";

/**
 * @typedef {object} Program
 * @property {readonly string[]} argv
 * @property {string} folder
 * @property {Readonly<Record<string, string>>} [environment] in addition to ours
 */

/**
 * Runs a program once, as a process group of its own, for at most so many seconds.
 * @returns its seconds; undefined when it was ended for taking longer
 * @throws when it fails, with the last lines it wrote
 */
export async function runOnce({ argv, folder, environment }, limit) {
  const log = openSync(logFile, "w");
  const startedAt = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", log, log],
    detached: true,
  });
  let ended = false;
  const timer = setTimeout(() => {
    ended = true;
    endGroup(child.pid);
  }, limit * 1000);
  const forward = () => endGroup(child.pid);
  process.once("exit", forward);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  process.off("exit", forward);
  clearTimeout(timer);
  closeSync(log);
  if (ended) return undefined;
  if (code !== 0) {
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-5).join("\n");
    throw new Error(
      `\`${argv.join(" ").slice(0, 200)}\` ended with ${code}:\n${lines.slice(-600)}`,
    );
  }
  return seconds;
}

/** Megabytes that the largest process of a run held at once; undefined when it took too long. */
export async function peakOf(program, limit) {
  const out = `${process.cwd()}/peak`;
  const argv = ["/usr/bin/time", "-f", "%M", "-o", out, ...program.argv];
  if ((await runOnce({ ...program, argv }, limit)) === undefined) return undefined;
  return Number(readFileSync(out, "utf8").trim().split("\n").at(-1)) / 1024;
}

/**
 * The best time of each contender, one run of each in turn, so that a busy minute of the machine
 * hits them all. Who takes long runs less often.
 * @param contenders with `name` and `run()`, which gives seconds or undefined; one with `unmade` or
 *   `why` does not run
 */
export async function race(contenders, runs, limit) {
  const found = contenders.map((contender) => ({ ...contender, times: [], late: false }));
  for (let round = 0; round < runs; round++) {
    for (const each of found) {
      const spent = each.times.reduce((sum, time) => sum + time, 0);
      const isOut = each.late || each.unmade !== undefined || each.why !== undefined;
      if (isOut || (round > 0 && spent > limit / 2)) continue;
      try {
        const seconds = await each.run();
        if (seconds === undefined) each.late = true;
        else each.times.push(seconds);
      } catch (error) {
        each.why = error.message;
      }
    }
  }
  return found.map(({ times, ...each }) => ({
    ...each,
    ...(times.length > 0 && { seconds: Math.min(...times) }),
  }));
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
