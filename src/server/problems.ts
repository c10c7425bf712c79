/** The wording of what the server cannot do for somebody who asks. */

import type { Diagnostic } from "../model/diagnostic.ts";
import { shownDuration } from "../model/duration.ts";
import type { RunState } from "./records/run.ts";

const usage = (code: string, message: string, hint?: string): Diagnostic => ({
  code,
  blame: "usage",
  message,
  ...(hint !== undefined && { hint }),
});

export const unknownRepository = (name: string, near: string | undefined): Diagnostic =>
  usage(
    "unknown-repository",
    `there is no repository \`${name}\``,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  );

export const unknownRun = (id: string): Diagnostic =>
  usage("unknown-run", `there is no run \`${id}\``);

export const unknownBranch = (branch: string, near: string | undefined): Diagnostic =>
  usage(
    "unknown-ref",
    `the repository has no branch \`${branch}\``,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  );

export const badName = (what: string, name: string): Diagnostic =>
  usage("bad-request", `\`${name}\` is no ${what}`);

export const noTargets = (repository: string): Diagnostic =>
  usage(
    "bad-request",
    `nothing is built of repository \`${repository}\` by itself`,
    "name the targets that are meant",
  );

export const notACommit = (text: string): Diagnostic =>
  usage("bad-request", `\`${text}\` is no commit`, "give all of its digits");

export const reservedParameter = (name: string): Diagnostic =>
  usage("bad-request", `\`${name}\` is no parameter that a request may give`);

/** Of a value that would lead a build to files of the server. */
export const pathOfServer = (name: string): Diagnostic =>
  usage(
    "bad-request",
    `parameter \`${name}\` names a path outside of the repository`,
    "give one that begins neither with `/` nor `~`, and has no `..`",
  );

export const queueFull = (limit: number): Diagnostic => ({
  code: "queue-full",
  blame: "surroundings",
  message: `${limit} runs are queued, and no more may be`,
  hint: "wait, or raise `queued` of `limits`",
  transient: true,
});

export const notOpen = (id: string, state: RunState): Diagnostic =>
  usage("not-running", `run \`${id}\` is \`${state}\` already`);

export const stillOpen = (id: string): Diagnostic =>
  usage("still-running", `run \`${id}\` has not ended`, "cancel it first");

export const journalUnwritable = (why: string): Diagnostic => ({
  code: "journal-unwritable",
  blame: "surroundings",
  message: `cannot write the journal of runs: ${why}`,
  transient: true,
});

export const dataInUse = (folder: string, pid: number): Diagnostic => ({
  code: "data-in-use",
  blame: "surroundings",
  message: `the data folder \`${folder}\` is used by process ${pid}`,
  hint: "stop that server, or give this one another `data`",
});

export const dataUnusable = (folder: string, why: string): Diagnostic => ({
  code: "data-unusable",
  blame: "surroundings",
  message: `cannot use the data folder \`${folder}\`: ${why}`,
});

export const stopping = (seconds: number): string =>
  `stopping: runs get ${shownDuration(seconds)} to end; another signal ends at once`;
