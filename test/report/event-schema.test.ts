import { readFileSync } from "node:fs";
import type { Event } from "../../src/model/event.ts";
import { eventSchema } from "../../src/report/event-schema.ts";
import { refusedLines } from "../support/run-logs.ts";
import { failure, finished, targetStarted } from "./fake-report.ts";

test("the schema in the repository is the one that the types make; `node scripts/schema.js` writes it", () => {
  const written = readFileSync(new URL("../../schema/events.schema.json", import.meta.url), "utf8");
  expect(written).toBe(`${JSON.stringify(eventSchema(), null, 2)}\n`);
});

test("events are accepted with their time, and without it as `--log json` prints them", () => {
  const events = [targetStarted("a"), failure("a"), finished()];
  expect(refusedLines(events)).toEqual([]);
  expect(refusedLines(events.map((event) => ({ ...event, ms: 1.5 })))).toEqual([]);
});

test("the lines on the page about it are accepted", () => {
  const page = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");
  const lines = page.split("\n").filter((line) => line.startsWith("{"));
  expect(lines).toHaveLength(5);
  expect(refusedLines(lines.map((line) => JSON.parse(line)))).toEqual([]);
});

test.each([
  ["a kind that there is not", { ...finished(), kind: "ended" }],
  ["a key too many", { ...finished(), done: 1 }],
  ["a key too few", { kind: "finished", built: 1 }],
  ["a time that is no number", { ...finished(), ms: "1" }],
  ["a word that there is not", { ...failure("a"), outcome: "broken" }],
  ["a reason that there is not", { ...targetStarted("a"), reason: { kind: "mood" } }],
  ["another format", { kind: "run", format: 2, tbuild: "1", command: "", startedAt: "" }],
])("%s is refused", (_, line) => {
  expect(refusedLines([line as Event])).toEqual([line]);
});
