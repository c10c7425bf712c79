/** Times, commits, digests and problems, as the page words them. */
import { shownAge } from "../../model/shown-inventory.ts";
import type { Run, RunCause } from "../../server/records/run.ts";
import type { ApiError } from "../api/client.ts";
import { paths } from "../routes.ts";

export const Time = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>
    {new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })}
  </time>
);

/** `3 min ago`: for lists, where only what is new matters to the minute. */
export const Ago = ({ at, now }: { readonly at: string; readonly now: number }) => (
  <time dateTime={at} title={new Date(at).toLocaleString()}>
    {`${shownAge(now - Date.parse(at))} ago`}
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
    {(problem.status === 401 || problem.status === 403) && (
      <p>
        <a href={paths.signIn(location.pathname + location.search)}>Sign in</a>
      </p>
    )}
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
