/** What the server saw last of each repository, on the disk: a restart misses no push and builds none twice. */
import { readFileSync } from "node:fs";
import { replaceTextAside } from "../../store/replace-file.ts";
import { Turns } from "../records/turns.ts";

export interface Cursor {
  /** Of another address nothing is known. */
  readonly url: string;
  /** Commits that were accepted, by branch; absent before the first look. */
  readonly heads?: Readonly<Record<string, string>>;
  readonly events?: AskedEvents;
  /** The last news of those that it follows, by their names: `run ID` or `commit COMMIT`. */
  readonly followed?: Readonly<Record<string, string>>;
  /** When each schedule was due last, by its words. */
  readonly schedules?: Readonly<Record<string, string>>;
}

/** The last question for events, so that a restart asks no sooner than the answer allowed. */
export interface AskedEvents {
  /** What was asked, and in whose name: of another address or token nothing is known. */
  readonly of: string;
  readonly etag?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Milliseconds after it. */
  readonly wait: number;
}

interface Content {
  readonly cursors: Readonly<Record<string, Cursor>>;
  /** Newest last: ID and milliseconds since 1970. */
  readonly deliveries: readonly (readonly [id: string, at: number])[];
}

/** Hosts send a delivery again within hours; a few thousand are days of pushes. */
const mostDeliveries = 5000;

export class Cursors {
  readonly #file: string;
  #cursors: Readonly<Record<string, Cursor>>;
  readonly #deliveries: Map<string, number>;
  readonly #writes = new Turns(() => this.#write());
  #isWritten = true;
  /** Why they cannot be written at the moment. */
  problem: string | undefined;

  /** @throws what the system does when the file is there and cannot be read */
  constructor(file: string) {
    this.#file = file;
    const { cursors, deliveries } = read(file);
    this.#cursors = cursors;
    this.#deliveries = new Map(deliveries);
  }

  /** What is known of a repository at this address. */
  of(name: string, url: string): Cursor {
    const found = Object.hasOwn(this.#cursors, name) ? this.#cursors[name] : undefined;
    return found?.url === url ? found : { url };
  }

  /**
   * Holds at once, and is on the disk soon. Where that cannot be, or the server ends before it is, pushes are seen
   * again after a restart, and the journal knows which have their runs.
   */
  set(name: string, cursor: Cursor): void {
    this.#cursors = { ...this.#cursors, [name]: cursor };
    this.#isWritten = false;
    void this.written();
  }

  /** Resolves when all that was set and remembered before is on the disk, or `problem` tells why it is not. */
  async written(): Promise<void> {
    if (!this.#isWritten) await this.#writes.again();
    else await this.#writes.settled();
  }

  /** Whether a delivery was remembered. */
  knows(mark: string): boolean {
    return this.#deliveries.has(mark);
  }

  /** What deliveries are known by, on the disk when it resolves; those remembered longest ago are forgotten. */
  async remember(marks: readonly string[], now: number): Promise<void> {
    for (const mark of marks) this.#deliveries.set(mark, now);
    for (const oldest of this.#deliveries.keys()) {
      if (this.#deliveries.size <= mostDeliveries) break;
      this.#deliveries.delete(oldest);
    }
    this.#isWritten = false;
    await this.written();
  }

  async #write(): Promise<void> {
    this.#isWritten = true;
    const content: Content = { cursors: this.#cursors, deliveries: [...this.#deliveries] };
    try {
      await replaceTextAside(this.#file, `${JSON.stringify(content)}\n`);
      this.problem = undefined;
    } catch (error) {
      this.problem = `cannot write \`${this.#file}\`: ${(error as Error).message}`;
    }
  }
}

function read(file: string): Content {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { cursors: {}, deliveries: [] };
  }
}
