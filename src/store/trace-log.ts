/** The bytes of the log of traces as they lie on the disk: read whole, or searched for one trace. */
import { readFileSync } from "node:fs";
import type { Trace } from "../model/trace.ts";
import { type CheckedLines, lineAt, splitCheckedLines } from "./checked-lines.ts";

const traceStart = '{"trace":{"key":"';
const quote = 0x22;

export class TraceLog {
  readonly #bytes: Buffer;

  /** @param file absolute path; one that does not exist is empty */
  constructor(file: string) {
    this.#bytes = readIfPresent(file);
  }

  get length(): number {
    return this.#bytes.length;
  }

  has(text: string): boolean {
    return this.#bytes.includes(text);
  }

  /** Whether the last line is complete, so that a record may be appended as it is. */
  get endsClean(): boolean {
    return this.#bytes.length === 0 || this.#bytes.at(-1) === 0x0a;
  }

  read(): CheckedLines {
    return splitCheckedLines(this.#bytes);
  }

  /** The last trace under a key, unless it was dropped later. */
  find(key: string): Trace | undefined {
    const quoted = JSON.stringify(key);
    const start = this.#bytes.lastIndexOf(`{"trace":{"key":${quoted},`);
    if (start < 0 || this.#bytes.lastIndexOf(`{"dropped":${quoted}}`) > start) return undefined;
    const json = lineAt(this.#bytes, start);
    return json && readTrace(json);
  }
}

/** @param json of a record that `keyOfTrace` or a whole reading found to be a trace */
export const readTrace = (json: Buffer): Trace =>
  (JSON.parse(json.toString("utf8")) as { readonly trace: Trace }).trace;

/** The key of a record that is a trace, without reading all of it; undefined where that takes more. */
export function keyOfTrace(json: Buffer): string | undefined {
  const from = traceStart.length;
  if (json.toString("latin1", 0, from) !== traceStart) return undefined;
  const key = json.toString("utf8", from, json.indexOf(quote, from));
  return key.includes("\\") ? undefined : key;
}

function readIfPresent(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return Buffer.alloc(0);
  }
}
