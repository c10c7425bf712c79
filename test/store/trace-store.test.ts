import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import type { TargetName } from "../../src/model/target.ts";
import type { Trace } from "../../src/model/trace.ts";
import { TraceStore } from "../../src/store/trace-store.ts";
import { temporaryFolder } from "../support/folder.ts";

const trace = (target: string, seconds = 1): Trace => ({
  key: target,
  target: target as TargetName,
  fingerprint: "sha256:aa",
  parts: { rule: "run" },
  artifacts: [{ kind: "image", digest: `sha256:${target}`, references: [`${target}:1`] }],
  seconds,
  finishedAt: 0,
});

const storeFile = (): string => `${temporaryFolder()}/traces`;
const names = (store: TraceStore): string[] => [...store.all()].map(({ target }) => target);

/** Writes traces of these targets, and closes the store. */
function write(file: string, ...targets: string[]): void {
  const store = new TraceStore(file);
  for (const target of targets) store.put(trace(target));
  store.close();
}

describe("the trace store", () => {
  test("keeps the last trace of each target, the one that was made last at the end", () => {
    const file = storeFile();
    const store = new TraceStore(file);
    store.put(trace("a", 1));
    store.put(trace("b"));
    store.put(trace("a", 2));
    store.close();
    const again = new TraceStore(file);
    expect(names(again)).toEqual(["b", "a"]);
    expect(again.get("a")).toEqual(trace("a", 2));
  });

  test("writes nothing until there is something to keep", () => {
    const file = storeFile();
    new TraceStore(file).close();
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });

  test("cut off at any byte, it opens with a prefix of its records", () => {
    const file = storeFile();
    write(file, "a", "b", "c");
    const whole = readFileSync(file);
    for (let length = 0; length <= whole.length; length++) {
      const cut = storeFile();
      writeFileSync(cut, whole.subarray(0, length));
      const kept = names(new TraceStore(cut));
      expect(["a", "b", "c"].slice(0, kept.length)).toEqual(kept);
    }
  });

  test("an altered record is left out and counted, the others stand", () => {
    const file = storeFile();
    write(file, "a", "b", "c");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"key":"b"', '"key":"x"'));
    const store = new TraceStore(file);
    expect(names(store)).toEqual(["a", "c"]);
    expect(store.damaged).toBe(1);
  });

  test("a record written after a torn one is not lost with it", () => {
    const file = storeFile();
    write(file, "a");
    truncateSync(file, readFileSync(file).length - 5);
    write(file, "b");
    expect(names(new TraceStore(file))).toEqual(["b"]);
  });

  test("remembers every image that was made, also when its trace was replaced", () => {
    const file = storeFile();
    const store = new TraceStore(file);
    store.put(trace("a"));
    store.put({
      ...trace("a"),
      artifacts: [{ kind: "image", digest: "sha256:new", references: ["a:1"] }],
    });
    store.close();
    expect(new TraceStore(file).madeImages()).toEqual([
      { id: "sha256:a", references: ["a:1"] },
      { id: "sha256:new", references: ["a:1"] },
    ]);
  });

  test("is written anew when most of it is history", () => {
    const file = storeFile();
    const store = new TraceStore(file);
    for (let run = 0; run < 1500; run++) store.put(trace("a", run));
    store.close();
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    expect(new TraceStore(file).get("a")?.seconds).toBe(1499);
  });

  test("forgets all but what is named", () => {
    const file = storeFile();
    const store = new TraceStore(file);
    store.put(trace("a"));
    store.put(trace("b"));
    store.keepOnly(new Set(["b"]), true);
    store.close();
    const again = new TraceStore(file);
    expect(names(again)).toEqual(["b"]);
    expect(again.madeImages()).toHaveLength(2);
  });
});
