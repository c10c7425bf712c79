/** Counts of requests, and all figures as text for Prometheus (its format 0.0.4). */
import type { ServerMetrics } from "../core.ts";

/** Upper bounds in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5] as const;

export class HttpMetrics {
  readonly #requests = new Map<string, number>();
  readonly #buckets = bounds.map(() => 0);
  #seconds = 0;
  #count = 0;

  /** `route`: its path as declared, so that there are few. */
  count(labels: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
  }): void {
    const key = labelsOf({ ...labels, status: String(labels.status) });
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  /** Until the answer was handed over. Not for live streams. */
  took(seconds: number): void {
    this.#seconds += seconds;
    this.#count++;
    for (const [at, bound] of bounds.entries()) {
      if (seconds <= bound) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
    }
  }

  text(core: ServerMetrics, live: { readonly readers: number; readonly dropped: number }): string {
    return [
      ...metric("tbuild_runs_queued", "gauge", "Runs that wait.", [["", core.queued]]),
      ...metric("tbuild_runs_running", "gauge", "Runs under way.", [["", core.running]]),
      ...metric(
        "tbuild_runs_ended_total",
        "counter",
        "Runs that ended since the start.",
        ended(core),
      ),
      ...metric("tbuild_run_seconds", "summary", "How long runs took.", [
        ["_sum", core.runSeconds.sum],
        ["_count", core.runSeconds.count],
      ]),
      ...metric("tbuild_polls_total", "counter", "Questions to git whether there was a push.", [
        [labelsOf({ result: "done" }), core.polls.done],
        [labelsOf({ result: "failed" }), core.polls.failed],
      ]),
      ...metric("tbuild_http_requests_total", "counter", "Requests answered.", [...this.#requests]),
      ...metric(
        "tbuild_http_request_seconds",
        "histogram",
        "How long answers took.",
        this.#times(),
      ),
      ...metric("tbuild_live_readers", "gauge", "Readers of live streams.", [["", live.readers]]),
      ...metric("tbuild_live_readers_dropped_total", "counter", "Readers that did not read.", [
        ["", live.dropped],
      ]),
      ...metric("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", [
        ["", process.memoryUsage.rss()],
      ]),
      "",
    ].join("\n");
  }

  #times(): readonly Sample[] {
    return [
      ...bounds.map((le, at): Sample => {
        return [`_bucket${labelsOf({ le: String(le) })}`, this.#buckets[at] ?? 0];
      }),
      [`_bucket${labelsOf({ le: "+Inf" })}`, this.#count],
      ["_sum", this.#seconds],
      ["_count", this.#count],
    ];
  }
}

/** What follows the name, and the value. */
type Sample = readonly [string, number];

const ended = ({ ended }: ServerMetrics): readonly Sample[] =>
  (["passed", "failed", "cancelled", "replaced"] as const).map((state) => {
    return [labelsOf({ state }), ended[state] ?? 0];
  });

const metric = (
  name: string,
  type: "gauge" | "counter" | "summary" | "histogram",
  help: string,
  samples: readonly Sample[],
): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...samples.map(([rest, value]) => `${name}${rest} ${value}`),
];

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return `{${texts.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
