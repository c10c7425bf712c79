/** How states of runs and targets look: a sign and a word, so that no colour has to be told apart. */
import type { ReportTarget } from "../../model/report-data.ts";
import type { RunState } from "../../server/records/run.ts";

export type ShownState = RunState | ReportTarget["state"] | "interrupted";

const signs: Readonly<Record<ShownState, string>> = {
  queued: "◌",
  waiting: "◌",
  running: "▶",
  passed: "✓",
  built: "✓",
  restored: "↓",
  fresh: "=",
  failed: "✗",
  cancelled: "◼",
  interrupted: "◼",
  replaced: "»",
  skipped: "–",
  unavailable: "–",
};

export const State = ({ state }: { readonly state: ShownState }) => (
  <span class={`state state-${state}`}>
    <span aria-hidden="true">{signs[state]}</span> {state}
  </span>
);
