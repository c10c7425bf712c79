import { LineIndex } from "../../src/page/log/line-index.ts";
import { LogFile, type ReadBytes } from "../../src/page/log/log-file.ts";
import { plain } from "../../src/page/log/look.ts";
import { LookMarks } from "../../src/page/log/look-marks.ts";
import { firstLine, fullHeight, scrollTopFor } from "../../src/page/log/scrolling.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A log that grows, with what was asked of it. */
class Log {
  text = "";
  readonly asked: number[] = [];

  readonly read: ReadBytes = async (from, to) => {
    const bytes = bytesOf(this.text);
    this.asked.push(from);
    return from >= bytes.length
      ? undefined
      : { bytes: bytes.subarray(from, to), total: bytes.length };
  };
}

const textsOf = async (file: LogFile, from: number, to: number) =>
  (await file.lines(from, to)).map(({ text }) => text);

const grown = async (log: Log): Promise<LogFile> => {
  const file = new LogFile(log.read);
  await file.grow(() => undefined);
  return file;
};

test.each([1, 2, 3, 5, 100])("lines are found in pieces of %i bytes as in one", (size) => {
  const bytes = bytesOf("one\n\nthrée\nfour");
  const index = new LineIndex();
  for (let at = 0; at < bytes.length; at += size) index.add(bytes.subarray(at, at + size));
  expect(index.lines).toBe(4);
  expect([0, 1, 2, 3, 4].map((line) => index.start(line))).toEqual([0, 4, 5, 12, 16]);
});

test("an end of a line begins no other one", () => {
  const index = new LineIndex();
  index.add(bytesOf("one\n"));
  expect(index.lines).toBe(1);
});

test("a log that grows in the middle of a line has that line whole", async () => {
  const log = new Log();
  log.text = "first\nsec";
  const file = await grown(log);
  expect(await textsOf(file, 0, 9)).toEqual(["first", "sec"]);
  log.text += "ond\nthird\n";
  await file.grow(() => undefined);
  expect(await textsOf(file, 0, 9)).toEqual(["first", "second", "third"]);
});

test("a log that is not there yet has no lines, and no problem", async () => {
  expect((await grown(new Log())).index.lines).toBe(0);
});

test("of a long log the pieces that were shown last are kept, and others read again", async () => {
  const log = new Log();
  log.text = `${"x".repeat(99)}\n`.repeat(300_000);
  const file = await grown(log);
  expect(file.index.lines).toBe(300_000);
  const before = log.asked.length;
  expect(await textsOf(file, 299_999, 300_000)).toEqual(["x".repeat(99)]);
  expect(log.asked.length).toBe(before);
  expect(await textsOf(file, 0, 2)).toEqual(["x".repeat(99), "x".repeat(99)]);
  expect(log.asked.slice(before)).toEqual([0]);
});

test("a line without an end is cut", async () => {
  const log = new Log();
  log.text = "y".repeat(1_000_000);
  const [line = ""] = await textsOf(await grown(log), 0, 1);
  expect(line).toBe(`${"y".repeat(16 * 1024)}…`);
});

const red = { kind: "named", index: 1 };

test("a line in the middle of a long log has the look that all before it left", async () => {
  const log = new Log();
  const filler = `${"x".repeat(99)}\n`.repeat(50_000);
  log.text = `\u001b[1;31mbegun\n${filler}middle\n\u001b[22mthin\n${filler}end\n\u001b[0m${filler}plain\n`;
  const file = await grown(log);
  const lookOf = async (wanted: string) => {
    const [line] = await file.lines(log.text.split("\n").indexOf(wanted), file.index.lines);
    return [line?.text, line?.look.bold, line?.look.colour];
  };
  expect(await lookOf("middle")).toEqual(["middle", true, red]);
  expect(await lookOf("end")).toEqual(["end", false, red]);
  expect(await lookOf("plain")).toEqual(["plain", false, undefined]);
});

test("a line behind one that is cut has the look that all of it left", async () => {
  const log = new Log();
  log.text = `${"y".repeat(200_000)}\u001b[31m\nafter\n`;
  const [, after] = await (await grown(log)).lines(0, 2);
  expect([after?.text, after?.look.colour]).toEqual(["after", red]);
});

test.each([1, 2, 3, 7])("sequences that come in pieces of %i bytes count as in one", (size) => {
  const bytes = bytesOf(
    `${"é".repeat(70_000)}\u001b[1m\u001b[38;5;208m${"x".repeat(70_000)}\u001b[0`,
  );
  const marks = new LookMarks();
  for (let at = 0; at < bytes.length; at += size) marks.add(bytes.subarray(at, at + size));
  const { at, look } = marks.before(bytes.length);
  expect(at).toBeGreaterThan(bytes.length - 100_000);
  expect([look.bold, look.colour]).toEqual([true, { kind: "exact", rgb: [255, 135, 0] }]);
  expect(marks.before(0)).toEqual({ at: 0, look: plain });
});

test("a search finds a text in any case, with colours between its letters", async () => {
  const log = new Log();
  log.text = "nothing\nERROR: no\nan err\u001b[31mor\u001b[0m\nend\n";
  const file = await grown(log);
  const found: number[] = [];
  for await (const lines of file.search("error", new AbortController().signal))
    found.push(...lines);
  expect(found).toEqual([1, 2]);
});

test.each([10, 1_000, 2_000_000])("of %i lines each can be scrolled to", (lines) => {
  const extent = { lines, height: 400 };
  expect(fullHeight(extent)).toBeLessThanOrEqual(12_000_000);
  for (const line of [0, 1, Math.floor(lines / 2), lines - 20].filter((each) => each >= 0)) {
    const wanted = Math.min(line, Math.max(0, lines - 20));
    expect(firstLine(scrollTopFor(line, extent), extent)).toBe(wanted);
  }
});
