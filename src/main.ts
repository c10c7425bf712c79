/** The composition root: gives commands the real process, and turns what they return into an exit code. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { watchSignals } from "./cli/interruption.ts";
import { runCommand } from "./cli/run-command.ts";
import { hideCredentials } from "./report/redact.ts";

const surroundingsCode = 3;
const bugCode = 70;
const interruptedCode = 130;

function version(): string {
  const manifest = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function reportBug(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const what = `tbuild ${version()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  process.stderr.write(
    `${hideCredentials(text)}\nthis is a bug in tbuild: please report the lines above, with the command and the target file (${what})\n`,
  );
  process.exit(bugCode);
}

/**
 * Whoever reads our output may stop reading: `tbuild list | head` is no error, and a build goes on to
 * an orderly end. A full disk behind it is one.
 */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
  process.stderr.write(`error: cannot write to standard output: ${error.message}\n`);
  process.exit(surroundingsCode);
}

/** Ends with what was written really written; connections that linger cannot hold the process. */
function exitAfterOutput(code: number): void {
  process.stdout.write("", (error) => {
    if (error) outputFailed(error);
    process.stderr.write("", () => process.exit(code));
  });
}

process.on("uncaughtException", reportBug);
process.on("unhandledRejection", reportBug);
process.stdout.on("error", outputFailed);
// There is nowhere left to say that standard error cannot be written.
process.stderr.on("error", () => {});

const signal = watchSignals(
  process,
  () => performance.now(),
  () => process.exit(interruptedCode),
);

exitAfterOutput(
  await runCommand(process.argv.slice(2), {
    cwd: process.cwd(),
    cpus: availableParallelism,
    // As plain data: each look into the other asks the system.
    environment: { ...process.env },
    out: process.stdout,
    err: process.stderr,
    process,
    version,
    signal,
    connectDocker: async (environment) => {
      const { connectDocker } = await import("./docker/engine-docker.ts");
      return connectDocker(environment);
    },
  }),
);
