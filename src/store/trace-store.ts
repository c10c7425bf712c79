/** Keeps traces between runs in an append-only log. Does not decide whether one still holds. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Digest } from "../model/artifact.ts";
import type { Trace } from "../model/trace.ts";
import {
  type CheckedLines,
  encodeCheckedLine,
  readCheckedLines,
  replaceCheckedLines,
} from "./checked-lines.ts";

/** An image that this workspace once made, and the names it gave it. */
export interface MadeImage {
  readonly id: Digest;
  readonly references: readonly string[];
}

type LogRecord =
  | { readonly trace: Trace }
  | { readonly dropped: string }
  | { readonly made: MadeImage }
  /** Paths that targets began to make: what is there is tbuild's own, even half of it. */
  | { readonly begun: readonly string[] };

/** A log is rewritten once it holds this many records and three times what lives. */
const compactFrom = 1000;

export class TraceStore {
  readonly #file: string;
  /** A trace that nobody asked for yet is the JSON of its record. */
  readonly #traces = new Map<string, Trace | Buffer>();
  readonly #made = new Map<Digest, Set<string>>();
  readonly #begun = new Set<string>();
  #recordCount: number;
  #handle: number | undefined;
  #endsClean: boolean;
  /** Records of the file that were torn or altered and are left out. */
  readonly damaged: number;

  /**
   * Opens the log; a file that does not exist is an empty one, and nothing is written yet.
   * @param file absolute path
   */
  constructor(file: string) {
    this.#file = file;
    const lines: CheckedLines = readCheckedLines(file);
    this.damaged = lines.damaged;
    this.#endsClean = lines.endsClean;
    this.#recordCount = lines.records.length;
    for (const json of lines.records) this.#takeIn(json);
  }

  get(key: string): Trace | undefined {
    const found = this.#traces.get(key);
    if (!Buffer.isBuffer(found)) return found;
    const { trace } = JSON.parse(found.toString("utf8")) as { readonly trace: Trace };
    this.#traces.set(key, trace);
    return trace;
  }

  *all(): Iterable<Trace> {
    for (const key of this.#traces.keys()) yield this.get(key) as Trace;
  }

  madeImages(): readonly MadeImage[] {
    return [...this.#made].map(([id, references]) => ({ id, references: [...references] }));
  }

  /** Outputs that a target began to make, whether or not it came to an end. */
  begunFiles(): Iterable<string> {
    return this.#begun;
  }

  /** Keeps in mind that these outputs are about to be made, before anything of them is there. */
  begin(paths: readonly string[]): void {
    const begun = paths.filter((path) => !this.#begun.has(path));
    if (begun.length > 0) this.#append({ begun });
  }

  /** Keeps the trace of a successful run, in place of an older one. */
  put(trace: Trace): void {
    for (const artifact of trace.artifacts) {
      if (artifact.kind !== "image") continue;
      this.#append({ made: { id: artifact.digest, references: artifact.references } });
    }
    this.#append({ trace });
  }

  drop(key: string): void {
    if (this.#traces.has(key)) this.#append({ dropped: key });
  }

  /** Forgets everything but the traces under these keys. */
  keepOnly(keys: ReadonlySet<string>, keepImages: boolean): void {
    for (const key of [...this.#traces.keys()]) if (!keys.has(key)) this.#traces.delete(key);
    if (!keepImages) this.#made.clear();
    this.#begun.clear();
    this.#compact();
  }

  close(): void {
    if (this.#recordCount > compactFrom && this.#recordCount > 3 * this.#liveCount()) {
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
    writeFileSync(this.#handle, start + encodeCheckedLine(record));
    this.#endsClean = true;
    this.#recordCount++;
  }

  #takeIn(json: Buffer): void {
    const key = keyOfTrace(json);
    if (key !== undefined) this.#traces.set(key, json);
    else this.#apply(JSON.parse(json.toString("utf8")) as LogRecord);
  }

  /** @returns whether it told anything new */
  #apply(record: LogRecord): boolean {
    if ("trace" in record) this.#traces.set(record.trace.key, record.trace);
    else if ("dropped" in record) this.#traces.delete(record.dropped);
    else if ("begun" in record) for (const path of record.begun) this.#begun.add(path);
    else return this.#applyMade(record.made);
    return true;
  }

  #applyMade({ id, references }: MadeImage): boolean {
    const known = this.#made.get(id) ?? new Set();
    const before = this.#made.has(id) ? known.size : -1;
    for (const reference of references) known.add(reference);
    this.#made.set(id, known);
    return known.size !== before;
  }

  #liveCount(): number {
    return this.#traces.size + this.#made.size + (this.#begun.size > 0 ? 1 : 0);
  }

  #compact(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
    replaceCheckedLines(this.#file, this.#liveRecords());
    this.#recordCount = this.#liveCount();
    this.#endsClean = true;
  }

  *#liveRecords(): Generator<LogRecord> {
    for (const made of this.madeImages()) yield { made };
    if (this.#begun.size > 0) yield { begun: [...this.#begun] };
    for (const trace of this.all()) yield { trace };
  }
}

const traceStart = '{"trace":{"key":"';
const quote = 0x22;

/** The key of a record that is a trace, without reading all of it; undefined where that takes more. */
function keyOfTrace(json: Buffer): string | undefined {
  const from = traceStart.length;
  if (json.toString("latin1", 0, from) !== traceStart) return undefined;
  const key = json.toString("utf8", from, json.indexOf(quote, from));
  return key.includes("\\") ? undefined : key;
}
