/** Decodes the JSON lines that the engine streams its progress in. What they mean is left to others. */
import { StringDecoder } from "node:string_decoder";

/**
 * Yields each line's value as soon as it is complete. Characters split over chunks are put together
 * again; empty lines and lines that are not JSON are passed over, as proxies put such between.
 */
export async function* decodeJsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  for await (const line of decodeLines(stream)) {
    const value = parse(line);
    if (value !== undefined) yield value;
  }
}

/**
 * Yields whole lines of UTF-8 without their ends, `\n` or `\r\n`; the last one may lack its end.
 * @internal exported for its test
 */
export async function* decodeLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const splitter = lineSplitter();
  for await (const chunk of stream) yield* splitter.write(chunk);
  yield* splitter.end();
}

export interface LineSplitter {
  /** @returns the lines that the chunk completed */
  write(chunk: Buffer): string[];
  /** @returns the last line when it lacked its end */
  end(): string[];
}

/** Cuts chunks of UTF-8 into lines, for who cannot await the chunks. */
export function lineSplitter(): LineSplitter {
  const decoder = new StringDecoder("utf8");
  // Pieces of the unfinished line: joined once, so that a long line costs no quadratic copying.
  let pieces: string[] = [];
  return {
    write(chunk) {
      const parts = decoder.write(chunk).split("\n");
      const rest = parts.pop() ?? "";
      if (parts.length > 0) {
        parts[0] = pieces.join("") + parts[0];
        pieces = [];
      }
      if (rest) pieces.push(rest);
      return parts.map(withoutReturn);
    },
    end() {
      const last = pieces.join("") + decoder.end();
      pieces = [];
      return last ? [withoutReturn(last)] : [];
    },
  };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function parse(line: string): unknown {
  if (line.trim() === "") return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
