/** The last lines that each target put out, for files that tell why one failed. */
import type { RunLine } from "../model/run-log.ts";

/** Of each target. */
const linesKept = 100;

export class LastOutput {
  readonly #lines = new Map<string, string[]>();

  /** @returns what the target put out that the line says has failed; nothing for all other lines */
  take(line: RunLine): readonly string[] {
    switch (line.kind) {
      case "target-started":
        this.#lines.set(line.target, []);
        return [];
      case "output":
        this.#keep(line.target, line.line);
        return [];
      case "target-finished": {
        const last = this.#lines.get(line.target) ?? [];
        this.#lines.delete(line.target);
        return line.outcome === "failed" ? last : [];
      }
      default:
        return [];
    }
  }

  #keep(target: string, line: string): void {
    const lines = this.#lines.get(target);
    lines?.push(line);
    if (lines && lines.length > linesKept) lines.shift();
  }
}
