/** `tbuild watch [targets…]`: builds, and builds again after each change of what was read or made. */
import { surveyTargets } from "../../engine/fresh/survey.ts";
import { reportOptions } from "../../model/command-line.ts";
import { watchOptions } from "../../model/command-options.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import { FolderWatcher } from "../../watch/folder-watcher.ts";
import { Poller } from "../../watch/poller.ts";
import { watch } from "../../watch/watch.ts";
import type { WatchParts } from "../../watch/watch-parts.ts";
import { type Prepared, prepare, type TargetRequest } from "../prepare.ts";
import { type LoadedTargets, Rounds } from "../rounds.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { untilUnread } from "../until-unread.ts";
import * as problems from "../usage-problems.ts";

/** @returns the exit code: 0 where it waited when the user ended it, 130 where it was building */
export async function runWatch(request: TargetRequest, outside: Surroundings): Promise<number> {
  const { log } = request.common;
  const place = { ...outside, signal: untilUnread(outside) };
  const prepared = await prepare(request, place, { ownOptions: watchOptions });
  const { root } = prepared;
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const poll = readPoll(prepared.own.get("poll"));
  if (!poll.ok) return showProblems({ ...poll, root, log }, place);
  if (request.common.dryRun) {
    return showProblems({ problems: [problems.watchIsNoDryRun()], root, log }, place);
  }
  const report = reportOptions.find(({ name }) => request.common.reports[name] !== undefined);
  if (report) {
    return showProblems({ problems: [problems.watchHasNoReport(report)], root, log }, place);
  }
  const rounds = new Rounds(pinned(request, prepared), place);
  try {
    const end = await watch({
      ...realParts(poll.value),
      loaded: rounds.loadedFrom(prepared),
      load: () => rounds.load(),
      begin: (loaded) => rounds.begin(loaded),
      force: request.common.force,
      signal: place.signal,
    });
    return end.interrupted ? 130 : 0;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return await showProblems({ problems: [error.diagnostic], root, log }, place);
  } finally {
    await rounds.close();
  }
}

const longestPoll = 3600;

/** @returns milliseconds between two looks; undefined where the system tells of changes */
function readPoll(given: string | undefined): Result<number | undefined> {
  if (given === undefined) return ok(undefined);
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(given) ? Number(given) : 0;
  if (seconds >= 0.1 && seconds <= longestPoll) return ok(seconds * 1000);
  const wanted = `seconds from 0.1 to ${longestPoll}`;
  return fail(problems.badOptionValue("--poll", given, wanted));
}

/** The target file that was found: while it is being replaced, one in a folder above is not taken. */
function pinned(request: TargetRequest, { tried }: Prepared): TargetRequest {
  const [file] = tried.keys();
  return file === undefined ? request : { ...request, common: { ...request.common, file } };
}

const realParts = (
  poll: number | undefined,
): Pick<WatchParts<LoadedTargets>, "survey" | "source" | "timer"> => ({
  survey: surveyTargets,
  source: (onChange) =>
    poll === undefined ? new FolderWatcher(onChange) : new Poller(poll, () => onChange(undefined)),
  timer: {
    now: () => performance.now(),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  },
});
