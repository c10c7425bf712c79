/** What commands are given of the process that they run in; made by `main.ts`, faked in tests. */
import type { Docker } from "../docker/docker.ts";
import type { Sink } from "../report/report-options.ts";

interface OutputStream extends Sink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

export interface Surroundings {
  readonly cwd: string;
  readonly cpus: () => number;
  readonly environment: NodeJS.ProcessEnv;
  readonly out: OutputStream;
  readonly err: OutputStream;
  readonly process: NodeJS.Process;
  readonly version: () => string;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly connectDocker: (environment: NodeJS.ProcessEnv) => Promise<Docker>;
}
