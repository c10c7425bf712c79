/** The table of attacks in docs/server-api.md: what it names is there. */
import { readFileSync } from "node:fs";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const rows = read("docs/server-api.md")
  .split("## What was attacked")[1]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (attack|---)/.test(line));

test.each(rows ?? [])("each test that the table names is there: %s", (row) => {
  const named = row.split(" | ").at(-1) ?? "";
  const suites = [...named.matchAll(/`([\w/-]+)`: ((?:"[^"]+"(?:, )?)+)/g)];
  expect(suites).not.toEqual([]);
  for (const [, suite = "", titles = ""] of suites) {
    const text = read(`test/${suite}.test.ts`);
    const missing = [...titles.matchAll(/"([^"]+)"/g)]
      .map(([, title = ""]) => title)
      .filter((title) => !text.includes(title) && !text.includes(title.replaceAll("`", "\\`")));
    expect([suite, missing]).toEqual([suite, []]);
  }
});
