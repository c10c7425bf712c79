/** Times, commits, digests and problems, as the page words them. */
import type { Run, RunCause } from "../../server/records/run.ts";
import type { ApiError } from "../api/client.ts";

export const Time = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>
    {new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })}
  </time>
);

export const Commit = ({ commit }: { readonly commit: string }) => (
  <code title={commit}>{commit.slice(0, 10)}</code>
);

/** Enough of it to tell two apart; all of it for who selects or points at it. */
export const DigestText = ({ digest }: { readonly digest: string }) => (
  <code title={digest}>{digest.slice(0, "sha256:".length + 12)}</code>
);

export const Problem = ({ problem }: { readonly problem: ApiError }) => (
  <div class="problem" role="alert">
    <p>{problem.message}</p>
    {problem.hint && <p class="faint">hint: {problem.hint}</p>}
  </div>
);

export function causeText(cause: RunCause): string {
  switch (cause.kind) {
    case "push":
      return `push, noticed by ${cause.noticed}`;
    case "schedule":
      return `schedule ${cause.cron}`;
    case "follow":
      return `follows ${cause.of}`;
    case "request":
      return `asked for by ${cause.by}`;
    case "retry":
      return `retry of ${cause.of}, asked for by ${cause.by}`;
  }
}

/** Seconds that a run took, or takes; undefined for one that waits. */
export function secondsOf({ startedAt, finishedAt }: Run, now: number): number | undefined {
  if (startedAt === undefined) return undefined;
  const end = finishedAt === undefined ? now : Date.parse(finishedAt);
  return Math.max(0, (end - Date.parse(startedAt)) / 1000);
}
