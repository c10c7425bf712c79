import { jsonReporter } from "../../src/report/json.ts";
import { quietReporter } from "../../src/report/quiet.ts";
import { begun, FakeSink, failure, fakeOptions, finished, targetFinished } from "./fake-report.ts";

test("each event is one JSON object on a line, and the last has exactly the promised keys", () => {
  const out = new FakeSink();
  const reporter = jsonReporter(out);
  const problem = { code: "x", blame: "usage", message: "two\nlines" } as const;
  reporter.report({ kind: "problem", problem });
  reporter.report(finished({ built: 1, fresh: 2, failed: 3, skipped: 4, seconds: 1.23456 }));
  expect(out.lines).toEqual([
    '{"kind":"problem","problem":{"code":"x","blame":"usage","message":"two\\nlines"}}',
    '{"kind":"finished","built":1,"fresh":2,"failed":3,"skipped":4,"seconds":1.235}',
  ]);
});

test("quiet says nothing of what goes well", () => {
  const { out, err, options } = fakeOptions();
  const reporter = quietReporter(options);
  for (const event of [begun(), targetFinished("a"), finished({ built: 1 })])
    reporter.report(event);
  expect([out.text, err.text]).toEqual(["", ""]);
});

test("quiet shows failures with all that is known of them", () => {
  const { err, options } = fakeOptions();
  const reporter = quietReporter(options);
  for (const event of [begun(), failure("a"), finished({ failed: 1 })]) reporter.report(event);
  expect(err.lines).toEqual([
    "",
    "error: target `a` failed: step `RUN make` exited with code 2",
    "  cc: error: a.c: No such file",
    "  make: *** [a.o] Error 1",
    "hint: run it with `--verbose`",
    "log: .tbuild/logs/a.log",
    "again: tbuild 'a'",
    "",
  ]);
});
