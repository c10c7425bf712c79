import { wantsColours } from "../../src/report/paint.ts";
import { clip, columnsOf, printable } from "../../src/report/width.ts";
import { bytes, duration, skippedLine, summary, wholeDuration } from "../../src/report/wording.ts";

const counts = (built: number, fresh: number, failed = 0, skipped = 0) =>
  ({ kind: "finished", built, fresh, failed, skipped, seconds: 4.21 }) as const;

test.each([
  [counts(3, 12), "built 3, fresh 12 in 4.2 s"],
  [{ ...counts(1, 3), restored: 2 }, "built 1, restored 2, fresh 3 in 4.2 s"],
  [{ ...counts(0, 0), restored: 2 }, "restored 2 in 4.2 s"],
  [counts(0, 15), "all 15 targets are fresh"],
  [counts(0, 1), "the target is fresh"],
  [counts(0, 0), "nothing to do"],
  [counts(1, 3, 1, 2), "failed 1, skipped 2, built 1, fresh 3 in 4.2 s"],
])("the last line tells what happened: %j", (event, line) => {
  expect(summary(event)).toBe(line);
});

test("an interrupted build never claims that all is fresh", () => {
  expect(summary(counts(0, 3), "interrupted")).toBe("interrupted: fresh 3 in 4.2 s");
  expect(summary(counts(0, 0), "interrupted")).toBe("interrupted after 4.2 s");
});

test.each([
  [0, "0.0 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 0 s"],
  [125.7, "2 min 6 s"],
  [3725, "1 h 2 min"],
])("%d seconds read as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("what still runs is counted in whole seconds", () => {
  expect(wholeDuration(12.9)).toBe("12 s");
});

test("a long list of skipped targets is cut", () => {
  const names = Array.from({ length: 10 }, (_, index) => `t${index}`);
  expect(skippedLine("a", names)).toBe(
    "skipped 10 that need a: t0, t1, t2, t3, t4, t5, t6, t7 and 2 more",
  );
  expect(skippedLine(undefined, ["b"])).toBe("skipped 1: b");
});

test.each([
  [999, "999 B"],
  [1500, "1.5 kB"],
  [38_100_000, "38 MB"],
])("%d bytes read as %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

test.each([
  ["abc", 3],
  ["漢字", 4],
  ["e\u0301", 1],
  ["👩‍👩‍👧", 2],
  ["ｱ", 1],
  ["한글", 4],
])("%s takes its columns on a terminal", (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test("a wide character is never cut in half", () => {
  expect(clip("漢字漢字", 6)).toBe("漢字…");
  expect(clip("abc", 3)).toBe("abc");
  expect(clip("abc", 0)).toBe("");
});

test("a line of a command cannot steer the terminal", () => {
  expect(printable("\x1b]0;title\x07a\x1b[2Jb\tc\x08")).toBe("ab  c");
  expect(printable("10%\r50%\r100%\r\n")).toBe("100%");
});

test.each([
  [{}, "a terminal", true],
  [{}, "no terminal", false],
  [{ NO_COLOR: "1" }, "a terminal", false],
  [{ NO_COLOR: "" }, "a terminal", true],
  [{ FORCE_COLOR: "1" }, "no terminal", true],
  [{ FORCE_COLOR: "0" }, "a terminal", false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, "no terminal", true],
  [{ TERM: "dumb" }, "a terminal", false],
])(
  "colours follow the environment, then the terminal: %j and %s: %p",
  (environment, to, colours) => {
    const isTerminal = to === "a terminal";
    expect(wantsColours(environment as NodeJS.ProcessEnv, isTerminal)).toBe(colours);
  },
);
