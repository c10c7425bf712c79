/** What is not as a build that came to its end read it and left it. */
import type { Survey } from "../engine/fresh/survey.ts";
import type { RunningBuild } from "./running-build.ts";
import { differences, type Snapshots } from "./snapshots.ts";

/** Names of all of that; what the build itself wrote is none of it. */
export const changedWhileBuilt = (
  survey: Survey,
  snapshots: Snapshots,
  running: RunningBuild,
): ReadonlySet<string> =>
  new Set([
    ...differences(asBuilt(survey, snapshots, running), snapshots, []),
    ...unrecorded(survey, running),
  ]);

/** Inputs as the build read them, and outputs of what it finished as they were recorded. */
const asBuilt = (survey: Survey, snapshots: Snapshots, running: RunningBuild): Snapshots =>
  new Map(
    [...snapshots].map(([name, now]) => [
      name,
      {
        inputs: running.inputsOf(name) ?? now.inputs,
        outputs: running.isDone(name) ? survey.recordedOf(name) : now.outputs,
      },
    ]),
  );

/** What was made and must be made again, though all it reads is the same by now: it was touched meanwhile. */
const unrecorded = (survey: Survey, running: RunningBuild): readonly string[] =>
  survey.targets
    .filter(({ name }) => running.isDone(name) && !survey.isRecorded(name))
    .map(({ name }) => `what ${name} reads`);
