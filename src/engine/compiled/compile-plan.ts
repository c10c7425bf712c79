/** Writes down what a run found out, for the next run of the same command. Decides nothing about freshness. */
import { createHash, randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { signatureOf, statIfPresent } from "../../files/looks.ts";
import type { Digest } from "../../model/artifact.ts";
import type { TargetState } from "../../model/state.ts";
import type { TargetName } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { BuildRequest, PlanUse } from "../build-request.ts";
import type { BuildRoom } from "../build-room.ts";
import { announcementOf } from "../plan/announcement.ts";
import { environmentDigest, hasSameFiles } from "./check-plan.ts";
import { collectTargets } from "./collect-targets.ts";
import {
  type CountedVariable,
  freshFlag,
  madeFlag,
  type TargetTable,
  writePlan,
} from "./compiled-plan.ts";
import { patchTargets } from "./patch-targets.ts";
import { programDigest } from "./program-digest.ts";
import { RowBuilder } from "./row-builder.ts";

/**
 * For a run that came to its end, with its traces closed.
 * @param lock digest of the lock file that the run relied on
 */
export function keepPlan(
  request: BuildRequest,
  use: PlanUse,
  room: BuildRoom,
  lock: Digest | undefined,
): void {
  const traces = statIfPresent(room.state.traces, lstatSync);
  if (traces === undefined || room.traces.damaged > 0) return;
  const { rows, targets } = patchTargets(room) ?? newTargets(request, room);
  const rowsOfFiles = use.files.map((file) => addTargetFile(file, room, rows));
  if (!rowsOfFiles.every((found) => found !== undefined)) return;
  const variables = [...use.variables, ...countedVariables(room)];
  mkdirSync(room.state.plans, { recursive: true });
  writePlan(room.state.plan(use.key), {
    about: {
      id: randomBytes(8).toString("hex"),
      program: programDigest(),
      project: room.project.name,
      wanted: request.wanted,
      targetFiles: use.files,
      variables,
      environment: environmentDigest(variables, room.environment),
      ...(use.git && { git: use.git }),
      lock: { path: room.pins.lock.path, digest: lock ?? null },
      traces: signatureOf(traces),
      made: targets.flags.reduce((sum, flags) => sum + (flags & madeFlag), 0),
      isFresh: targets.flags.every((flags) => (flags & freshFlag) !== 0),
      choices: choicesOf(room),
      images: imagesOf(targets, room),
      makers: [...room.plan.graph.makers],
    },
    rows: rows.build([...rowsOfFiles, targets.reads.all]),
    targets,
    definitions: definitionsOf(use),
  });
}

function newTargets({ wanted }: BuildRequest, room: BuildRoom) {
  const rows = new RowBuilder(room.project.root);
  return { rows, targets: collectTargets(wanted, room, rows) };
}

/** @returns its rows; undefined when the file no longer holds what this run read of it */
function addTargetFile(
  { path: file, digest }: PlanUse["files"][number],
  { looks }: BuildRoom,
  rows: RowBuilder,
): readonly number[] | undefined {
  if (looks.look(file) !== "file") return undefined;
  const content = createHash("sha256").update(readFileSync(file)).digest("hex");
  return `sha256:${content}` === digest ? rows.addLook(file, looks) : undefined;
}

/** Of the caller's environment, that rules count; those of settled targets were counted before. */
function countedVariables({ plan, settled }: BuildRoom): readonly CountedVariable[] {
  const before = settled?.checked.plan.about.variables ?? [];
  const names = new Set(before.flatMap(({ name, secret }) => (secret ? [] : [name])));
  for (const { rule } of plan.targets()) {
    const kind = rule && ruleKindOf(rule.kind);
    for (const name of kind?.environment?.(rule?.fields as never) ?? []) names.add(name);
  }
  return [...names].map((name) => ({ name, secret: false }));
}

function choicesOf({ plan, settled }: BuildRoom) {
  const now = plan.targets().flatMap((target) => announcementOf(target, plan) ?? []);
  return [...(settled?.settledChoices() ?? []), ...now];
}

type HeldImage = readonly [reference: string, id: Digest, target: number];

function imagesOf({ names }: TargetTable, { plan, settled }: BuildRoom): readonly HeldImage[] {
  const found: HeldImage[] = [];
  const before = byTarget(settled?.checked.plan.about.images ?? []);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as TargetName;
    const old = settled?.has(name) ? settled.indexOf(name) : undefined;
    if (old === undefined) found.push(...heldImages(plan.stateOf(name), index));
    else for (const [reference, id] of before.get(old) ?? []) found.push([reference, id, index]);
  }
  return found;
}

function byTarget(images: readonly HeldImage[]): ReadonlyMap<number, readonly HeldImage[]> {
  const grouped = new Map<number, HeldImage[]>();
  for (const image of images) grouped.set(image[2], [...(grouped.get(image[2]) ?? []), image]);
  return grouped;
}

function heldImages(state: TargetState, index: number): readonly HeldImage[] {
  const artifacts = state.kind === "done" ? state.artifacts : [];
  return artifacts.flatMap((artifact) =>
    artifact.kind === "image"
      ? artifact.references.map((reference) => [reference, artifact.digest, index] as const)
      : [],
  );
}

/** An earlier plan of the same target files has them already. */
function definitionsOf(use: PlanUse): ReadonlyMap<string, string> {
  const { checked, definitions } = use;
  const before =
    checked && hasSameFiles(checked.plan, use) ? checked.plan.definitions() : undefined;
  return before ?? definitions();
}
