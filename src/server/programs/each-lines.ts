/** Reads what a program puts out, line by line. What the lines mean is told by others. */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A longer line is no event of tbuild. */
const longestLine = 1 << 24;

/** Who asks the server meanwhile waits for so many, a millisecond or two, and not for all that came together. */
const linesAtOnce = 100;

/**
 * Reads no faster than the lines are taken, so that a program that talks much needs no more memory. A stream that
 * came to its end before anybody looked at it has no lines.
 */
export async function eachLines(
  stream: Readable,
  take: (lines: readonly string[]) => Promise<void>,
): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) rest = "";
    for (let at = 0; at < lines.length; at += linesAtOnce) {
      await take(lines.slice(at, at + linesAtOnce));
    }
  }
  if (rest !== "") await take([rest]);
}
