import { Attempts, failureKindOf } from "../../src/engine/schedule/attempts.ts";
import { type Retries, usualRetries } from "../../src/model/attempts.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Target } from "../../src/model/target.ts";
import { FakeTimers } from "../support/fake-timers.ts";
import { graphOf, name } from "../support/graph.ts";

const targetWith = (keys: Partial<Target>): Target => ({
  ...(graphOf("a: []").project.targets.get(name("a")) as Target),
  ...keys,
});

const retries = (more: Partial<Retries>): Retries => ({ ...usualRetries, times: 3, ...more });
const problem = (more: Partial<Diagnostic>): Diagnostic => ({
  code: "x",
  blame: "target",
  message: "it failed",
  ...more,
});
const flaky = problem({ exitCode: 75 });

/** Begins attempts until one is the last, and says what came of each. */
function play(target: Target, failure: Diagnostic, timers = new FakeTimers()): string[] {
  const attempts = new Attempts(timers);
  const told: string[] = [];
  for (let attempt = attempts.begin(target); attempt; attempt = attempts.begin(target)) {
    const verdict = attempts.after(target, failure);
    if (verdict.kind === "enough") return [...told, verdict.problem.message];
    told.push(`${verdict.seconds} s`);
    timers.advance(verdict.seconds * 1000);
  }
  return [...told, "out of time"];
}

test("without the key no failure is worth another attempt", () => {
  expect(play(targetWith({}), flaky)).toEqual(["it failed"]);
});

test("each wait is longer than the one before, up to the longest", () => {
  const target = targetWith({
    retries: retries({ times: 5, wait: 2, factor: 3, longestWait: 20 }),
  });
  expect(play(target, flaky)).toEqual([
    "2 s",
    "6 s",
    "18 s",
    "20 s",
    "20 s",
    "it failed (attempt 6 of 6)",
  ]);
});

test("jitter makes a wait longer or shorter by its share, and never longer than the longest", () => {
  const waitAt = (random: number, more: Partial<Retries> = {}): string | undefined => {
    const timers = Object.assign(new FakeTimers(), { random: () => random });
    return play(
      targetWith({ retries: retries({ wait: 10, jitter: 0.5, ...more }) }),
      flaky,
      timers,
    )[0];
  };
  expect([waitAt(0), waitAt(0.5), waitAt(0.99), waitAt(0.99, { longestWait: 12 })]).toEqual([
    "5 s",
    "10 s",
    "14.9 s",
    "12 s",
  ]);
});

test("no attempt is begun when the time for all of them would be over", () => {
  const target = targetWith({ retries: retries({ times: 9, wait: 4, factor: 1, within: 10 }) });
  expect(play(target, flaky)).toEqual([
    "4 s",
    "4 s",
    "it failed (attempt 3 of 10, and `within` 10 s is no time for another)",
  ]);
});

test("an attempt may take its time-out, or what is left for all attempts when that is less", () => {
  const timers = new FakeTimers();
  const attempts = new Attempts(timers);
  const target = targetWith({ timeout: 60, retries: retries({ within: 100 }) });
  expect(attempts.begin(target)?.limit).toEqual({ seconds: 60, by: "timeout" });
  timers.advance(70_000);
  expect(attempts.begin(target)?.limit).toEqual({ seconds: 30, by: "within" });
  timers.advance(30_000);
  expect(attempts.begin(target)).toBeUndefined();
});

test.each([
  ["timeout", problem({ code: "timed-out" })],
  ["network", problem({ code: "registry-unreachable", transient: true })],
  ["service", problem({ code: "service-failed" })],
  ["command", flaky],
])("a failure may be one of `%s`", (kind, failure) => {
  expect(failureKindOf(failure)).toBe(kind);
});

test("a failure that would be the same the next time is of no kind", () => {
  expect(failureKindOf(problem({ code: "output-not-made" }))).toBeUndefined();
});

test("only what `on` names is worth another attempt", () => {
  const on75 = targetWith({ retries: retries({ times: 1, on: [75] }) });
  expect(play(on75, flaky)).toEqual(["1 s", "it failed (attempt 2 of 2)"]);
  expect(play(on75, problem({ exitCode: 1 }))).toEqual(["it failed"]);
  const onCommand = targetWith({ retries: retries({ times: 1, on: ["command"] }) });
  expect(play(onCommand, problem({ exitCode: 1 }))).toEqual(["1 s", "it failed (attempt 2 of 2)"]);
  expect(play(onCommand, problem({ transient: true }))).toEqual(["it failed"]);
});

test("a mistake in the target file is the same mistake the next time", () => {
  const target = targetWith({ retries: retries({}) });
  expect(play(target, problem({ blame: "usage", code: "laid-twice" }))).toEqual(["it failed"]);
});
