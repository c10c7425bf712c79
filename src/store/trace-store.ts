/** Keeps traces between runs in an append-only log. Does not decide whether one still holds. */
import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import type { Trace } from "../model/trace.ts";
import { encodeCheckedLine, replaceCheckedLines } from "./checked-lines.ts";
import { chooseEvicted } from "./choose-evicted.ts";
import { type KeptThings, type MadeImage, MadeThings } from "./made-things.ts";
import { keyOfTrace, readTrace, TraceLog } from "./trace-log.ts";
import {
  imagesIn,
  type LogRecord,
  sizeOfTrace,
  type TraceBounds,
  type Use,
} from "./trace-records.ts";

/** A log is rewritten once it holds this many records and three times what lives. */
const compactFrom = 1000;

/** How much of the limit may be what lives: without room for history each run would rewrite the log. */
const lived = 0.9;

/** So many traces are looked for one by one before all are read. */
const fewLookups = 16;

export class TraceStore {
  readonly #file: string;
  /** The least recently used first. A trace that nobody asked for yet is the JSON of its record. */
  readonly #traces = new Map<string, Trace | Buffer>();
  readonly #made = new MadeThings();
  readonly #marks = new Set<string>();
  #recordCount = 0;
  /** Bytes of the log. */
  #bytes: number;
  #handle: number | undefined;
  #endsClean: boolean;
  #damaged = 0;
  /** The log before anything of it is taken in. */
  #unread: TraceLog | undefined;
  #lookups = 0;
  /** Keys that were looked for in it in vain. */
  readonly #absent = new Set<string>();

  /**
   * Opens the log; a file that does not exist is an empty one, and nothing is written yet.
   * @param file absolute path
   * @param isSound whether an earlier run read this very file without finding damage: then of thousands
   *   of records only those that are asked for are read
   */
  constructor(file: string, { isSound = false } = {}) {
    this.#file = file;
    this.#unread = new TraceLog(file);
    this.#endsClean = this.#unread.endsClean;
    this.#bytes = this.#unread.length;
    if (!isSound) this.#takeIn();
  }

  /** Records of the file that were torn or altered and are left out. */
  get damaged(): number {
    return this.#damaged;
  }

  get(key: string): Trace | undefined {
    this.#lookFor(key);
    const found = this.#traces.get(key);
    if (!Buffer.isBuffer(found)) return found;
    const trace = readTrace(found);
    this.#traces.set(key, trace);
    return trace;
  }

