import { existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { RunLog, runsKept } from "../../src/store/run-log.ts";
import { temporaryFolder } from "../support/folder.ts";

const bytesKept = 1_000_000;

const logAt = (folder: string, second: number, limit: number | undefined = bytesKept): RunLog =>
  new RunLog(folder, new Date(Date.UTC(2026, 0, 1) + second * 1000), limit);

const names = (folder: string): string[] => readdirSync(folder).sort();

/** As an earlier run left it. */
function leave(folder: string, second: number, bytes: number): string {
  const log = logAt(folder, second);
  log.close();
  truncateSync(log.path, bytes);
  return log.path;
}

test("lines are there as soon as they are written", () => {
  const folder = `${temporaryFolder()}/runs`;
  const log = logAt(folder, 0);
  log.append({ kind: "run" });
  log.append({ kind: "started", ms: 1 });
  expect(readFileSync(log.path, "utf8")).toBe('{"kind":"run"}\n{"kind":"started","ms":1}\n');
  expect(names(folder)).toEqual([`20260101T000000.000Z-${process.pid}.ndjson`]);
  log.close();
});

test("names sort by the time at which the runs started", () => {
  const folder = temporaryFolder();
  const paths = [3, 61, 3600, 86_400].map((second) => leave(folder, second, 1));
  expect([...paths].sort()).toEqual(paths);
});

test(`the newest ${runsKept} runs are kept, and files that are no run logs`, () => {
  const folder = temporaryFolder({ "notes.txt": "mine" });
  for (let second = 0; second < runsKept + 20; second++) leave(folder, second, 1);
  const kept = names(folder);
  expect(kept).toHaveLength(runsKept + 1);
  expect([kept[0], kept.at(-1)]).toEqual([
    `20260101T000020.000Z-${process.pid}.ndjson`,
    "notes.txt",
  ]);
});

test("the oldest go when all together are too large, however few they are", () => {
  const folder = temporaryFolder();
  const [oldest, older, newer] = [1, 2, 3].map((second) =>
    leave(folder, second, bytesKept / 2 + 1),
  ) as [string, string, string];
  const newest = leave(folder, 4, 1);
  expect([oldest, older, newer, newest].map(existsSync)).toEqual([false, false, true, true]);
});

test("a run that does not know the limit leaves them for one that does", () => {
  const folder = temporaryFolder();
  const old = leave(folder, 1, 2 * bytesKept);
  new RunLog(folder, new Date(Date.UTC(2026, 0, 1) + 2000)).close();
  expect(existsSync(old)).toBe(true);
  leave(folder, 3, 1);
  expect(existsSync(old)).toBe(false);
});

test("one that reaches the limit leaves lines out, and not the last one", () => {
  const log = logAt(temporaryFolder(), 0, 100);
  for (let ms = 0; ms < 50; ms++) log.append({ kind: "started", ms });
  log.append({ kind: "finished", ms: 50 }, true);
  log.close();
  const lines = readFileSync(log.path, "utf8").trimEnd().split("\n");
  expect(lines).toEqual([
    '{"kind":"started","ms":0}',
    '{"kind":"started","ms":1}',
    '{"kind":"started","ms":2}',
    '{"kind":"finished","ms":50}',
  ]);
});

test("where no log can be written, none is", () => {
  const folder = temporaryFolder({ runs: "a file" });
  const log = logAt(`${folder}/runs`, 0);
  log.append({ kind: "run" });
  log.close();
  expect(readFileSync(`${folder}/runs`, "utf8")).toBe("a file");
});
