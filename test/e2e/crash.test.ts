/**
 * A tbuild that is killed at any moment leaves nothing that the next run takes for whole: that one
 * ends where an undisturbed one does. `TBUILD_TEST_CRASHES` says at how many moments, and
 * `TBUILD_TEST_SEED` at which.
 *
 * @newer-engine: what is killed writes files.
 */
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { filesBelow } from "../random/mutations.ts";
import { Random } from "../random/random-numbers.ts";
import { World } from "../random/world.ts";
import { processes, says, start, untilProcesses } from "./running.ts";
import { forever, tag, workspace } from "./small-workspace.ts";
import { build, docker } from "./tbuild.ts";

const moments = Number(process.env["TBUILD_TEST_CRASHES"] || "20");
const seed = Number(process.env["TBUILD_TEST_SEED"] || "1");
const hasEngine = process.env["DOCKER_HOST"] !== undefined;

/** Writes line after line, so that there is always a half of it. */
const lines = (to: string): string =>
  `n=0; while [ $n -lt 2000 ]; do n=$((n + 1)); echo $n >>${to}; done`;

const image = `
  web: { image: web, include: { pages: "pages[1]", notes: notes }, tags: [${tag("crash")}] }`;

const targets = `
targets:
  notes:
    matrix: { n: [1, 2, 3, 4, 5, 6] }
    run: cat in/a >out/notes-\${n}; ${lines("out/notes-${n}")}
    inputs: [in/a]
    outputs: ["out/notes-\${n}"]
  pages:
    matrix: { n: [1, 2, 3] }
    run: mkdir out/pages-\${n}; for page in a b c d; do ${lines("out/pages-${n}/$page")}; done
    outputs: ["out/pages-\${n}/"]
  packed: { archive: [{ target: notes }, in/*], to: out/packed.tar.gz }
  sum: { run: "cat out/notes-* >out/sum", inputs: [{ target: notes }], outputs: [out/sum] }${hasEngine ? image : ""}
  all: { needs: [pages, packed, sum${hasEngine ? ", web" : ""}] }
`;

const files = {
  "in/a": "first\n",
  "in/large": "0123456789\n".repeat(300_000),
  "web/Dockerfile": "FROM scratch\nCOPY . /\n",
};

interface State {
  readonly outputs: World;
  /** Files that tbuild keeps for itself. */
  readonly kept: readonly string[];
  readonly layers: string;
}

async function stateOf(folder: string): Promise<State> {
  const layers = hasEngine
    ? await docker("image", "inspect", "--format", "{{.RootFS.Layers}}", tag("crash"))
    : "";
  // Each run has a log of its own, the killed one too.
  const kept = filesBelow(folder, [".tbuild"]).filter((file) => !file.includes("/runs/"));
  return { outputs: World.read(folder, ["out"]), kept, layers };
}

/** Starts a build and kills it after some time. @returns whether it was still at work */
async function kill(folder: string, milliseconds: number): Promise<boolean> {
  const running = start(folder, ["all"]);
  await wait(milliseconds);
  running.signal("SIGKILL");
  return (await running.ended).by === "SIGKILL";
}

let undisturbed: State;
let duration: number;

beforeAll(async () => {
  const folder = workspace(targets, files);
  const startedAt = performance.now();
  const { exitCode, stdout } = await build(folder, ["all"]);
  if (exitCode !== 0) throw new Error(stdout);
  duration = performance.now() - startedAt;
  undisturbed = await stateOf(folder);
});

const random = new Random(seed);
const parts = Array.from({ length: moments }, (_, n) =>
  Number(((n + random.below(100) / 100) / moments).toFixed(4)),
);

test.each(parts)(
  `a build killed after %d of its time is made whole by the next one (seed ${seed})`,
  async (part) => {
    if (hasEngine) await docker("rmi", tag("crash"));
    const folder = workspace(targets, files);
    await kill(folder, part * duration);

    const next = await build(folder, ["all"]);

    expect({ exitCode: next.exitCode, stderr: next.stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await stateOf(folder)).toEqual(undisturbed);
    expect((await build(folder, ["all"])).ran).toEqual([]);
    rmSync(folder, { recursive: true });
  },
);

test("commands that a killed tbuild left running are ended before anything is made", async () => {
  const folder = workspace(`
params: { wait: { type: flag, default: true } }
targets:
  late:
    run: |
      echo half >out/late
      echo begun
      if \${wait}; then ${forever("late")}; fi
      echo whole >>out/late
    outputs: [out/late]`);
  const running = start(folder, ["late"]);
  await running.until(says("begun"));
  running.signal("SIGKILL");
  await untilProcesses(forever("late"), 1);

  await build(folder, ["late", "--no-wait"]);

  expect(processes(forever("late"))).toEqual([]);
  expect(readFileSync(`${folder}/out/late`, "utf8")).toBe("half\nwhole\n");
  expect((await build(folder, ["late", "--no-wait"])).ran).toEqual([]);
});
