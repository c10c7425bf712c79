import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
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
    store.keepOnly(new Set(["b"]), { keepImages: true });
    store.close();
    const again = new TraceStore(file);
    expect(names(again)).toEqual(["b"]);
    expect(again.madeImages()).toHaveLength(2);
  });
});

describe("the bound on traces", () => {
  const bigTrace = (target: string, paths: readonly string[] = []): Trace => ({
    ...trace(target),
    parts: { rule: "x".repeat(800) },
    artifacts: paths.map((path) => ({ kind: "file", path, digest: "sha256:aa" })),
  });

  interface Bounded {
    readonly targets?: number;
    readonly inUse?: readonly string[];
    readonly gone?: readonly string[];
  }

  /** @returns the keys that went */
  function bound(
    file: string,
    limit: number,
    { inUse = [], gone = [], targets = 0 }: Bounded = {},
  ): string[] {
    const store = new TraceStore(file);
    const evicted: string[] = [];
    store.bound({
      limit,
      targets,
      inUse: () => new Set(inUse),
      isThere: (path) => !gone.includes(path),
      onEvict: (keys) => evicted.push(...keys),
    });
    store.close();
    return evicted;
  }

  function leave(...traces: Trace[]): string {
    const file = storeFile();
    const store = new TraceStore(file);
    for (const each of traces) store.put(each);
    store.close();
    return file;
  }

  const four = (): string => leave(...["a", "b", "c", "d"].map((target) => bigTrace(target)));

  test("removes what was made longest ago, and nothing within the limit", () => {
    const file = four();
    expect(bound(file, 5000)).toEqual([]);
    expect(bound(file, 3000)).toEqual(["a", "b"]);
    expect(names(new TraceStore(file))).toEqual(["c", "d"]);
    expect(statSync(file).size).toBeLessThanOrEqual(3000);
  });

  test("keeps what the run relies on", () => {
    const file = four();
    expect(bound(file, 3000, { inUse: ["a", "c"] })).toEqual(["b", "d"]);
  });

  test("counts a use like a run, on the next day again", () => {
    const file = four();
    const sizes = ["monday", "monday", "tuesday"].map((mark) => {
      const store = new TraceStore(file);
      store.noteUse(3000, mark, () => ["b", "a", "unknown"]);
      store.close();
      return statSync(file).size;
    });
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[2]).toBeGreaterThan(sizes[1] as number);
    expect(bound(file, 3000)).toEqual(["c", "d"]);
  });

  test("notes no use while there is room", () => {
    const file = four();
    const before = readFileSync(file);
    const store = new TraceStore(file);
    store.noteUse(10_000, "monday", () => ["a"]);
    store.close();
    expect(readFileSync(file)).toEqual(before);
  });

  test("takes history out before anything that is still true", () => {
    const runs = ["a", "b", "b", "b", "b"].map((target) => bigTrace(target));
    const file = leave(...runs);
    expect(bound(file, 3000)).toEqual([]);
    expect(names(new TraceStore(file))).toEqual(["a", "b"]);
    expect(statSync(file).size).toBeLessThan(2000);
  });

  test("leaves the outputs of an evicted trace known to `clean`, and forgets those that are gone", () => {
    const file = leave(bigTrace("a", ["out/a", "out/gone"]), bigTrace("b"));
    const store = new TraceStore(file);
    store.begin(["out/begun", "out/other"]);
    store.close();
    expect(bound(file, 1500, { gone: ["out/gone", "out/other"] })).toEqual(["a"]);
    expect([...new TraceStore(file).begunFiles()]).toEqual(["out/begun", "out/a"]);
  });

  test("forgets the oldest images that no trace tells of, beyond a quarter of the limit", () => {
    const images = Array.from({ length: 30 }, (_, run) => ({
      ...trace("a"),
      artifacts: [{ kind: "image", digest: `sha256:${run}`, references: ["a:1"] }] as const,
    }));
    const file = leave({ ...trace("old") }, ...images);
    bound(file, 2000, { inUse: ["a", "old"] });
    const made = new TraceStore(file).madeImages().map(({ id }) => id);
    expect(made[0]).toBe("sha256:old");
    expect(made.at(-1)).toBe("sha256:29");
    expect(made.length).toBeLessThan(10);
  });

  test("removes none while there are no more than the run has targets", () => {
    const file = four();
    expect(bound(file, 1000, { targets: 4 })).toEqual([]);
    expect(bound(file, 3000, { targets: 3 })).toEqual(["a", "b"]);
  });

  test("when all is in use it writes nothing, however small the limit", () => {
    const file = four();
    const { ino } = statSync(file);
    expect(bound(file, 1000, { inUse: ["a", "b", "c", "d"] })).toEqual([]);
    expect(statSync(file).ino).toBe(ino);
  });
});
