import { Burst } from "../../src/watch/burst.ts";
import { FakeTimer } from "./fake-timer.ts";

function burst() {
  const timer = new FakeTimer();
  const told: (readonly string[])[] = [];
  return { timer, told, burst: new Burst(timer, (paths) => told.push(paths)) };
}

test("changes that come one after the other are told at once, when it is quiet", () => {
  const { timer, told, burst: changes } = burst();
  for (const path of ["a", "b", "a"]) {
    changes.note(path);
    timer.pass(74);
  }
  expect(told).toEqual([]);
  timer.pass(1);
  expect(told).toEqual([["a", "b"]]);

  changes.note(undefined);
  timer.pass(75);
  expect(told).toEqual([["a", "b"], []]);
});

test("a stream that never ends is told of each second", () => {
  const { timer, told, burst: changes } = burst();
  for (let time = 0; time < 2500; time += 50) {
    changes.note(`${time}`);
    timer.pass(50);
  }
  expect(told.map((paths) => paths.length)).toEqual([20, 20]);
});

test("what is stopped tells nothing", () => {
  const { timer, told, burst: changes } = burst();
  changes.note("a");
  changes.stop();
  timer.pass(2000);
  expect(told).toEqual([]);
});
