/** Runs `tbuild serve` on a configuration, and tells what it says as it says it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Run } from "../../src/server/records/run.ts";
import { checkout } from "./tbuild.ts";

export interface Server {
  readonly pid: number;
  /** Until it says a line that fits, from the first one on. */
  says(fits: RegExp): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code; null where it was killed. */
  readonly ended: Promise<number | null>;
}

const started = new Set<ChildProcess>();

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
});

interface Waiting {
  readonly fits: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** @param folder that has `server.yaml` */
export function startServer(folder: string, env: Readonly<Record<string, string>> = {}): Server {
  const argv = [path.join(checkout, "bin/tbuild.js"), "serve"];
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  return listenTo(child, child.stderr);
}

/** A server that was started as this program, or one that this program tells of: `docker logs --follow`. */
export function listenTo(child: ChildProcess, stream: Readable): Server {
  started.add(child);
  const lines: string[] = [];
  const waiting = new Set<Waiting>();
  createInterface(stream).on("line", (line) => {
    lines.push(line);
    if (process.env["TBUILD_TEST_TELL"]) process.stderr.write(`${line}\n`);
    for (const each of waiting) if (each.fits.test(line)) each.resolve(line);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      started.delete(child);
      for (const { reject, fits } of waiting) {
        reject(new Error(`the server ended, and did not say ${fits}:\n${lines.join("\n")}`));
      }
      resolve(code);
    });
  });
  const says = (fits: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const seen = lines.find((line) => fits.test(line));
      if (seen === undefined) waiting.add({ fits, resolve, reject });
      else resolve(seen);
    });
  const signal = (name: NodeJS.Signals) => child.kill(name);
  return { pid: child.pid as number, says, signal, ended };
}

/** The cursor of a repository has heads when they were seen first. */
export async function untilSeen(folder: string, repositories = 1): Promise<void> {
  const file = path.join(folder, "data/cursors.json");
  const isSeen = () =>
    existsSync(file) && readFileSync(file, "utf8").split('"heads"').length > repositories;
  while (!isSeen()) await new Promise((resolve) => setImmediate(resolve));
}

/** ID of the run that a line of the server tells of. */
export const runOf = (line: string): string => line.split(" ")[1] ?? "";

export const readRun = (folder: string, id: string): Run =>
  JSON.parse(readFileSync(path.join(folder, "data/runs", id, "run.json"), "utf8")) as Run;

export const readLog = (folder: string, id: string, name: string): string =>
  readFileSync(path.join(folder, "data/runs", id, name), "utf8");
