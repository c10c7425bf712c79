/**
 * The output of one command, through a named pipe. Most commands end at once and say nothing: only one
 * that takes its time is listened to while it runs.
 */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { LineSplitter } from "../lines.ts";

/** Milliseconds until somebody who waits for a line would notice. */
const unnoticed = 20;

const chunk = Buffer.allocUnsafe(64 * 1024);

export class PipedOutput {
  readonly #splitter: LineSplitter;
  readonly #reader: number;
  /** Held open from here as well: a pipe into which nobody writes yet would be at its end. */
  readonly #writer: number;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | undefined;
  #closed: Promise<void> | undefined;

  /** @param pipe absolute path */
  constructor(pipe: string, onLine: (line: string) => void) {
    this.#splitter = new LineSplitter(onLine);
    this.#reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#writer = openSync(pipe, constants.O_WRONLY);
    this.#timer = setTimeout(() => this.#listen(), unnoticed);
  }

  /**
   * The command has ended: resolves when all that was written has been read.
   * @param milliseconds to wait for others who hold the pipe open
   * @param onHeld they still do, and what they write is no longer read
   */
  async end(milliseconds: number, onHeld: () => void): Promise<void> {
    clearTimeout(this.#timer);
    closeSync(this.#writer);
    if (!this.#socket && this.#readAll()) closeSync(this.#reader);
    else await this.#untilClosed(milliseconds, onHeld);
    this.#splitter.end();
  }

  async #untilClosed(milliseconds: number, onHeld: () => void): Promise<void> {
    const socket = this.#listen();
    const timer = setTimeout(() => {
      onHeld();
      socket.destroy();
    }, milliseconds);
    await this.#closed;
    clearTimeout(timer);
  }

  /** @returns false when somebody may write more */
  #readAll(): boolean {
    for (;;) {
      const length = this.#readChunk();
      if (length === undefined) return false;
      if (length === 0) return true;
      this.#splitter.write(chunk.subarray(0, length));
    }
  }

  #readChunk(): number | undefined {
    try {
      return readSync(this.#reader, chunk, 0, chunk.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      return undefined;
    }
  }

  #listen(): Socket {
    if (this.#socket) return this.#socket;
    const socket = new Socket({ fd: this.#reader, readable: true, writable: false });
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {});
    socket.on("data", (data: Buffer) => this.#splitter.write(data));
    return socket;
  }
}
