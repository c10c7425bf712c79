// How good the schedules are: bundles the real scheduler and lets it plan 200 random graphs.
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { table } from "./table.js";

const graphs = 200;

export async function measureSchedule(room) {
  const outfile = `${room.work}/schedule.mjs`;
  const entry = fileURLToPath(new URL("schedule.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const { makespans, randomGraph } = await import(pathToFileURL(outfile));
  const found = [];
  for (let seed = 1; seed <= graphs; seed++) found.push(await makespans(randomGraph(seed)));

  const ratios = (of, to) => found.map((each) => each[of] / each[to]).sort((a, b) => a - b);
  const row = (what, values, bound) => [
    what,
    mean(values).toFixed(3),
    values.at(Math.floor(graphs * 0.95)).toFixed(3),
    values.at(-1).toFixed(3),
    bound === undefined ? "" : `${values.filter((value) => value <= bound).length} of ${graphs}`,
  ];
  const known = ratios("tbuild", "list");
  room.print(
    `Makespans of ${graphs} random graphs of 20 to 200 targets, with 2, 4 and 8 jobs`,
    table([
      ["", "mean", "95 of 100", "worst", "within 1.05"],
      row("tbuild, durations known, to list scheduling", known, 1.05),
      row("tbuild, first build, to list scheduling", ratios("unknown", "list"), 1.05),
      row("tbuild, durations known, to what none can beat", ratios("tbuild", "bound")),
      row("list scheduling, to what none can beat", ratios("list", "bound")),
    ]),
  );
  room.verdicts.judge("worst makespan, to list scheduling", known.at(-1), {
    most: 1.05,
    unit: " ×",
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
