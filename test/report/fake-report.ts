/** What reporters need, as fakes: a clock that the test moves, and texts instead of streams. */
import type { Event } from "../../src/model/event.ts";
import { plainPaint } from "../../src/report/paint.ts";
import type { Clock, ReportOptions, Sink } from "../../src/report/report-options.ts";

/** Time that passes when the test says so; whoever waits is called on the way. */
class FakeClock implements Clock {
  #time = 0;
  readonly #ticking = new Set<{ every: number; next: number; tick: () => void }>();

  now(): number {
    return this.#time;
  }

  every(milliseconds: number, tick: () => void): () => void {
    const entry = { every: milliseconds, next: this.#time + milliseconds, tick };
    this.#ticking.add(entry);
    return () => this.#ticking.delete(entry);
  }

  pass(milliseconds: number): void {
    const end = this.#time + milliseconds;
    for (;;) {
      const due = [...this.#ticking].sort((a, b) => a.next - b.next)[0];
      if (due === undefined || due.next > end) break;
      this.#time = due.next;
      due.next += due.every;
      due.tick();
    }
    this.#time = end;
  }

  get isWaitedFor(): boolean {
    return this.#ticking.size > 0;
  }
}

export class FakeSink implements Sink {
  text = "";

  write(text: string): void {
    this.text += text;
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }
}

/** Options with fakes in every place, and the fakes themselves. */
export function fakeOptions(more: Partial<ReportOptions> = {}) {
  const out = new FakeSink();
  const err = new FakeSink();
  const clock = new FakeClock();
  const options: ReportOptions = {
    out,
    err,
    clock,
    paint: plainPaint,
    readLine: () => undefined,
    again: (target) => `tbuild '${target}'`,
    verbose: false,
    ...more,
  };
  return { out, err, clock, options };
}

type Kind<K extends Event["kind"]> = Event & { readonly kind: K };

export const begun = (total = 4): Event => ({
  kind: "started",
  project: "shop",
  wanted: ["all"],
  total,
  fresh: 0,
  jobs: 2,
});

export const targetStarted = (target: string, why = "never made"): Event => ({
  kind: "target-started",
  target,
  title: target,
  rule: "image",
  reason: { kind: "never-made" },
  why,
});

export const targetFinished = (
  target: string,
  outcome: Kind<"target-finished">["outcome"] = "built",
  more: Partial<Kind<"target-finished">> = {},
): Event => ({
  kind: "target-finished",
  target,
  title: target,
  rule: "image",
  outcome,
  seconds: 1.25,
  artifacts: [],
  ...more,
});

export const finished = (counts: Partial<Kind<"finished">> = {}): Event => ({
  kind: "finished",
  built: 0,
  fresh: 0,
  failed: 0,
  skipped: 0,
  seconds: 4.2,
  ...counts,
});

export const failure = (target: string): Event =>
  targetFinished(target, "failed", {
    problem: {
      code: "dockerfile-failed",
      blame: "target",
      message: "step `RUN make` exited with code 2",
      details: ["cc: error: a.c: No such file", "make: *** [a.o] Error 1"],
      hint: "run it with `--verbose`",
    },
    log: `.tbuild/logs/${target}.log`,
  });
