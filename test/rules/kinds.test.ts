import { readFileSync } from "node:fs";
import type { FieldSet } from "../../src/rules/fields.ts";
import { ruleKindOf, ruleKinds } from "../../src/rules/kinds.ts";

test("the main key of each kind is its first field and has its name", () => {
  for (const { kind, fields } of ruleKinds) expect(Object.keys(fields)[0]).toBe(kind);
});

test("each key of each kind has a help of one line", () => {
  for (const { fields } of ruleKinds) {
    for (const { help } of Object.values(fields as FieldSet))
      expect(help).toMatch(/^[A-Z].{5,80}[^.]$/);
  }
});

test("a kind can be named without its values", () => {
  for (const { kind, title } of ruleKinds) expect(title({})).toBe(kind);
});

test("`docs/language.md` tells of each key of each kind", () => {
  const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
  const untold = ruleKinds.flatMap(({ kind, fields }) =>
    Object.keys(fields)
      .filter((key) => !new RegExp(`\\b${key}(:|\`)`).test(page))
      .map((key) => `${kind}: ${key}`),
  );
  expect(untold).toEqual([]);
});

test("`first-of` never acts by itself", async () => {
  await expect(ruleKindOf("first-of").act({} as never, {} as never)).rejects.toThrow(
    "a `first-of` target is made through its alternatives",
  );
});
