/**
 * Pushes of a fleet to a registry that fails one request in five: with 429, 500 and 503, resets, stalls,
 * torn and truncated bodies and expired tokens. Each gets through, and stores each blob once.
 *
 * @newer-engine: no engine is asked.
 *
 * `TBUILD_TEST_SEED=7` plays one seed again, `TBUILD_TEST_SEED=100-199` a hundred of them.
 */
import { pushThroughFaults } from "../registry/through-faults.ts";

const [first = 1, last = first] = (process.env["TBUILD_TEST_SEED"] || "1-50")
  .split("-")
  .map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);

test.each(seeds)("seed %d: thirty images are pushed, each blob once", async (seed) => {
  await pushThroughFaults(seed);
});