  *all(): Iterable<Trace> {
    this.#takeIn();
    for (const key of this.#traces.keys()) yield this.get(key) as Trace;
  }

  madeImages(): readonly MadeImage[] {
    this.#takeIn();
    return this.#made.images();
  }

  /** Outputs that a target began to make, whether or not it came to an end. */
  begunFiles(): Iterable<string> {
    this.#takeIn();
    return this.#made.begun;
  }

  /** Keeps in mind that these outputs are about to be made, before anything of them is there. */
  begin(paths: readonly string[]): void {
    const begun = paths.filter((path) => !this.#made.begun.has(path));
    if (begun.length > 0) this.#append({ begun });
  }

  /** Keeps the trace of a successful run, in place of an older one. */
  put(trace: Trace): void {
    for (const artifact of trace.artifacts) {
      if (artifact.kind !== "image") continue;
      this.#takeIn();
      this.#append({ made: { id: artifact.digest, references: artifact.references } });
    }
    this.#append({ trace });
  }

  /**
   * Keeps in mind which traces are of use, once there are so many that some may have to go soon.
   * @param mark of the day and of who asks; said already, nothing is written
   */
  noteUse(limit: number, mark: string, keys: () => Iterable<string>): void {
    if (this.#bytes <= limit / 2 || this.#unread?.has(`"mark":${JSON.stringify(mark)}`)) return;
    this.#takeIn();
    if (this.#marks.has(mark)) return;
    const known = [...keys()].filter((key) => this.#traces.has(key));
    if (known.length > 0) this.#append({ used: { mark, keys: known } });
  }

  /** Brings the log below its limit: history goes first, then the traces that were not used for longest. */
  bound({ limit, targets, inUse, isThere, onEvict }: TraceBounds): void {
    if (this.#bytes <= limit) return;
    this.#takeIn();
    const sizes = [...this.#traces].map(([name, trace]) => ({ name, bytes: sizeOfTrace(trace) }));
    const others = this.#made.bytes;
    const live = sizes.reduce((sum, { bytes }) => sum + bytes, others);
    const keys = sizes.length > targets ? inUse() : undefined;
    const evicted = chooseEvicted(sizes, {
      bytes: Math.max(0, lived * limit - others),
      isInUse: (name) => keys?.has(name) ?? true,
    });
    if (evicted.length > 0) onEvict(evicted.map(({ name }) => name));
    else if (this.#bytes - live < (1 - lived) * limit) return;
    this.#made.forgetGone(isThere);
    this.#made.boundImages(limit / 4, () => new Set([...this.#traces.values()].flatMap(imagesIn)));
    for (const { name } of evicted) this.#evict(name, isThere);
    this.#compact();
  }

  drop(key: string): void {
    this.#takeIn();
    if (this.#traces.has(key)) this.#append({ dropped: key });
  }

  /** Forgets everything but the traces under these keys. */
  keepOnly(keys: ReadonlySet<string>, kept: KeptThings): void {
    this.#takeIn();
    for (const key of [...this.#traces.keys()]) if (!keys.has(key)) this.#traces.delete(key);
    this.#made.clear(kept);
    this.#compact();
  }

  close(): void {
    if (
      !this.#unread &&
      this.#recordCount > compactFrom &&
      this.#recordCount > 3 * this.#liveCount()
    ) {
      this.#compact();
    }
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }

  #append(record: LogRecord): void {
    if (!this.#apply(record)) return;
    this.#handle ??= openSync(this.#file, "a");
    // A torn last line of a killed run, or of a disk that was full, must not swallow what follows it.
    const start = this.#endsClean ? "" : "\n";
    this.#endsClean = false;
    const line = start + encodeCheckedLine(record);
    writeFileSync(this.#handle, line);
    this.#bytes += Buffer.byteLength(line);
    this.#endsClean = true;
    this.#recordCount++;
  }

  #lookFor(key: string): void {
    if (!this.#unread || this.#traces.has(key) || this.#absent.has(key)) return;
    const found = ++this.#lookups > fewLookups ? undefined : this.#unread.find(key);
    if (this.#lookups > fewLookups) this.#takeIn();
    else if (found) this.#traces.set(key, found);
    else this.#absent.add(key);
  }

  /** What was put since the log was opened stands in it too, and comes last. */
  #takeIn(): void {
    const log = this.#unread;
    if (!log) return;
    this.#unread = undefined;
    const since = [...this.#traces];
    const { records, damaged } = log.read();
    this.#damaged = damaged;
    this.#recordCount += records.length;
    for (const json of records) {
      const key = keyOfTrace(json);
      if (key !== undefined) this.#place(key, json);
      else this.#apply(JSON.parse(json.toString("utf8")) as LogRecord);
    }
    for (const [key, trace] of since) this.#place(key, trace);
  }

  /** As the one that was used last. */
  #place(key: string, trace: Trace | Buffer): void {
    this.#traces.delete(key);
    this.#traces.set(key, trace);
  }

  /** @returns whether it told anything new */
  #apply(record: LogRecord): boolean {
    if ("trace" in record) this.#place(record.trace.key, record.trace);
    else if ("dropped" in record) this.#traces.delete(record.dropped);
    else if ("begun" in record) this.#made.addBegun(record.begun);
    else if ("used" in record) this.#applyUse(record.used);
    else return this.#made.addImage(record.made);
    return true;
  }

  #applyUse({ mark, keys }: Use): void {
    this.#marks.add(mark);
    for (const key of keys) {
      const trace = this.#traces.get(key);
      if (trace) this.#place(key, trace);
    }
  }

  #liveCount(): number {
    return this.#traces.size + this.#made.count;
  }

  /** What it made stays known as tbuild's own, or `clean` would leave it. */
  #evict(key: string, isThere: TraceBounds["isThere"]): void {
    for (const artifact of this.get(key)?.artifacts ?? []) {
      if (artifact.kind !== "image" && isThere(artifact.path)) this.#made.addBegun([artifact.path]);
    }
    this.#traces.delete(key);
  }

  #compact(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
    replaceCheckedLines(this.#file, this.#liveRecords());
    this.#recordCount = this.#liveCount();
    this.#bytes = statSync(this.#file).size;
    this.#marks.clear();
    this.#endsClean = true;
  }

  *#liveRecords(): Generator<LogRecord> {
    yield* this.#made.records();
    for (const trace of this.all()) yield { trace };
  }
}
