/** A run: what the server does for one commit of one branch. Plain data, as it lies in `run.json`. */
import type { PushedTag } from "../../model/event.ts";
import type { ToldTarget } from "../../model/report-data.ts";

/** `replaced`: a newer push to the same branch took its place in the queue. */
export type RunState = "queued" | "running" | "passed" | "failed" | "cancelled" | "replaced";

/** How a push was noticed. */
export type Noticed = "poll" | "events" | "webhook";

export type RunCause =
  | { readonly kind: "push"; readonly noticed: Noticed; readonly delivery?: string }
  | { readonly kind: "schedule"; readonly cron: string }
  /** `by`: the name of the token. */
  | { readonly kind: "request"; readonly by: string }
  /** `of`: the repository that had news, a run that passed or a commit of which nothing is built. */
  | {
      readonly kind: "follow";
      readonly of: string;
      readonly run?: string;
      readonly commit?: string;
    }
  | { readonly kind: "retry"; readonly of: string; readonly by: string };

export type ParameterValue = string | number | boolean;

export interface RunCounts {
  readonly built: number;
  readonly fresh: number;
  readonly failed: number;
  readonly skipped: number;
  readonly restored?: number;
}

/** Times are ISO 8601 in UTC. */
export interface Run {
  /** Sorts by the time at which it was queued. */
  readonly id: string;
  /** Name of the repository in the configuration. */
  readonly repository: string;
  readonly branch: string;
  /** All of its digits. */
  readonly commit: string;
  /** First line of the commit's message. Nobody vouches for it: it is text, never code. */
  readonly subject?: string;
  readonly author?: string;
  readonly cause: RunCause;
  readonly targets: readonly string[];
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** The higher one goes first. */
  readonly priority: number;
  readonly state: RunState;
  readonly queuedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** How often it was begun: more than once after a crash of the server. */
  readonly attempts: number;
  readonly exitCode?: number;
  /** One line for people, of what failed. */
  readonly problem?: string;
  readonly replacedBy?: string;
  readonly counts?: RunCounts;
  readonly pushed?: readonly PushedTag[];
}

/** A target of a run, as far as its events tell. */
export interface RunTarget extends ToldTarget {
  /** Bytes of its log. */
  readonly logBytes?: number;
  /** Names of the targets that it needs. */
  readonly needs: readonly string[];
}
