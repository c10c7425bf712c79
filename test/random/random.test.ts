/** A short walk through random states; `test/e2e/random.test.ts` takes the long ones. */
import { checkSeed } from "./run-seed.ts";

test.each([1, 2])(
  "seed %d: what runs is what has to run, and nothing else",
  async (seed) => {
    await checkSeed(seed, 40);
  },
  60_000,
);
