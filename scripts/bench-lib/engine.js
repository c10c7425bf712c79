// The engine of the fleet and context parts: timed commands beside it, and nothing left in it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answerTo, requestTo } from "../lib/engine-http.js";
import { runOnce } from "./measure.js";

const engineScript = fileURLToPath(new URL("../engine", import.meta.url));
const host = process.env.DOCKER_HOST;
/** IDs of the images that were made here: the next build of the same name takes the name away. */
const made = new Set();

/**
 * Times a command where it runs, since entering the newer Debian takes time too, and adds up what it
 * read and wrote; the kernel counts that for children that have ended.
 */
const timed = `
start=$EPOCHREALTIME
"$@" || exit
end=$EPOCHREALTIME
{ echo "$start $end"; cat /proc/$$/io; } >timed`;

/** In this system. @returns as `timed` does */
export const runHere = (program, limit) =>
  runTimed({ ...program, argv: ["bash", "-c", timed, "bash", ...program.argv] }, limit);

/** In the Debian of the newer engine, with its `docker`. */
export const runBesideEngine = (program, limit) =>
  runTimed(
    {
      ...program,
      argv: [engineScript, "exec", "--next", "bash", "-c", timed, "bash", ...program.argv],
    },
    limit,
  );

/** @returns `seconds`, and megabytes `read` and `written`; undefined when it took too long */
async function runTimed(program, limit) {
  const seconds = await runOnce(program, limit);
  for (const { Id } of await ownImages()) made.add(Id);
  if (seconds === undefined) return undefined;
  const text = readFileSync(`${program.folder}/timed`, "utf8");
  const [start, end] = text.split("\n")[0].split(" ").map(Number);
  const counter = (name) => Number(text.match(new RegExp(`^${name}: (\\d+)`, "m"))[1]) / 1e6;
  return { seconds: end - start, read: counter("rchar"), written: counter("wchar") };
}

export async function engineVersion() {
  return JSON.parse(await ask("GET", "/version")).Version;
}

/** Runs, then removes the images and the build cache that were not there before. */
export async function leavingNothing(run) {
  const cached = new Set(await cacheIds());
  try {
    await run();
  } finally {
    for (const { Id } of await ownImages()) made.add(Id);
    for (const id of made) await ask("DELETE", `/images/${id}?force=true`, [404]);
    await pruneAllBut(cached);
  }
}

/** A record goes once nothing builds on it, so it takes several rounds. */
async function pruneAllBut(kept) {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const ours = (await cacheIds()).filter((id) => !kept.has(id));
    if (ours.length === 0 || ours.length >= before) return;
    before = ours.length;
    for (const id of ours) {
      const filters = encodeURIComponent(JSON.stringify({ id: [id] }));
      await ask("POST", `/build/prune?all=true&filters=${filters}`);
    }
  }
}

async function ownImages() {
  const images = JSON.parse(await ask("GET", "/images/json"));
  return images.filter(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith("tbuild-bench/")));
}

async function cacheIds() {
  const { BuildCache } = JSON.parse(await ask("GET", "/system/df?type=build-cache"));
  return (BuildCache ?? []).map(({ ID }) => ID);
}

async function ask(method, path, expected = []) {
  const request = requestTo(host, { method, path });
  const answer = answerTo(request);
  request.end();
  const { status, body } = await answer;
  if (status >= 400 && !expected.includes(status))
    throw new Error(`${method} ${path}: ${status} ${body.trim()}`);
  return body;
}
