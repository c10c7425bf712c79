/** What the live region shows: a line for each running target and one for the whole. Draws nothing itself. */
import type { LiveLine } from "./live-region.ts";
import type { Paint } from "./paint.ts";
import { activityOf, type Progress, type Running } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { clip, columnsOf, pad } from "./width.ts";
import { wholeDuration } from "./wording.ts";

/** The lines for now, cut to the terminal: one row each, and never more than it has. */
export function liveLines(
  progress: Progress,
  now: number,
  terminal: Pick<Terminal, "columns" | "rows">,
  paint: Paint,
): LiveLine[] {
  const running = [...progress.running.values()];
  // Two rows are for the last line and for the cursor below it.
  const room = Math.max(1, terminal.rows - 2);
  const shown = running.length > room ? running.slice(0, room - 1) : running;
  const hidden = running.length - shown.length;
  const layout = layoutOf(shown, now, terminal.columns);
  return [
    ...shown.map((run) => runningLine(run, now, layout, paint)),
    ...(hidden > 0 ? [lineOf(`… and ${hidden} more`, terminal.columns, paint.dim)] : []),
    lineOf(totals(progress, now), terminal.columns, paint.strong),
  ];
}

interface Layout {
  readonly columns: number;
  readonly title: number;
  readonly time: number;
}

const longestTitle = 40;

function layoutOf(shown: readonly Running[], now: number, columns: number): Layout {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(columnsOf));
  const title = Math.min(longestTitle, widest(shown.map((run) => run.title)));
  return { columns, title, time: widest(shown.map((run) => timeOf(run, now))) };
}

const timeOf = (run: Running, now: number): string => wholeDuration((now - run.since) / 1000);

function runningLine(run: Running, now: number, layout: Layout, paint: Paint): LiveLine {
  const title = pad(clip(run.title, layout.title), layout.title);
  const time = timeOf(run, now).padStart(layout.time);
  const plain = clip(
    `running ${title}  ${time}  ${activityOf(run, now)}`.trimEnd(),
    layout.columns - 1,
  );
  const head = `running ${title}`;
  if (!plain.startsWith(head)) return { plain, painted: plain };
  const rest = plain.slice(head.length);
  return { plain, painted: `${paint.busy("running")} ${title}${paint.dim(rest)}` };
}

function lineOf(text: string, columns: number, brush: (text: string) => string): LiveLine {
  const plain = clip(text, columns - 1);
  return { plain, painted: brush(plain) };
}

/** `7/23 done, 1 failed, 41 s` */
function totals(progress: Progress, now: number): string {
  const failed = progress.failures.length > 0 ? [`${progress.failures.length} failed`] : [];
  const time = wholeDuration((now - progress.startedAt) / 1000);
  return [`${progress.done}/${progress.total} done`, ...failed, time].join(", ");
}
