/** When each target ran, as bars over time. The list of targets says the same in words. */
import type { ReportTarget } from "../../model/report-data.ts";
import { duration } from "../../model/shown-duration.ts";
import { ticksOf } from "./ticks.ts";

interface Bar {
  readonly target: ReportTarget;
  readonly from: number;
  readonly to: number;
}

interface TimelineProps {
  readonly targets: readonly ReportTarget[];
  /** Milliseconds since the run began. */
  readonly end: number;
  /** Names of the targets that no number of jobs makes shorter. */
  readonly critical?: ReadonlySet<string>;
}

/** The longest ones where there are more: shorter ones could not be seen beside them. */
const mostBars = 300;

export function Timeline({ targets, end, critical }: TimelineProps) {
  const bars = barsOf(targets, end);
  if (bars.length === 0) return <p class="faint">Nothing ran yet.</p>;
  const whole = Math.max(...bars.map(({ to }) => to), 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll timeline" tabIndex={0} aria-label="Timeline">
      <div role="img" aria-label={`${bars.length} targets over ${duration(whole / 1000)}`}>
        <div class="scale">
          {ticksOf(whole / 1000).map((seconds) => (
            <span key={seconds} style={{ left: `${(seconds * 100_000) / whole}%` }}>
              {duration(seconds)}
            </span>
          ))}
        </div>
        {bars.map(({ target, from, to }) => (
          <div class="lane" key={target.name}>
            <span class="lane-name">{target.title}</span>
            <span class="lane-room">
              <span
                class={`lane-bar lane-${target.state} ${critical?.has(target.name) ? "critical" : ""}`}
                title={`${target.title}: ${target.state}, ${duration((to - from) / 1000)}`}
                style={{
                  left: `${(from / whole) * 100}%`,
                  width: `${((to - from) / whole) * 100}%`,
                }}
              />
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

function barsOf(targets: readonly ReportTarget[], end: number): readonly Bar[] {
  const bars = targets.flatMap((target): readonly Bar[] => {
    const { startedMs, seconds, state } = target;
    if (startedMs === undefined || state === "fresh") return [];
    const to = seconds === undefined ? Math.max(end, startedMs) : startedMs + seconds * 1000;
    return [{ target, from: startedMs, to }];
  });
  const longest =
    bars.length > mostBars
      ? [...bars].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostBars)
      : bars;
  return [...longest].sort((a, b) => a.from - b.from);
}
