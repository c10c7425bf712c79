// The parts that need no engine: the same graph of copies, done by each tool.
import { writeFileSync } from "node:fs";
import { peakOf, race, runOnce } from "./measure.js";
import { count, sideBySide, table } from "./table.js";
import { tools } from "./tools.js";
import { nameOf, removeResults } from "./workload.js";
import { Workspaces } from "./workspaces.js";

const bareNode = "node -e 0";
const references = [bareNode, "ninja", "make -rR", "wireit"];
const chainLength = 1000;
/** The sizes that figures are asked for at; smaller ones are measured too when they are given. */
const firstBuildSize = 1000;
const editSize = 10_000;

export async function measureLocal(room, has) {
  const spaces = new Workspaces(room);
  const flat = room.sizes.map((size) => ({ shape: "flat", size }));
  const peaks = [];
  for (const workload of [...flat, { shape: "chain", size: chainLength }]) {
    if (has("no-op")) await measureNoOp(room, spaces, workload);
    if (has("first-build") && workload.size <= firstBuildSize)
      await measureFirst(room, spaces, workload);
    const isEdited = workload.shape === "flat" && workload.size <= editSize;
    if (has("one-change") && isEdited) await measureChange(room, spaces, workload);
    if (has("edit-file") && isEdited) await measureEdit(room, spaces, workload);
    if (has("memory")) peaks.push(...(await measurePeaks(room, spaces, workload)));
    spaces.forget(workload);
  }
  if (has("memory")) printPeaks(room, peaks);
}

const titleOf = ({ shape, size }) =>
  shape === "chain" ? `a chain of ${count(size)}` : `N = ${count(size)}`;

const suited = ({ shape, size }) =>
  tools.filter((tool) => tool.shapes.includes(shape) && size <= tool.largest);

const nodeItself = (room) => ({
  name: bareNode,
  run: () => runOnce({ argv: ["node", "-e", "0"], folder: room.work }, room.limit),
});

/** A contender for each tool that suits; `run` is given the folder in which all is made. */
async function contenders(spaces, workload, run, isWanted = () => true) {
  const found = [];
  for (const tool of suited(workload).filter(isWanted)) {
    const { folder, ...failure } = await spaces.made(tool, workload);
    found.push({ name: tool.name, ...failure, run: () => run(tool, folder) });
  }
  return found;
}

async function measureNoOp(room, spaces, workload) {
  const run = (tool, folder) => runOnce(tool.noOp(room, folder), room.limit);
  const all = [nodeItself(room), ...(await contenders(spaces, workload, run))];
  const results = await race(all, room.runs, room.limit);
  show(room, `No-op, ${titleOf(workload)}`, results);
  const [node, ninja] = [secondsOf(results, bareNode), secondsOf(results, "ninja")];
  const most = { 1000: 1.8, 10000: 3 }[workload.size];
  for (const { name, seconds } of ours(results)) {
    const what = `no-op, ${titleOf(workload)}, ${name}, to `;
    if (most !== undefined) {
      room.verdicts.judge(`${what}\`${bareNode}\``, quotient(seconds, node), { most, unit: " ×" });
    }
    if (workload.size === 100_000) {
      room.verdicts.judge(`${what}ninja`, quotient(seconds, ninja), { most: 1, unit: " ×" });
    }
  }
}

async function measureFirst(room, spaces, workload) {
  const all = suited(workload)
    .filter((tool) => tool.firstBuild !== undefined)
    .map((tool) => {
      const folder = spaces.fresh({ ...tool, name: `${tool.name} first` }, workload);
      const run = () => {
        removeResults(folder, tool.states);
        return runOnce(tool.firstBuild(room, folder), room.limit);
      };
      return { name: tool.name, run };
    });
  const results = await race(all, room.runs, room.limit);
  show(room, `First build with 2 jobs, ${titleOf(workload)}`, results);
  if (workload.shape !== "flat" || workload.size !== firstBuildSize) return;
  for (const { name, seconds } of ours(results)) {
    const what = `first build, ${titleOf(workload)}, ${name}`;
    room.verdicts.judge(`${what}, to ninja`, quotient(seconds, secondsOf(results, "ninja")), {
      most: 2,
      unit: " ×",
    });
    room.verdicts.judge(
      `${what}, faster than wireit`,
      quotient(secondsOf(results, "wireit"), seconds),
      {
        least: 3,
        unit: " ×",
      },
    );
  }
}

