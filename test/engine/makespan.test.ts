import { makespans, randomGraph } from "../../scripts/bench-lib/schedule.ts";
import { makespan, type Work } from "../../src/engine/schedule/makespan.ts";

/** Durations by name, and what each needs. */
function work(durations: Record<string, number>, needs: Record<string, string> = {}): Work {
  const names = Object.keys(durations);
  return {
    durations: Object.values(durations),
    needs: names.map((name) =>
      (needs[name] ?? "")
        .split(" ")
        .filter(Boolean)
        .map((need) => names.indexOf(need)),
    ),
  };
}

test("a chain takes the sum of its pieces, whatever the jobs", () => {
  const chain = work({ a: 1, b: 2, c: 3 }, { b: "a", c: "b" });
  expect([1, 2, Number.POSITIVE_INFINITY].map((jobs) => makespan(chain, jobs))).toEqual([6, 6, 6]);
});

test("pieces that need nothing share the jobs, the longest first", () => {
  const pieces = work({ a: 1, b: 2, c: 3, d: 4 });
  expect([1, 2, 3, 4, 9].map((jobs) => makespan(pieces, jobs))).toEqual([10, 5, 4, 4, 4]);
});

test("the longest path to the end starts first, not the longest piece", () => {
  const pieces = work({ long: 4, head: 1, tail: 5 }, { tail: "head" });
  expect(makespan(pieces, 1)).toBe(10);
  expect(makespan(pieces, 2)).toBe(6);
});

test("a piece of no time takes no job, and passes on what it waits for", () => {
  const pieces = work({ a: 3, group: 0, b: 2, other: 5 }, { group: "a", b: "group" });
  expect(makespan(pieces, 2)).toBe(5);
});

test("an exclusive piece runs alone", () => {
  const pieces = work({ a: 1, b: 2, c: 3 });
  expect(makespan({ ...pieces, exclusive: new Set([2]) }, 3)).toBe(5);
  expect(makespan({ ...pieces, exclusive: new Set([0, 1, 2]) }, 3)).toBe(6);
  const same = { ...work({ a: 4, b: 4, c: 4, d: 4 }), exclusive: new Set([1]) };
  expect(makespan(same, 2)).toBe(12);
  expect(makespan(same, 3)).toBe(8);
});

test("no work takes no time", () => {
  expect(makespan(work({}), 2)).toBe(0);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  "the estimate is what the scheduler takes, were durations known: graph %d",
  async (seed) => {
    const { list, tbuild, bound } = await makespans(randomGraph(seed));
    expect(list).toBeCloseTo(tbuild, 9);
    expect(list).toBeGreaterThanOrEqual(bound - 1e-9);
  },
);

test("of ten thousand pieces with countless ways between them, no job is idle without need", () => {
  const size = 10_000;
  const large: Work = {
    durations: Array.from({ length: size }, (_, index) => 1 + (index % 7)),
    needs: Array.from({ length: size }, (_, index) =>
      [index - 3, index - 50, index - 400].filter((need) => need >= 0),
    ),
  };
  const all = large.durations.reduce((sum, each) => sum + each, 0);
  const chain = makespan(large, Number.POSITIVE_INFINITY);
  // The bounds of Graham for list scheduling.
  expect(makespan(large, 8)).toBeGreaterThanOrEqual(Math.max(all / 8, chain));
  expect(makespan(large, 8)).toBeLessThanOrEqual(all / 8 + (chain * 7) / 8);
});
