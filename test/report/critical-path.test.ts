import type { CriticalPath, Event } from "../../src/model/event.ts";
import { criticalPathLine } from "../../src/report/critical-path.ts";
import { plainReporter } from "../../src/report/plain.ts";
import { begun, fakeOptions, finished } from "./fake-report.ts";

type Finished = Event & { readonly kind: "finished" };

/** A path as `a 12 b 30`, and what 2, 4 and any number of jobs take. */
function path(
  targets: string,
  [used, twice, any]: readonly [number, number, number],
  waited = 0,
): CriticalPath {
  const words = targets.split(" ");
  const chain = words.flatMap((target, at) =>
    at % 2 === 0 ? [{ target, title: target, seconds: Number(words[at + 1]), waited: 0 }] : [],
  );
  return {
    targets: chain,
    seconds: chain.reduce((sum, { seconds }) => sum + seconds, 0),
    waited,
    estimates: [{ jobs: 2, seconds: used }, { jobs: 4, seconds: twice }, { seconds: any }],
  };
}

const line = (seconds: number, criticalPath?: CriticalPath) =>
  criticalPathLine(
    finished({ built: 3, seconds, ...(criticalPath && { criticalPath }) }) as Finished,
  );

test("the path is named with the seconds of each target, and what twice the jobs would bring", () => {
  expect(line(63, path("base 12.04 images[agent] 29.2", [60, 42, 41.24]))).toBe(
    "critical path 41.2 s of 1 min 3 s: base 12.0 s → images[agent] 29.2 s; 4 jobs instead of 2 would take about 45 s",
  );
});

test("it says what even more jobs could bring", () => {
  expect(line(100, path("a 20", [100, 50, 20]))).toBe(
    "critical path 20.0 s of 1 min 40 s: a 20.0 s; 4 jobs instead of 2 would take about 50 s, and no number of jobs less than 20 s",
  );
  expect(line(20, path("a 10", [20, 19, 10]))).toBe(
    "critical path 10.0 s of 20.0 s: a 10.0 s; 4 jobs instead of 2 would take about 19 s, and no number of jobs less than 10 s",
  );
});

test("where no chain decided anything, only the jobs are told of", () => {
  expect(line(100, path("a 1", [98, 49, 1]))).toBe(
    "4 jobs instead of 2 would take about 51 s, and no number of jobs less than 3 s",
  );
  expect(line(100, path("a 1", [5, 2, 1]))).toBeUndefined();
});

test("it says when more jobs would not help", () => {
  expect(line(8, path("a 3 b 4.5", [7.6, 7.5, 7.5]))).toBe(
    "critical path 7.5 s of 8.0 s: a 3.0 s → b 4.5 s; more jobs would not help",
  );
});

test("the time for which the path waited stands apart", () => {
  expect(line(40, path("a 10 b 20", [39, 31, 30], 8))).toBe(
    "critical path 30.0 s of 40.0 s (waited 8.0 s for a job): a 10.0 s → b 20.0 s; 4 jobs instead of 2 would take about 32 s",
  );
});

test("the middle of a long path is left out", () => {
  const names = Array.from({ length: 12 }, (_, index) => `t${index} 1`).join(" ");
  expect(line(12, path(names, [12, 12, 12]))).toBe(
    "critical path 12.0 s of 12.0 s: t0 1.0 s → t1 1.0 s → t2 1.0 s → t3 1.0 s → … 4 more … → t8 1.0 s → t9 1.0 s → t10 1.0 s → t11 1.0 s; more jobs would not help",
  );
});

test("nothing is said of builds of a few seconds, and of those without a path", () => {
  expect(line(4.9, path("a 3 b 1.5", [4.5, 4.5, 4.5]))).toBeUndefined();
  expect(line(60)).toBeUndefined();
});

test("it stands before the last line, which stays what it was", () => {
  const { err, options } = fakeOptions();
  const reporter = plainReporter(options);
  reporter.report(begun());
  const criticalPath = path("a 3 b 4.5", [7.5, 7.5, 7.5]);
  reporter.report(finished({ built: 2, seconds: 8, criticalPath }));
  expect(err.lines).toEqual([
    "critical path 7.5 s of 8.0 s: a 3.0 s → b 4.5 s; more jobs would not help",
    "built 2 in 8.0 s",
  ]);
});
