/** Run logs of a workspace, read back and held against their schema. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import type { Event } from "../../src/model/event.ts";
import type { RunLine } from "../../src/model/run-log.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../schema/events.schema.json", import.meta.url), "utf8"),
);
const accepts = new Ajv({ allErrors: true }).compile(schema);

/** Names of the run logs, oldest first. */
export function runLogNames(root: string): readonly string[] {
  return readdirSync(path.join(root, ".tbuild/runs")).sort();
}

/** Lines of the newest run log. */
export function lastRun(root: string): readonly RunLine[] {
  const name = runLogNames(root).at(-1) ?? "";
  const text = readFileSync(path.join(root, ".tbuild/runs", name), "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunLine);
}

/** Lines that the schema refuses, which should be none. */
export const refusedLines = (lines: readonly (RunLine | Event)[]): readonly unknown[] =>
  lines.filter((line) => !accepts(line));

/** Lines as `kind` or `kind target`, which is what most tests ask for. */
export const told = (lines: readonly RunLine[]): readonly string[] =>
  lines.map((line) => ("target" in line ? `${line.kind} ${line.target}` : line.kind));
