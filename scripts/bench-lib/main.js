// `main.js FOLDER [--targets N[,N…]] [--runs N] [--limit SECONDS] PART…`: measures and prints.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { measureContext } from "./context.js";
import { measureFleet } from "./fleet.js";
import { measureLocal } from "./local.js";
import { measureSchedule } from "./schedule.js";
import { measureServe } from "./serve.js";
import { versionsOf } from "./tools.js";
import { measureTransfer } from "./transfer.js";
import { Verdicts } from "./verdicts.js";

/**
 * What every part needs to know.
 * @typedef {object} Room
 * @property {string} work folder for workloads
 * @property {string} tools folder with `node_modules` of what is compared
 * @property {string} tbuild folder with a copy of tbuild as it is installed
 * @property {readonly number[]} sizes
 * @property {number} runs
 * @property {number} limit seconds
 * @property {Verdicts} verdicts
 * @property {(title: string, text: string) => void} print
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { targets: { type: "string" }, runs: { type: "string" }, limit: { type: "string" } },
});
const [folder, ...parts] = positionals;
const room = {
  work: `${folder}/room`,
  tools: `${folder}/tools`,
  tbuild: `${folder}/room/tbuild`,
  sizes: (values.targets ?? "100,1000,10000,100000").split(",").map(Number),
  runs: Number(values.runs ?? 5),
  limit: Number(values.limit ?? 60),
  verdicts: new Verdicts(),
  print: (title, text) => console.log(`### ${title}\n\n${text}\n`),
};
mkdirSync(room.work, { recursive: true });
process.chdir(room.work);
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
])
  process.on(signal, () => process.exit(code));

const today = execFileSync("date", ["+%Y-%m-%d"], { encoding: "utf8" }).trim();
console.log(`${today}: ${versionsOf(room).join(", ")}; ${cpus().length} × ${cpus()[0].model.trim()}, \
${Math.round(totalmem() / 2 ** 30)} GB. Best of ${room.runs}, at most ${room.limit} s a run.\n`);

const has = (part) => parts.includes(part);
await measureLocal(room, has);
if (has("fleet")) await measureFleet(room);
if (has("context")) await measureContext(room);
if (has("transfer")) await measureTransfer(room);
if (has("schedule")) await measureSchedule(room);
if (has("serve")) await measureServe(room);
room.print("Figures asked for", room.verdicts.toString());