/**
 * The change, and then a run without one: their difference is what is asked for. The first run after a
 * change may still have to look at what was written a moment before, so that the second one is taken.
 */
async function measureChange(room, spaces, workload) {
  let edit = 0;
  const changed = nameOf(Math.floor(workload.size / 2));
  const run = (tool, folder) => {
    writeFileSync(`${folder}/in/${changed}`, `edit ${++edit}\n`);
    return runOnce(tool.firstBuild(room, folder), room.limit);
  };
  const again = async (tool, folder) => {
    await runOnce(tool.noOp(room, folder), room.limit);
    return runOnce(tool.noOp(room, folder), room.limit);
  };
  const isWanted = ({ name, firstBuild }) => firstBuild !== undefined && name !== "just";
  const changes = await contenders(spaces, workload, run, isWanted);
  const noOps = await contenders(spaces, workload, again, isWanted);
  const named = noOps.map((each) => ({ ...each, name: `${each.name} no-op` }));
  const results = await race(
    changes.flatMap((each, index) => [each, named[index]]),
    room.runs,
    room.limit,
  );
  const shown = results.filter(({ name }) => !name.endsWith(" no-op"));
  show(room, `One leaf changed, ${titleOf(workload)}`, results);
  if (workload.size !== editSize) return;
  for (const { name, seconds } of ours(shown)) {
    const noOp = secondsOf(results, `${name} no-op`);
    const more = seconds === undefined || noOp === undefined ? undefined : seconds - noOp;
    room.verdicts.judge(`one leaf changed, ${titleOf(workload)}, ${name}, over no-op`, more, {
      most: 0.15,
      unit: " s",
    });
  }
}

async function measureEdit(room, spaces, workload) {
  let edit = 0;
  const run = (tool, folder) => {
    tool.editFile(folder, ++edit);
    return runOnce(tool.noOp(room, folder), room.limit);
  };
  const all = await contenders(spaces, workload, run, ({ editFile }) => editFile !== undefined);
  const results = await race(all, room.runs, room.limit);
  show(room, `Target file edited, ${titleOf(workload)}`, results);
  const seconds = secondsOf(results, "tbuild, matrix");
  if (workload.size === editSize) {
    const what = `edit of a target file, ${titleOf(workload)}, tbuild, matrix`;
    room.verdicts.judge(what, seconds, { most: 0.5, unit: " s" });
  }
}

async function measurePeaks(room, spaces, workload) {
  const peaks = [];
  for (const tool of suited(workload)) {
    const { folder } = await spaces.made(tool, workload);
    const megabytes =
      folder !== undefined
        ? await peakOf(tool.noOp(room, folder), room.limit).catch(() => undefined)
        : undefined;
    peaks.push({ workload, name: tool.name, megabytes });
  }
  return peaks;
}

function printPeaks(room, peaks) {
  const workloads = [...new Set(peaks.map(({ workload }) => workload))];
  const names = tools.map(({ name }) => name);
  const of = (name, workload) =>
    peaks.find((peak) => peak.name === name && peak.workload === workload);
  const cell = (peak) =>
    peak === undefined
      ? ""
      : peak.megabytes === undefined
        ? "none"
        : `${peak.megabytes.toFixed(0)} MB`;
  room.print(
    "Peak memory of a no-op",
    table([
      ["", ...workloads.map(titleOf)],
      ...names.map((name) => [name, ...workloads.map((workload) => cell(of(name, workload)))]),
    ]),
  );
  for (const { workload, name, megabytes } of ours(peaks)) {
    const most = { 10000: 120, 100000: 400 }[workload.size];
    if (most === undefined) continue;
    room.verdicts.judge(`memory of a no-op, ${titleOf(workload)}, ${name}`, megabytes, {
      most,
      unit: " MB",
    });
  }
}

function show(room, title, results) {
  room.print(title, sideBySide(results, references, room.limit));
  for (const { name, why } of results) {
    if (why !== undefined) console.log(`${name}: ${why}\n`);
  }
}

const ours = (results) => results.filter(({ name }) => name.startsWith("tbuild"));
const secondsOf = (results, wanted) => results.find(({ name }) => name === wanted)?.seconds;
const quotient = (a, b) => (a === undefined || b === undefined ? undefined : a / b);
