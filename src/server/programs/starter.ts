/**
 * Starts programs by way of a small process. To start one the kernel copies the tables of the process that asks,
 * and that waits until the copy has begun to run: of a server of 150 MB beside builds, 20 to 80 ms in which it
 * answers nobody. Where there can be no such process, programs are started by the server itself.
 *
 *     server ──request──▶ starter-process ──spawn──▶ program
 *        ▲◀──started, ended──┘                          │
 *        └────────────── its output, over a socket ─────┘
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { endOf, endProgram, type ProgramEnd, type StartProgram, startHere } from "./program.ts";
import type { FromStarter, Meeting, ToStarter } from "./starter-messages.ts";

/** The system takes no longer path for a socket. */
const longestPath = 103;

const keyBytes = 16;
/** The key in hexadecimal, the ID, and which stream it is. */
const greetingLength = keyBytes * 2 + 10 + 1;

/** What is told of a program, and who waits for it. */
interface Slot {
  readonly out: (stream: Readable) => void;
  readonly err: (stream: Readable) => void;
  readonly begun: (pid: number | undefined) => void;
  readonly end: (end: ProgramEnd) => void;
  /** While it runs. */
  pid: number | undefined;
}

export class Starter {
  readonly #helper: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #server: Server;
  readonly #key = randomBytes(keyBytes).toString("hex");
  readonly #slots = new Map<string, Slot>();
  #ready: () => void = () => {};
  #last = 0;
  #isSound = true;

  /**
   * @param file the bundle of `starter-process`, absolute
   * @param socket where output goes, absolute: a file that may be replaced
   * @returns undefined where there can be none
   */
  static async open(file: string, socket: string): Promise<Starter | undefined> {
    if (Buffer.byteLength(socket) > longestPath) return undefined;
    rmSync(socket, { force: true });
    const server = createServer();
    try {
      server.listen(socket);
      await once(server, "listening");
      chmodSync(socket, 0o600);
    } catch {
      server.close();
      return undefined;
    }
    const starter = new Starter(file, server);
    await starter.#meet(socket);
    if (starter.#isSound) return starter;
    await starter.close();
    return undefined;
  }

  private constructor(file: string, server: Server) {
    this.#server = server;
    server.on("connection", (connection) => this.#welcome(connection));
    // A session of its own: Ctrl-C on a terminal is for the server to hand on.
    this.#helper = fork(file, [], { detached: true, execArgv: [], stdio: ["ignore", 2, 2, "ipc"] });
    this.#gone = new Promise((resolve) => {
      for (const event of ["error", "exit"]) this.#helper.once(event, () => resolve());
    });
    void this.#gone.then(() => this.#lose());
    this.#helper.on("message", (message: FromStarter) => this.#listen(message));
  }

  /** Of the small process. */
  get pid(): number | undefined {
    return this.#helper.pid;
  }

  readonly start: StartProgram = async (request) => {
    if (!this.#isSound) return await startHere(request);
    const id = String(++this.#last).padStart(10, "0");
    const [slot, begun, streams, ended] = newSlot();
    this.#slots.set(id, slot);
    this.#send({ ...request, id });
    const pid = await begun;
    const [stdout, stderr] = await streams;
    void ended.then(() => this.#slots.delete(id));
    return { ...(pid !== undefined && { pid }), stdout, stderr, ended };
  };

  /** Ends it, and what it still runs. */
  async close(): Promise<void> {
    this.#isSound = false;
    if (this.#helper.connected) this.#helper.disconnect();
    await this.#gone;
    this.#server.close();
  }

  async #meet(socket: string): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    this.#send({ socket, key: this.#key });
    await Promise.race([ready, this.#gone]);
  }

  /** That it is gone is noticed elsewhere. */
  #send(message: Meeting | ToStarter): void {
    this.#helper.send(message, () => {});
  }

  #listen(message: FromStarter): void {
    if (message.kind === "ready") this.#ready();
    else this.#hear(message);
  }

  #hear(message: Exclude<FromStarter, { readonly kind: "ready" }>): void {
    const slot = this.#slots.get(message.id);
    if (slot === undefined) return;
    switch (message.kind) {
      case "started":
        slot.pid = message.pid;
        slot.begun(message.pid);
        break;
      case "ended":
        // Its streams may not be here yet.
        slot.pid = undefined;
        slot.end(endOf(message.code, message.by));
        break;
      case "not-started":
        giveUp(slot, message.why);
        break;
    }
  }

  /** The beginning of a stream says whose it is. Anybody else who connects is sent away. */
  #welcome(connection: Socket): void {
    connection.on("error", () => {});
    const read = () => {
      const greeting: Buffer | null = connection.read(greetingLength);
      if (greeting === null) return;
      connection.off("readable", read);
      const [key, id, stream] = partsOf(greeting.toString("latin1"));
      const slot = this.#slots.get(id);
      if (key !== this.#key || slot === undefined) connection.destroy();
      else if (stream === "o") slot.out(connection);
      else slot.err(connection);
    };
    connection.on("readable", read);
  }

  /** Programs whose end nobody would tell are ended; the server starts the next ones itself. */
  #lose(): void {
    this.#isSound = false;
    for (const slot of this.#slots.values()) {
      if (slot.pid !== undefined) endProgram(slot.pid, "SIGKILL");
      giveUp(slot, "what starts programs has ended");
    }
    this.#slots.clear();
  }
}

function newSlot() {
  const begun = promised<number | undefined>();
  const out = promised<Readable>();
  const err = promised<Readable>();
  const ended = promised<ProgramEnd>();
  const slot: Slot = {
    ...{ out: out.keep, err: err.keep, begun: begun.keep, end: ended.keep },
    pid: undefined,
  };
  return [slot, begun.promise, Promise.all([out.promise, err.promise]), ended.promise] as const;
}

function promised<T>() {
  let keep: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

/** Whatever was told before stands. */
function giveUp({ begun, out, err, end }: Slot, why: string): void {
  begun(undefined);
  out(Readable.from([]));
  err(Readable.from([]));
  end({ kind: "not-started", why });
}

const partsOf = (greeting: string) =>
  [greeting.slice(0, keyBytes * 2), greeting.slice(keyBytes * 2, -1), greeting.slice(-1)] as const;
