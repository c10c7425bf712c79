import { type Bounds, chooseEvicted } from "../../src/store/choose-evicted.ts";

const entries = ["a", "b", "c", "d", "e"].map((name) => ({ name, bytes: 10 }));

const evicted = (bounds: Partial<Bounds>): string[] =>
  chooseEvicted(entries, { bytes: 50, isInUse: () => false, ...bounds }).map(({ name }) => name);

test("nothing goes as long as the limit is kept", () => {
  expect(evicted({ bytes: 50 })).toEqual([]);
});

test("what was not used for longest goes first, until a fifth of the limit is free", () => {
  expect(evicted({ bytes: 49 })).toEqual(["a", "b"]);
  expect(evicted({ bytes: 25 })).toEqual(["a", "b", "c"]);
});

test("what is in use stays, and later ones go in its place", () => {
  expect(evicted({ bytes: 25, isInUse: (name) => name === "a" })).toEqual(["b", "c", "d"]);
});

test("when all is in use nothing goes, whatever the limit", () => {
  expect(evicted({ bytes: 1, count: 1, isInUse: () => true })).toEqual([]);
});

test("their number has a bound of its own, which is met exactly", () => {
  expect(evicted({ count: 3 })).toEqual(["a", "b"]);
});
