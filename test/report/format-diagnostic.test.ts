import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDiagnostic } from "../../src/report/format-diagnostic.ts";
import { sourceLines } from "../../src/report/source-lines.ts";

const problem = { code: "unknown-target", blame: "usage", message: "no such target" } as const;
const show = (line: string, column: number, length?: number) =>
  formatDiagnostic(
    {
      ...problem,
      at: { file: "targets.yaml", line: 14, column, ...(length === undefined ? {} : { length }) },
    },
    { readLine: () => line },
  );

test("a problem is shown with its place, the line, carets and a hint", () => {
  const lines = formatDiagnostic(
    {
      code: "unknown-target",
      blame: "usage",
      message: "target `api` needs `bsae`, which is not declared",
      at: { file: "images.yaml", line: 14, column: 13, length: 4 },
      hint: "did you mean `base`? (images.yaml:3)",
    },
    { readLine: () => "    needs: [bsae]" },
  );
  expect(lines).toEqual([
    "images.yaml:14:13: error: target `api` needs `bsae`, which is not declared",
    "   14 |     needs: [bsae]",
    "      |             ^^^^",
    "hint: did you mean `base`? (images.yaml:3)",
  ]);
});

test("a problem without a place is its message, details and hint", () => {
  expect(
    formatDiagnostic({ ...problem, details: ["one", "\x1b[1mtwo\x1b[0m"], hint: "look" }),
  ).toEqual(["error: no such target", "  one", "  two", "hint: look"]);
});

test("a warning says that it is one", () => {
  expect(formatDiagnostic(problem, { word: "warning" })).toEqual(["warning: no such target"]);
});

test("a file that cannot be read leaves the excerpt out", () => {
  const at = { file: "gone.yaml", line: 1, column: 1 };
  expect(formatDiagnostic({ ...problem, at }, { readLine: () => undefined })).toEqual([
    "gone.yaml:1:1: error: no such target",
  ]);
});

test("carets stand under their text after tabs and wide characters", () => {
  expect(show("\thelp: 漢字 x", 11, 1)).toEqual([
    "targets.yaml:14:11: error: no such target",
    "   14 | \thelp: 漢字 x",
    "      | \t           ^",
  ]);
  expect(show("a: 漢字", 4, 2).at(-1)).toBe("      |    ^^^^");
});

test("a place past the end of its line has one caret there", () => {
  expect(show("a:", 3, 5).at(-1)).toBe("      |   ^");
  expect(show("", 1).slice(1)).toEqual(["   14 |", "      | ^"]);
});

test("of a very long line the part around the place is shown", () => {
  const [, line, carets] = show(`${"a".repeat(500)}BUG${"b".repeat(500)}`, 501, 3);
  expect(line).toBe(`   14 | …${"a".repeat(40)}BUG${"b".repeat(77)}…`);
  expect(carets).toBe(`      | ${" ".repeat(41)}^^^`);
});

test("lines are read from the file that is named, with secrets hidden", () => {
  const folder = mkdtempSync(join(tmpdir(), "tbuild-"));
  try {
    writeFileSync(join(folder, "targets.yaml"), "a: 1\r\nb: hush\n");
    const read = sourceLines(folder, (text) => text.replace("hush", "***"));
    expect(read("targets.yaml", 2)).toBe("b: ***");
    expect(read("targets.yaml", 9)).toBeUndefined();
    expect(read("other.yaml", 1)).toBeUndefined();
    expect(read(".", 1)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("output without line ends is cut, and bytes that are no text move no cursor", () => {
  const details = ["x".repeat(70_000), "\u001b[2Jgone\u0000\u0007", "é".repeat(500)];
  const lines = formatDiagnostic({ ...problem, details });
  expect(lines.slice(1)).toEqual([`  ${"x".repeat(399)}…`, "  gone", `  ${"é".repeat(399)}…`]);
});
