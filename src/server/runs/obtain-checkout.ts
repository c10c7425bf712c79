/** Brings the commit of a run into its work folder, by several goes where a server is not reachable. */
import { ok, type Result } from "../../model/result.ts";
import { type Checkout, checkOut, fetchMirror } from "../git/checkout.ts";
import type { Git } from "../git/git-program.ts";
import { type Clock, waitOn } from "../records/clock.ts";
import type { Run } from "../records/run.ts";
import type { RunRecorder } from "./run-recorder.ts";

/** Milliseconds before the next go at a server that was not reachable. */
const waits = [2000, 10_000, 30_000];

interface Preparing {
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  readonly parts: { readonly git: Git; readonly clock: Clock };
  readonly learn: (about: Pick<Run, "subject" | "author">) => void;
}

export async function obtainCheckout(checkout: Checkout, room: Preparing): Promise<Result<void>> {
  const { recorder, signal, parts, learn } = room;
  const options = { signal, tell: (line: string) => recorder.say(line) };
  recorder.say(`commit ${checkout.commit} of ${checkout.branch}, from ${checkout.url}`);
  for (let go = 0; ; go++) {
    const fetched = await fetchMirror(parts.git, checkout, options);
    if (fetched.ok) {
      learn({
        subject: recorder.hide(fetched.value.subject),
        author: recorder.hide(fetched.value.author),
      });
      return await checkOut(parts.git, checkout, options);
    }
    const wait = waits[go];
    const mayPass = fetched.problems.every(({ transient }) => transient);
    if (signal.aborted || wait === undefined || !mayPass) return fetched;
    for (const problem of fetched.problems) recorder.sayProblem(problem);
    recorder.say(`trying again in ${wait / 1000} s`);
    await recorder.flush();
    await waitOn(parts.clock, wait, signal);
    if (signal.aborted) return ok(undefined);
  }
}
