/**
 * Finds out whether what a target reads of others is still what they made: something else may remove
 * an image or edit a file while a build runs. What follows is decided by the scheduler.
 */
import { isOnDisk } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { StaleReason } from "../../model/trace.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { BuildRoom } from "../build-room.ts";
import type { Plan } from "../plan/plan.ts";
import { passesOn } from "../plan/plan-node.ts";
import { checkArtifact } from "./check-freshness.ts";

/** A target that made something which another one reads, and how often that was lost before. */
export interface Watched {
  readonly producer: TargetName;
  readonly losses: number;
}

export interface LostArtifact extends Watched {
  /** What became of it: the reason to make it again. */
  readonly reason: StaleReason;
}

/** A target cannot go on with what it read; nothing is lost any more where others saw to it before. */
export interface Loss {
  readonly kind: "lost";
  readonly lost: readonly LostArtifact[];
}

/** What a target reads of others, as of now: of groups and alternatives, what is behind them. */
export function watched(target: Target, plan: Plan): readonly Watched[] {
  // One that needs all for itself is about to change what others made.
  if (target.rule && ruleKindOf(target.rule.kind).exclusive) return [];
  const found = new Set<TargetName>();
  for (const { to, kind } of plan.edgesOf(target.name)) {
    if (kind === "dependency") addProducers(to, plan, found);
    if (kind !== "service") continue;
    // Of a service the files laid into it may count, and its image serves.
    addProducers(to, plan, found);
    for (const edge of plan.edgesOf(to)) {
      if (edge.kind === "dependency") addProducers(edge.to, plan, found);
    }
  }
  return [...found].map((producer) => ({ producer, losses: plan.lossesOf(producer) }));
}

function addProducers(from: TargetName, plan: Plan, found: Set<TargetName>): void {
  const open = [from];
  const seen = new Set<TargetName>(open);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (!passesOn(plan.targetNamed(name))) found.add(name);
    else {
      for (const { to, kind } of plan.edgesOf(name)) {
        if (kind !== "dependency" || seen.has(to)) continue;
        seen.add(to);
        open.push(to);
      }
    }
  }
}

/** @returns what is no longer there; undefined when all is as it was */
export async function findLoss(
  reads: readonly Watched[],
  room: BuildRoom,
): Promise<Loss | undefined> {
  if (reads.length === 0) return undefined;
  const references = imagesOf(reads, room.plan);
  const seesImages = references.length > 0 && (await canAsk(room, references));
  let isSpoiled = false;
  const lost: LostArtifact[] = [];
  for (const each of reads) {
    const { producer, losses } = each;
    const isAsItWas =
      room.plan.stateOf(producer).kind === "done" && room.plan.lossesOf(producer) === losses;
    if (!isAsItWas) {
      isSpoiled = true;
      continue;
    }
    const reason = whyLost(producer, room, seesImages);
    if (reason) lost.push({ ...each, reason });
  }
  return isSpoiled || lost.length > 0 ? { kind: "lost", lost } : undefined;
}

const imagesOf = (reads: readonly Watched[], plan: Plan): readonly string[] =>
  reads.flatMap(({ producer }) =>
    plan
      .artifactsOf(producer)
      .flatMap((artifact) => (artifact.kind === "image" ? artifact.references : [])),
  );

/** An engine that does not answer is told of by whoever needs it. */
async function canAsk(room: BuildRoom, references: readonly string[]): Promise<boolean> {
  try {
    await room.images.refresh(references, room.docker);
    return true;
  } catch (error) {
    if (error instanceof DiagnosticError) return false;
    throw error;
  }
}

function whyLost(
  producer: TargetName,
  room: BuildRoom,
  seesImages: boolean,
): StaleReason | undefined {
  for (const artifact of room.plan.artifactsOf(producer)) {
    if (artifact.kind === "image" && !seesImages) continue;
    try {
      const reason = checkArtifact(artifact, room.files, room.images);
      if (reason) return reason;
    } catch (error) {
      // It goes away while it is looked at.
      if (!isOnDisk(artifact) || !isGone(error)) throw error;
      return { kind: "output-changed", output: artifact.path };
    }
  }
  return undefined;
}

/** Something that was there a moment before. */
export const isGone = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
