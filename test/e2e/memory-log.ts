/** Memory of a process through its time, as the system tells it: for people, nothing is asserted of it. */
import { readFileSync } from "node:fs";

const every = 250;

export class MemoryLog {
  readonly #pid: number;
  readonly #isTold: boolean;
  readonly #timer: NodeJS.Timeout;
  #samples: number[] = [];
  readonly #began = Date.now();

  /** @param isTold whether anybody wants to read it */
  constructor(pid: number, isTold: boolean) {
    this.#pid = pid;
    this.#isTold = isTold;
    this.#timer = setInterval(() => this.#sample(), every);
    this.tell("at the start");
  }

  /** What it is now, and was since it was told last. */
  tell(moment: string): void {
    this.#sample();
    const now = this.#samples.at(-1) ?? 0;
    const seconds = Math.round((Date.now() - this.#began) / 1000);
    const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
    const line = `${seconds} s, ${moment}: ${mb(now)}, at most ${mb(Math.max(...this.#samples))} since the line before\n`;
    if (this.#isTold) process.stderr.write(line);
    this.#samples = [];
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    this.#samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024);
  }
}
