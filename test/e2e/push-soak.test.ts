/**
 * Pushes and saves that are killed at random moments: no tag is left between two versions without a record
 * of it, nothing that was saved looks whole and is not, and the next run completes both.
 *
 * `TBUILD_TEST_SEED=7` plays one seed again, `TBUILD_TEST_KILLS=100` kills as often.
 *
 * @one-engine: what is killed speaks to the registry, or writes files.
 */
import { spawn } from "node:child_process";
import { existsSync, rmSync, watch } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { Random } from "../random/random-numbers.ts";
import { temporaryFolder } from "../support/folder.ts";
import { checkWhole } from "./check-whole.ts";
import { fleetTags, removeFleet, tagsAt, versionedFleet } from "./fleet-versions.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import "./small-workspace.ts";
import { checkout, tbuild } from "./tbuild.ts";

const kills = Number(process.env["TBUILD_TEST_KILLS"] ?? 8);
const seed = Number(process.env["TBUILD_TEST_SEED"] ?? 11);

/** Milliseconds. */
const longestBurst = 20;

let folder = "";
let registry: LocalRegistry;

beforeAll(async () => {
  folder = versionedFleet();
  registry = await startRegistry(temporaryFolder());
  for (const target of ["save-1", "save-2"]) await whole([target]);
});

afterAll(async () => {
  await registry.stop();
  await removeFleet();
});

/** Runs to its end, which must be a good one. @returns milliseconds */
async function whole(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const { exitCode, stderr } = await tbuild(folder, args);
  if (exitCode !== 0) throw new Error(`seed ${seed}: ${args.join(" ")}: ${stderr}`);
  return performance.now() - began;
}

/** @param isAtTags whether the time counts from when the record of a burst is there */
async function killed(args: readonly string[], after: number, isAtTags = false): Promise<void> {
  const argv = [path.join(checkout, "bin/tbuild.js"), ...args];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: "ignore" });
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), after);
  };
  const watcher = isAtTags
    ? watch(state(""), (_, name) => name === "bursts" && start())
    : undefined;
  if (!isAtTags) start();
  await new Promise((resolve) => child.once("exit", resolve));
  clearTimeout(timer);
  watcher?.close();
}

const state = (name: string) => path.join(folder, ".tbuild", name);
const isRecorded = () => existsSync(state("bursts"));
const pushTo = (version: number, place: string) => [`push-${version}`, "--registry", place];

test(
  `seed ${seed}: ${kills} kills in turn during pushes and saves, and all is completed`,
  async () => {
    const random = new Random(seed);
    const share = () => random.below(1000) / 1000;
    const versions = [await pushedWhole(1), await pushedWhole(2)].map(({ tags }) => tags);
    await pushedWhole(1, `${registry.host}/timed`);
    const { took } = await pushedWhole(2, `${registry.host}/timed`);
    const saving = await whole(["save-2", "--force"]);
    const met = { before: 0, recorded: 0, after: 0 };
    for (let nth = 0; nth < kills; nth++) {
      const forgets = random.below(3);
      if (forgets === 0) rmSync(state("blobs"), { recursive: true, force: true });
      if (forgets === 1) rmSync(state("pushed.json"), { force: true });
      if (nth % 2 === 0) {
        const place = `${registry.host}/r${nth}`;
        await whole(pushTo(1, place));
        // The tags take some milliseconds: every other kill is to meet them.
        const isAtTags = random.below(2) === 0;
        const after = isAtTags ? share() * longestBurst : share() * took * 1.1;
        await killed(pushTo(2, place), after, isAtTags);
        met[await foundAt(place, versions)]++;
        await whole(pushTo(2, place));
        expect(await tagsAt(place)).toEqual(versions[1]);
        expect(isRecorded()).toBe(false);
      } else {
        const to = path.join(folder, "saved-2");
        if (random.below(2) === 0) rmSync(to, { recursive: true, force: true });
        await killed(["save-2", "--force"], share() * saving * 1.1);
        checkWhole(to);
        await whole(["save-2", "--force"]);
        checkWhole(to);
      }
    }
    process.stderr.write(
      `seed ${seed}: ${JSON.stringify(met)} of ${Math.ceil(kills / 2)} pushes\n`,
    );
    await readBack(kills > 0 ? `${registry.host}/r0` : registry.host);
  },
  120_000 + kills * 20_000,
);

async function pushedWhole(version: number, place = registry.host) {
  const took = await whole(pushTo(version, place));
  return { took, tags: await tagsAt(place) };
}

/** In which state a kill left the tags. One between two versions is there only with a record of it. */
async function foundAt(
  place: string,
  [before, after]: readonly object[],
): Promise<"before" | "recorded" | "after"> {
  const found = await tagsAt(place);
  if (isRecorded()) return "recorded";
  const now = JSON.stringify(found);
  expect([before, after].map((tags) => JSON.stringify(tags))).toContain(now);
  return now === JSON.stringify(before) ? "before" : "after";
}

/** Another program reads every image with all its layers. */
async function readBack(place: string): Promise<void> {
  for (const [repository, tag] of fleetTags) {
    const to = `dir:${temporaryFolder()}/copy`;
    const from = `docker://${place}/${repository}:${tag}`;
    await execa("skopeo", ["copy", "--src-tls-verify=false", from, to]);
  }
}
