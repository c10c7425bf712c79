/** What is done again and again, never twice at once: syncs and writes of the server. */
import { Turns } from "../../src/server/records/turns.ts";
import { settled } from "./fake-clock.ts";

/** Turns that end when the test says so. */
function room() {
  const underWay: { end: () => void; fail: (error: Error) => void }[] = [];
  let begun = 0;
  const turns = new Turns(() => {
    begun++;
    return new Promise((end, fail) => underWay.push({ end, fail }));
  });
  return { turns, underWay, begun: () => begun };
}

test("who asks while it is being done gets the next turn, together with all others who ask", async () => {
  const { turns, underWay, begun } = room();
  const done: string[] = [];
  const ask = (name: string) => turns.again().then(() => done.push(name));
  for (const name of ["first", "second", "third"]) void ask(name);
  await settled();
  expect(begun()).toBe(1);
  underWay.shift()?.end();
  await settled();
  expect([done, begun()]).toEqual([["first"], 2]);
  void ask("fourth");
  underWay.shift()?.end();
  await settled();
  expect([done, begun()]).toEqual([["first", "second", "third"], 3]);
  underWay.shift()?.end();
  await settled();
  expect([done.at(-1), begun()]).toEqual(["fourth", 3]);
});

test("a turn that fails is told to those whose turn it was, and the next one is done", async () => {
  const { turns, underWay } = room();
  const told: string[] = [];
  const ask = (name: string) =>
    turns.again().then(
      () => told.push(`${name} done`),
      (error) => told.push(`${name} ${error.message}`),
    );
  void ask("first");
  void ask("second");
  underWay.shift()?.fail(new Error("failed"));
  await settled();
  underWay.shift()?.end();
  await settled();
  expect(told).toEqual(["first failed", "second done"]);
});
