import { existsSync, readFileSync, statSync } from "node:fs";
import { BoundedText } from "../../src/store/bounded-text.ts";
import { temporaryFolder } from "../support/folder.ts";

const line = (number: number): string => `line ${String(number).padStart(6, "0")}`;

/** @returns the lines of the file, and the most bytes that it ever had */
function write(limit: number, texts: Iterable<string>) {
  const file = `${temporaryFolder()}/log`;
  const text = new BoundedText(file, limit);
  let most = 0;
  for (const each of texts) {
    text.line(each);
    most = Math.max(most, statSync(file).size);
  }
  text.close();
  expect(statSync(file).size).toBe(text.size);
  return { most, lines: readFileSync(file, "utf8").split("\n") };
}

function* numbered(count: number): Generator<string> {
  for (let number = 0; number < count; number++) yield line(number);
}

test("a text within the limit is kept as it is", () => {
  const { lines } = write(1200, numbered(100));
  expect(lines).toEqual([...numbered(100), ""]);
});

test("of a longer one the beginning and the end stay, and a line between says what is missing", () => {
  const { most, lines } = write(1200, numbered(1000));
  expect(most).toBeLessThanOrEqual(1200 + line(0).length + 1);
  const at = lines.findIndex((each) => each.startsWith("#"));
  expect(lines.slice(0, at)).toEqual([...numbered(26)]);
  const rest = lines.slice(at + 1, -1);
  expect(rest).toEqual([...numbered(1000)].slice(1000 - rest.length));
  expect(rest.length).toBeGreaterThanOrEqual(24);
  const missing = 1000 - 26 - rest.length;
  const kilobytes = ((missing * 12) / 1000).toFixed(0);
  expect(lines[at]).toBe(
    `# ${kilobytes} kB left out here, ${missing} lines: a log has a limit of 1.2 kB`,
  );
});

test("lines within one text are counted too", () => {
  const texts = Array.from({ length: 100 }, () => "one\ntwo\nthree");
  const { lines } = write(1000, texts);
  const shown = lines.filter((each) => /^(one|two|three)$/.test(each)).length;
  const noted = lines.find((each) => each.startsWith("#")) ?? "";
  expect(noted).toContain(`, ${300 - shown} lines: a log has a limit of 1 kB`);
});

test("a line longer than the limit leaves both of its ends", () => {
  const { most, lines } = write(2000, ["short", `begin${"x".repeat(10_000)}end`, "last"]);
  expect(most).toBeLessThan(12_000);
  expect(lines.join("\n").length).toBeLessThanOrEqual(2000);
  expect(lines.slice(0, 2)).toEqual(["short", `begin${"x".repeat(489)}`]);
  expect(lines[2]).toBe("# 9.0 kB left out here, 0 lines: a log has a limit of 2 kB");
  expect(lines.at(-3)).toMatch(/^x+end$/);
  expect(lines.at(-2)).toBe("last");
});

test("one that is opened again goes on counting", () => {
  const file = `${temporaryFolder()}/log`;
  const text = new BoundedText(file, 1200);
  const all = [...numbered(1000)];
  for (const each of all.slice(0, 500)) text.line(each);
  text.close();
  text.reopen();
  for (const each of all.slice(500)) text.line(each);
  text.close();
  const once = write(1200, all);
  expect(readFileSync(file, "utf8").split("\n")).toEqual(once.lines);
});

test("what an earlier run left is replaced", () => {
  const file = `${temporaryFolder({ log: "old\n".repeat(1000) })}/log`;
  const text = new BoundedText(file, 1000);
  text.line("new");
  text.close();
  expect(existsSync(file) && readFileSync(file, "utf8")).toBe("new\n");
});
