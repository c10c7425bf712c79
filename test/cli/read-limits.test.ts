import { readLimits } from "../../src/cli/read-limits.ts";
import { defaultLimits } from "../../src/model/limits.ts";
import { formatDiagnostic } from "../../src/report/format-diagnostic.ts";

const read = (variable?: string) =>
  readLimits({ logs: 5000, runs: 6000 }, variable === undefined ? {} : { TBUILD_LIMITS: variable });

function problemsOf(variable: string): readonly string[] {
  const result = read(variable);
  return result.ok ? [] : result.problems.flatMap((problem) => formatDiagnostic(problem));
}

test("what nobody sets is as it is everywhere", () => {
  expect(readLimits({}, {})).toEqual({ ok: true, value: defaultLimits });
});

test("the machine sets limits over those of the target file", () => {
  expect(read()).toEqual({ ok: true, value: { ...defaultLimits, logs: 5000, runs: 6000 } });
  expect(read("logs: 50 MB, traces:1GB,")).toEqual({
    ok: true,
    value: { ...defaultLimits, logs: 50_000_000, traces: 1_000_000_000, runs: 6000 },
  });
  expect(read("")).toEqual(read());
});

test("what cannot be read is told, all of it", () => {
  expect(problemsOf("log: 5 MB, trace: 5 MB, logs: 7, runs, plans: 1 B, blub: 1 MB")).toEqual([
    "error: `TBUILD_LIMITS` has no limit `trace`",
    "hint: did you mean `traces`?",
    "error: expected a size for `logs` of `TBUILD_LIMITS`, found `7`",
    "hint: write a number and B, kB, MB, GB or TB, such as `200 MB`",
    "error: expected a size for `runs` of `TBUILD_LIMITS`, found nothing",
    "hint: write a number and B, kB, MB, GB or TB, such as `200 MB`",
    "error: `plans` of `TBUILD_LIMITS` is less than 1 kB",
    "hint: allow more",
    "error: `TBUILD_LIMITS` has no limit `blub`",
    'hint: write it as in `TBUILD_LIMITS="logs: 200 MB, traces: 1 GB"`',
  ]);
});
