/**
 * The profile of a real build: images, their steps, a service, and what waits for them.
 *
 * @newer-engine: the engine makes no difference.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Profile } from "../../src/report/trace-event.ts";
import { lastRun, refusedLines } from "../support/run-logs.ts";
import { faults, sliceOf, slices } from "../support/trace-checks.ts";
import { onBase, run, tag, workspace } from "./small-workspace.ts";
import { build } from "./tbuild.ts";

const targets = `
targets:
  base: { image: base, tags: [${tag("base")}] }
  repo:
    image: repo
    tags: [${tag("repo")}]
    service: { port: 80, command: [sleep, "1000"] }
  web:
    matrix: { n: [1, 2] }
    image: web
    base: base
    args: { N: "\${n}" }
    tags: ["${tag("web-${n}")}"]
    with: [repo]
  broken: { image: broken, base: base, tags: [${tag("broken")}] }
  all: { needs: [web] }
`;

const files = {
  "base/Dockerfile": onBase(`RUN echo ${run} >/base`),
  "repo/Dockerfile": onBase(),
  // Stages that need nothing of each other are built beside each other.
  "web/Dockerfile": `ARG BASE
FROM $BASE AS left
ARG N
RUN sleep 0.3; echo ${run} $N >/left
FROM $BASE AS right
ARG N
RUN sleep 0.3; echo ${run} $N >/right
FROM $BASE
COPY --from=left /left /
COPY --from=right /right /
`,
  "broken/Dockerfile": `ARG BASE\nFROM $BASE\nRUN echo ${run} what a pity; exit 3\n`,
};

const profileIn = (folder: string): Profile =>
  JSON.parse(readFileSync(path.join(folder, "trace.json"), "utf8"));

/** Names of the slices of lanes that begin so. */
const inLanes = (profile: Profile, lane: string): readonly string[] =>
  slices(profile).flatMap((line) => (line.startsWith(lane) ? [line.replace(/ [\d.-]+$/, "")] : []));

test("a build of images shows targets in their jobs, steps in targets, and services", async () => {
  const folder = workspace(targets, files);
  expect(await build(folder, ["all", "--jobs", "2", "--profile", "trace.json"])).toMatchObject({
    exitCode: 0,
    finished: { built: 4 },
  });

  const profile = profileIn(folder);

  expect(faults(profile)).toEqual([]);
  const [base, web] = ["base", "web[1]"].map((target) => sliceOf(profile, target));
  expect(base?.args).toMatchObject({
    rule: "image",
    why: "never made",
    outcome: "built",
    log: ".tbuild/logs/base.log",
  });
  expect(web?.ts).toBeGreaterThanOrEqual((base?.ts ?? 0) + (base?.dur ?? 0));
  const steps = profile.traceEvents.filter(
    ({ cat, args }) => cat === "step" && args?.["target"] === "web[1]",
  );
  const sleeps = steps.filter(({ name }) => name.includes("sleep 0.3"));
  expect(sleeps.map(({ dur = 0 }) => dur >= 250_000)).toEqual([true, true]);
  expect(new Set(sleeps.map(({ tid }) => tid)).size).toBe(2);
  expect(inLanes(profile, "service")).toEqual(["service repo: starting", "service repo: up"]);
  expect(profile.traceEvents.filter(({ ph }) => ph === "s").length).toBeGreaterThan(0);
  expect(refusedLines(lastRun(folder))).toEqual([]);
});

test("a build that fails shows where", async () => {
  const folder = workspace(targets, files);
  const { exitCode } = await build(folder, ["broken", "--profile", "trace.json"]);
  expect(exitCode).toBe(1);
  const profile = profileIn(folder);
  expect(faults(profile)).toEqual([]);
  expect(sliceOf(profile, "broken").args).toMatchObject({ outcome: "failed" });
  expect(
    profile.traceEvents.filter(({ cat, args }) => cat === "step" && args?.["state"] === "failed"),
  ).toHaveLength(1);
  expect(refusedLines(lastRun(folder))).toEqual([]);
});
