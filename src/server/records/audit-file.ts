/** Keeps the audit log in a file, a line of JSON for each entry. What is told in it is decided by others. */
import { appendFileSync, renameSync, statSync } from "node:fs";
import type { AuditLog } from "./audit.ts";

/** Then it is put aside as `FILE.1`, and the one before that goes. */
const mostBytes = 16 * 1024 * 1024;

/** Written at once: what somebody did must be known even if the server dies of it. */
export class AuditFile implements AuditLog {
  readonly #file: string;
  readonly #failed: (error: unknown) => void;
  #bytes: number;

  /** @param failed is told why a line could not be written; the request is answered all the same */
  constructor(file: string, failed: (error: unknown) => void) {
    this.#file = file;
    this.#failed = failed;
    this.#bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(entry: Parameters<AuditLog["write"]>[0]): void {
    const line = `${JSON.stringify(entry)}\n`;
    try {
      if (this.#bytes + line.length > mostBytes && this.#bytes > 0) this.#putAside();
      appendFileSync(this.#file, line, { mode: 0o600 });
      this.#bytes += line.length;
    } catch (error) {
      this.#failed(error);
    }
  }

  #putAside(): void {
    renameSync(this.#file, `${this.#file}.1`);
    this.#bytes = 0;
  }
}
