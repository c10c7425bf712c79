/** The composition root: gives commands the real process, and turns what they return into an exit code. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { runCommand } from "./cli/run-command.ts";

const interruptedCode = 130;
const bugCode = 70;

const interruption = new AbortController();

/** The first signal lets everything end in order; a second one does not wait for that. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(interruptedCode);
  interruption.abort();
}

function reportBug(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${text}\ntbuild ${version()} met a bug of its own: please report the lines above, with the command and the target file\n`,
  );
  process.exit(bugCode);
}

function version(): string {
  const manifest = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** Whoever reads our output may stop reading: `tbuild list | head` is no error. */
function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  reportBug(error);
}

process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
process.on("uncaughtException", reportBug);
process.on("unhandledRejection", reportBug);
process.stdout.on("error", endWhenNobodyReads);
process.stderr.on("error", endWhenNobodyReads);

process.exitCode = await runCommand(process.argv.slice(2), {
  cwd: process.cwd(),
  cpus: availableParallelism,
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
  process,
  version,
  signal: interruption.signal,
  connectDocker: async (environment) => {
    const { connectDocker } = await import("./docker/engine-docker.ts");
    return connectDocker(environment);
  },
});
