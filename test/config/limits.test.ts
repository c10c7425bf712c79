import { loaded, problemsIn } from "./support/workspace.ts";

const limitsIn = (limits: string) => loaded(`limits: ${limits}\ntargets: {}`).limits;
const problemsOf = (limits: string) => problemsIn(`limits: ${limits}\ntargets: {}`);

test("a target file may set some limits, and leaves the others", () => {
  expect(limitsIn("{ logs: 200 MB, traces: 64MB, log: 1.5 GB }")).toEqual({
    logs: 200_000_000,
    traces: 64_000_000,
    log: 1_500_000_000,
  });
  expect(loaded("targets: {}").limits).toEqual({});
});

test("mistakes are told at their places", () => {
  expect(problemsOf("{ trace: 64 MB }")).toEqual([
    "targets.yaml:1:11+5: `limits` has no key `trace`; did you mean `traces`?",
  ]);
  expect(problemsOf("{ logs: 200 }")).toEqual([
    "targets.yaml:1:17+3: expected a size for `logs` of `limits`, found the number 200; write a number and B, kB, MB, GB or TB, such as `200 MB`",
  ]);
  expect(problemsOf("{ logs: many }")).toEqual([
    "targets.yaml:1:17+4: expected a size for `logs` of `limits`, found the text `many`; write a number and B, kB, MB, GB or TB, such as `200 MB`",
  ]);
  expect(problemsOf("{ logs: [1 MB] }")).toEqual([
    "targets.yaml:1:17+6: expected a size for `logs` of `limits`, found a list; write a number and B, kB, MB, GB or TB, such as `200 MB`",
  ]);
  expect(problemsOf("{ logs: 12 B }")).toEqual([
    "targets.yaml:1:17+4: `logs` of `limits` is less than 1 kB; allow more",
  ]);
  expect(problemsOf("200 MB")).toEqual([
    "targets.yaml:1:9+6: expected a mapping for `limits`, found the text `200 MB`",
  ]);
});
