/** Plays the story of one seed to its end, or to the first thing that is wrong, which it tells. */
import { rmSync } from "node:fs";
import { disturb } from "./mutations.ts";
import { Random } from "./random-numbers.ts";
import { type BuildHow, Story } from "./story.ts";

interface Failure {
  readonly seed: number;
  readonly step: number;
  /** What was done, in order. */
  readonly history: readonly string[];
  readonly wrong: readonly string[];
}

/** How many of the last changes a message shows. */
const shown = 25;
/** Milliseconds that looking for a shorter story may take. */
const patience = 20_000;

/** @throws with all that is needed to see what went wrong */
export async function checkSeed(seed: number, steps: number): Promise<void> {
  const failure = await play(seed, steps);
  if (failure === undefined) return;
  const shorter = await shorten(failure);
  const { history, step, wrong } = shorter ?? failure;
  throw new Error(
    [
      `seed ${seed} goes wrong at step ${failure.step}: TBUILD_TEST_SEED=${seed} plays it again`,
      ...(shorter ? [`the same goes wrong at step ${step} with these changes alone:`] : []),
      ...history.slice(-shown),
      "found:",
      ...wrong,
    ].join("\n"),
  );
}

/** @param only steps to take; all of them when it is left out */
async function play(
  seed: number,
  steps: number,
  only?: ReadonlySet<number>,
): Promise<Failure | undefined> {
  const story = new Story(new Random(seed));
  const history: string[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      if (only !== undefined && !only.has(step)) continue;
      const wrong = await take(new Random(seed, step), story, (what) =>
        history.push(`${step}: ${what}`),
      );
      if (wrong.length > 0) return { seed, step, history, wrong };
    }
    return undefined;
  } finally {
    rmSync(story.workspace.root, { recursive: true, force: true });
  }
}

async function take(
  random: Random,
  story: Story,
  tell: (what: string) => void,
): Promise<readonly string[]> {
  tell(story.change(random));
  if (random.chance(0.7)) return [];
  const jobs = 1 + random.below(3);
  const planned = random.chance(0.8);
  try {
    if (random.chance(0.1)) return await takeDisturbed(random, story, { jobs, planned }, tell);
    tell(planned ? "build by the plan" : "build");
    const wrong = await story.build({ jobs, planned });
    if (wrong.length > 0 || !random.chance(0.1)) return wrong;
    tell("build from nothing");
    return await story.compareWithClean();
  } catch (error) {
    return [(error as Error).stack ?? String(error)];
  }
}

/**
 * Something interferes while targets run, and is often put back before the next build. What a command
 * has written is its output as it stands when the command ends: outputs are left alone while several
 * run, as one of them may be at it.
 */
async function takeDisturbed(
  random: Random,
  story: Story,
  { jobs, planned }: BuildHow,
  tell: (what: string) => void,
): Promise<readonly string[]> {
  tell("build, and meanwhile:");
  const undone: (() => void)[] = [];
  const onStart = (): void => {
    if (!random.chance(0.3)) return;
    const folder = jobs === 1 && random.chance(0.5) ? "out" : "in";
    const { told, undo } = disturb(random, story.workspace.root, folder);
    tell(told);
    undone.push(undo);
  };
  const wrong = await story.build({ jobs, planned, onStart });
  if (random.chance(0.7)) {
    tell("put back what was disturbed");
    for (const undo of undone.reverse()) undo();
  }
  return wrong;
}

/** Leaves changes out, many at once and then fewer, as long as something still goes wrong. */
async function shorten({ seed, step }: Failure): Promise<Failure | undefined> {
  const until = Date.now() + patience;
  let best: Failure | undefined;
  let kept = Array.from({ length: step + 1 }, (_, index) => index);
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let from = 0; from < kept.length - 1; ) {
      if (Date.now() > until) return best;
      const fewer = kept.filter(
        (_, at) => at < from || at >= from + size || at === kept.length - 1,
      );
      const failure = await play(seed, step + 1, new Set(fewer));
      if (failure === undefined) from += size;
      else {
        best = failure;
        kept = fewer.filter((each) => each <= failure.step);
      }
    }
  }
  return best;
}
