/**
 * Random fleets whose files, outputs, parameters and declarations change at random: each build runs
 * what an independent model says, no more and no less, and ends where a build from nothing ends.
 *
 * @newer-engine: no engine is asked.
 *
 * `TBUILD_TEST_SEED=7` plays one seed again, `TBUILD_TEST_SEED=100-199` a hundred of them.
 */
import { checkSeed } from "../random/run-seed.ts";

const [first = 1, last = first] = (process.env["TBUILD_TEST_SEED"] || "1-12")
  .split("-")
  .map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);

test.each(seeds)("seed %d: what runs is what has to run, and nothing else", async (seed) => {
  await checkSeed(seed, 500);
});
