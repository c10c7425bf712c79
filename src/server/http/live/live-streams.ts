/** Tells readers of live streams what happens. Who does not read is let go: nobody's slowness costs memory. */
import type { ServerResponse } from "node:http";
import type { ServerCore, ServerEvent } from "../../core.ts";
import type { Caller, Callers } from "../access/callers.ts";
import type { Exchange } from "../answers/answer.ts";
import type { HttpClock, HttpLimits, Surroundings } from "../options.ts";
import { Refusal, tooMany } from "../refusal.ts";
import { endFrame, eventFrame, heartbeatFrame, openingFrame, resetFrame, runOf } from "./frames.ts";

interface Reader {
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** Of this run only. */
  readonly run?: string;
}

interface Frame {
  readonly event: ServerEvent;
  readonly text: string;
}

/** Time for what is under way to a reader that was let go. */
const lastWordsMs = 5_000;

export class LiveStreams {
  readonly #core: ServerCore;
  readonly #limits: HttpLimits;
  readonly #callers: Callers;
  readonly #clock: HttpClock;
  readonly #readers = new Set<Reader>();
  #dropped = 0;
  /** What happened since readers were told the last time. */
  #waiting: Frame[] = [];
  #stopWaiting: (() => void) | undefined;
  #rest: () => void = () => undefined;

  constructor({ core, limits, clock }: Surroundings, callers: Callers) {
    this.#core = core;
    this.#limits = limits;
    this.#clock = clock;
    this.#callers = callers;
  }

  get figures(): { readonly readers: number; readonly dropped: number } {
    return { readers: this.#readers.size, dropped: this.#dropped };
  }

  /** @throws Refusal when there are enough readers */
  open(
    { request, response }: Exchange,
    caller: Caller,
    { run, after }: { readonly run?: string; readonly after?: number },
  ): void {
    this.#mayOpen(caller);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    if (request.method === "HEAD") return void response.end();
    const reader: Reader = { response, caller, ...(run !== undefined && { run }) };
    // What waits is of the past for who comes now, or among what was missed.
    this.#flush();
    response.write(openingFrame);
    if (after !== undefined) response.write(this.#missed(reader, after));
    this.#add(reader);
  }

  /** Ends all of them, and says that the server stops. */
  close(): void {
    this.#flush();
    for (const reader of [...this.#readers]) this.#letGo(reader, "stopping");
  }

  #mayOpen(caller: Caller): void {
    const own = [...this.#readers].filter((each) => each.caller.key === caller.key).length;
    if (own >= this.#limits.streamsOfCaller) {
      throw tooMany("too-many-streams", "too many live streams of this token or address", 10_000);
    }
    if (this.#readers.size < this.#limits.streams) return;
    throw new Refusal(503, "too-many-streams", "too many live streams", {
      headers: { "retry-after": "10" },
    });
  }

  /** More than a reader may leave unread would end it at once, so it had better read all anew. */
  #missed(reader: Reader, after: number): string {
    const events = this.#core.eventsAfter(after);
    const frames = events?.filter((event) => isFor(reader, event)).map(eventFrame);
    const text = frames?.join("");
    return text === undefined || text.length > this.#limits.streamBytes ? resetFrame : text;
  }

  #add(reader: Reader): void {
    if (this.#readers.size === 0) this.#begin();
    this.#readers.add(reader);
    reader.response.on("error", () => undefined);
    reader.response.on("close", () => this.#remove(reader));
  }

  #remove(reader: Reader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#rest();
  }

  /** Without readers nothing listens and no timer runs. */
  #begin(): void {
    const unsubscribe = this.#core.subscribe((event) => this.#tell(event));
    let cancel = () => {};
    const beat = () => {
      for (const reader of [...this.#readers]) this.#write(reader, heartbeatFrame);
      cancel = this.#clock.after(this.#limits.heartbeatMs, beat);
    };
    cancel = this.#clock.after(this.#limits.heartbeatMs, beat);
    this.#rest = () => {
      unsubscribe();
      cancel();
      this.#flush();
    };
  }

  /** Builds tell dozens of things a second, and each write to hundreds of readers takes milliseconds: one for all. */
  #tell(event: ServerEvent): void {
    if (event.kind === "config-changed") this.#lookAgain();
    this.#waiting.push({ event, text: eventFrame(event) });
    this.#stopWaiting ??= this.#clock.after(this.#limits.gatherMs, () => this.#flush());
  }

  #flush(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const frames = this.#waiting.splice(0);
    if (frames.length === 0) return;
    const all = frames.map(({ text }) => text).join("");
    for (const reader of [...this.#readers]) {
      const text = reader.run === undefined ? all : framesFor(reader, frames);
      if (text !== "") this.#write(reader, text);
    }
  }

  /** Tokens may have been taken away. */
  #lookAgain(): void {
    this.#flush();
    for (const reader of [...this.#readers]) {
      if (!this.#callers.mayStill(reader.caller, "read")) this.#letGo(reader, "not-allowed");
    }
  }

  #write(reader: Reader, frame: string): void {
    reader.response.write(frame);
    if (reader.response.writableLength <= this.#limits.streamBytes) return;
    this.#dropped++;
    this.#letGo(reader, "too-slow");
  }

  #letGo(reader: Reader, why: Parameters<typeof endFrame>[0]): void {
    this.#remove(reader);
    const { response } = reader;
    const giveUp = this.#clock.after(lastWordsMs, () => response.destroy());
    response.on("close", giveUp);
    response.end(endFrame(why));
  }
}

const framesFor = (reader: Reader, frames: readonly Frame[]): string =>
  frames.map(({ event, text }) => (isFor(reader, event) ? text : "")).join("");

const isFor = ({ run }: Reader, event: ServerEvent): boolean =>
  run === undefined || event.kind === "config-changed" || runOf(event) === run;
