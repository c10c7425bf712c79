import { appendFileSync, existsSync, statSync } from "node:fs";
import { Evictions, evictionsKept } from "../../src/store/evictions.ts";
import { temporaryFolder } from "../support/folder.ts";

const november = { at: "2026-11-21T10:00:00.000Z", limit: 64_000_000 };
const december = { at: "2026-12-01T10:00:00.000Z", limit: 64_000_000 };
const fileIn = (): string => `${temporaryFolder()}/evictions`;

test("what was evicted last is told, of each kind for itself", () => {
  const file = fileIn();
  new Evictions(file).record("traces", ["a", "b"], november);
  new Evictions(file).record("logs", ["b"], december);
  new Evictions(file).record("traces", ["a"], december);
  const found = new Evictions(file);
  expect(found.find("traces", "a")).toEqual(december);
  expect(found.find("traces", "b")).toEqual(november);
  expect(found.find("logs", "b")).toEqual(december);
  expect(found.find("logs", "a")).toBeUndefined();
});

test("nothing evicted leaves no file", () => {
  const file = fileIn();
  const evictions = new Evictions(file);
  evictions.record("traces", [], november);
  expect(evictions.find("traces", "a")).toBeUndefined();
  expect(existsSync(file)).toBe(false);
});

test("a torn line costs its own names only", () => {
  const file = fileIn();
  new Evictions(file).record("traces", ["a"], november);
  appendFileSync(file, '0bad {"of":"traces","names":["b"');
  new Evictions(file).record("traces", ["c"], december);
  const found = new Evictions(file);
  expect([found.find("traces", "a"), found.find("traces", "c")]).toEqual([november, december]);
});

test("the oldest are forgotten, so that the file does not grow for ever", () => {
  const file = fileIn();
  for (let run = 0; run < 40; run++) {
    const names = Array.from(
      { length: 1000 },
      (_, index) => `target ${run} ${index} 0123456789abcdef`,
    );
    new Evictions(file).record("traces", names, november);
    expect(statSync(file).size).toBeLessThanOrEqual(evictionsKept);
  }
  const found = new Evictions(file);
  expect(found.find("traces", "target 39 999 0123456789abcdef")).toEqual(november);
  expect(found.find("traces", "target 0 0 0123456789abcdef")).toBeUndefined();
});

test("of more names than it holds the most recently used stay", () => {
  const file = fileIn();
  const names = Array.from({ length: 50_000 }, (_, index) => `target ${index} 0123456789abcdef`);
  new Evictions(file).record("traces", names, november);
  expect(statSync(file).size).toBeLessThanOrEqual(evictionsKept);
  const found = new Evictions(file);
  expect(found.find("traces", names.at(-1) as string)).toEqual(november);
  expect(found.find("traces", names[0] as string)).toBeUndefined();
});

test("what is forgotten or cleared is told of no more", () => {
  const evictions = new Evictions(fileIn());
  evictions.record("traces", ["a", "b"], november);
  evictions.forget("traces", "a");
  expect(evictions.find("traces", "a")).toBeUndefined();
  expect(evictions.find("traces", "b")).toEqual(november);
  evictions.clear();
  expect(evictions.find("traces", "b")).toBeUndefined();
});
