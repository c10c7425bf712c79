/**
 * A server that is killed at random moments while pushes come: no push is lost, the newest is always built, and
 * each commit has one run.
 *
 * `TBUILD_TEST_SEED=7` plays one seed again, `TBUILD_TEST_KILLS=100` kills as often.
 *
 * @newer-engine: no engine is asked.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { Journal } from "../../src/server/records/journal.ts";
import { Random } from "../random/random-numbers.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll } from "../support/git.ts";
import { startServer } from "./server.ts";

const kills = Number(process.env["TBUILD_TEST_KILLS"] ?? 4);
const seed = Number(process.env["TBUILD_TEST_SEED"] ?? 11);

/** Milliseconds: about what a start and a run take. */
const longestLife = 2500;

test(
  `no push is lost, and none is built twice, by ${kills} kills of seed ${seed}`,
  async () => {
    const random = new Random(seed);
    const made = path.join(temporaryFolder(), "made");
    const repository = temporaryFolder({
      "targets.yaml": `targets:
  once: { run: 'echo "\${git.commit}" > made; echo "\${git.commit}" >> ${made}', outputs: [made] }
  all: { run: "sleep 0.5", needs: [once] }
`,
    });
    commitAll(repository);
    const folder = temporaryFolder({
      "server.yaml": `repositories:
  shop: { url: ${repository}, targets: [all], notice: { poll: 1 s }, build-at-start: true }
`,
    });
    for (let kill = 0; kill < kills; kill++) {
      const server = startServer(folder);
      if (random.below(2) === 0) commitAgain(repository);
      await wait(random.below(longestLife));
      server.signal("SIGKILL");
      await server.ended;
    }
    const newest = commitAgain(repository);
    const server = startServer(folder);
    await untilBuilt(newest, server.says(/shop main: (failed|cancelled)/), folder);
    server.signal("SIGTERM");
    expect(await server.ended).toBe(0);

    const journal = new Journal(new DataFolder(path.join(folder, "data")).journal);
    const runs = journal.runs();
    journal.close();
    expect(
      runs.map(({ state }) => state).filter((state) => !/passed|replaced/.test(state)),
    ).toEqual([]);
    expect(runs.at(-1)).toMatchObject({ commit: newest, state: "passed" });
    expect(new Set(runs.map(({ commit }) => commit)).size).toBe(runs.length);
    const lines = existsSync(made) ? readFileSync(made, "utf8").trim().split("\n") : [];
    for (const { commit, state, attempts } of runs) {
      const times = lines.filter((line) => line === commit).length;
      // What a kill cut off before it was recorded is made once more by the next attempt.
      expect(times).toBeLessThanOrEqual(attempts);
      expect(times > 0).toBe(state === "passed");
    }
  },
  120_000 + kills * 5000,
);

/** The run of a commit may have passed before this server began: the record tells. */
async function untilBuilt(commit: string, failed: Promise<string>, folder: string): Promise<void> {
  let problem: string | undefined;
  failed.then(
    (line) => {
      problem = line;
    },
    () => {},
  );
  for (;;) {
    if (problem !== undefined) throw new Error(problem);
    if (passed(folder, commit)) return;
    await wait(50);
  }
}

function passed(folder: string, commit: string): boolean {
  const journal = path.join(folder, "data/queue.ndjson");
  if (!existsSync(journal)) return false;
  return readFileSync(journal, "utf8")
    .split("\n")
    .some((line) => line.includes(commit) && line.includes('"state":"passed"'));
}
