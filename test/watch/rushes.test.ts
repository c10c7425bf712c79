import { Rushes } from "../../src/watch/rushes.ts";

const times = (rushes: Rushes, names: readonly string[], count: number): boolean[] =>
  Array.from({ length: count }, () => rushes.mayRush(new Set(names)));

test("the same change may begin five builds without rest, and no sixth", () => {
  const rushes = new Rushes();
  expect(times(rushes, ["log.txt", "src/a"], 4)).toEqual([true, true, true, true]);
  expect(times(rushes, ["log.txt"], 2)).toEqual([true, false]);
  expect(rushes.culprit).toBe("log.txt");

  rushes.rest();
  expect(times(rushes, ["log.txt"], 1)).toEqual([true]);
});

test("other changes may come as often as they like", () => {
  const rushes = new Rushes();
  const names = Array.from({ length: 20 }, (_, index) => `${index}`);
  expect(names.map((name) => rushes.mayRush(new Set([name])))).not.toContain(false);
});
