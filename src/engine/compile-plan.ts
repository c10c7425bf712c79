/** Writes down what a run found out, for the next run of the same command. Decides nothing about freshness. */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { treeReader } from "../files/digests.ts";
import { signatureOf, statIfPresent } from "../files/looks.ts";
import type { Artifact } from "../model/artifact.ts";
import type { Target, TargetName } from "../model/target.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import { announcementOf } from "./announcement.ts";
import type { BuildRequest, PlanUse } from "./build-request.ts";
import type { BuildRoom } from "./build-room.ts";
import { environmentDigest, hasSameFiles } from "./check-plan.ts";
import type { CountedVariable, PlanContents, PlannedTarget } from "./compiled-plan.ts";
import { writePlan } from "./compiled-plan.ts";
import { isMade } from "./examine.ts";
import type { Edge } from "./graph.ts";
import { RowBuilder } from "./plan-rows.ts";
import { programDigest } from "./program-digest.ts";

/** How many commands a workspace keeps a plan of. */
const keptPlans = 12;

/** For a run that came to its end, with its traces closed. */
export function keepPlan(request: BuildRequest, use: PlanUse, room: BuildRoom): void {
  const traces = statIfPresent(room.state.traces, lstatSync);
  if (traces === undefined || room.traces.damaged > 0) return;
  const collection = new Collection(room);
  if (!use.files.every((file) => collection.addTargetFile(file))) return;
  const targets = collection.addTargets(request.wanted);
  const variables = [...use.variables, ...collection.variables()];
  const contents: PlanContents = {
    about: {
      program: programDigest(),
      project: room.project.name,
      wanted: request.wanted,
      targetFiles: use.files,
      variables,
      environment: environmentDigest(variables, room.environment),
      traces: signatureOf(traces),
      made: targets.filter((target) => target.isMade).length,
      isFresh: targets.every((target) => target.isFresh),
      choices: collection.choices(),
      images: collection.images(),
      makers: [...room.plan.graph.makers],
    },
    rows: collection.rows.build(),
    targets,
    definitions: definitionsOf(use),
  };
  mkdirSync(room.state.plans, { recursive: true });
  writePlan(room.state.plan(use.key), contents);
  removeOldest(room.state.plans);
}

/** An earlier plan of the same target files has them already. */
function definitionsOf({ checked, files, definitions }: PlanUse): ReadonlyMap<string, string> {
  const before =
    checked && hasSameFiles(checked.plan, files) ? checked.plan.definitions() : undefined;
  return before ?? definitions();
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= keptPlans) return;
  const byAge = names
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: statSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(keptPlans)) rmSync(file, { force: true });
}

/** The targets below the wanted ones, planned in this run or settled by an earlier plan. */
class Collection {
  readonly rows: RowBuilder;
  readonly #room: BuildRoom;
  readonly #indexes = new Map<TargetName, number>();
  readonly #names: TargetName[] = [];

  constructor(room: BuildRoom) {
    this.#room = room;
    this.rows = new RowBuilder(room.project.root);
  }

  /** @returns false when the file no longer holds what this run read of it */
  addTargetFile({ path: file, digest }: PlanUse["files"][number]): boolean {
    const { looks } = this.#room;
    if (looks.look(file) !== "file") return false;
    this.rows.addLook(file, looks);
    return `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}` === digest;
  }

  addTargets(wanted: readonly TargetName[]): readonly PlannedTarget[] {
    const found: PlannedTarget[] = [];
    const stack: { readonly name: TargetName; readonly edges: readonly Edge[]; next: number }[] =
      [];
    const enter = (name: TargetName): void => {
      if (this.#indexes.has(name)) return;
      this.#indexes.set(name, -1);
      stack.push({ name, edges: this.#edgesOf(name), next: 0 });
    };
    for (const name of wanted) {
      enter(name);
      for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
        const edge = frame.edges[frame.next++];
        if (edge !== undefined) {
          enter(edge.to);
          continue;
        }
        stack.pop();
        this.#indexes.set(frame.name, found.length);
        this.#names.push(frame.name);
        found.push(this.#planned(frame.name, frame.edges));
      }
    }
    return found;
  }

  /** Of the caller's environment, that rules count. */
  variables(): readonly CountedVariable[] {
    const names = new Set(this.#room.settled?.variables ?? []);
    for (const { rule } of this.#room.plan.targets()) {
      const kind = rule && ruleKindOf(rule.kind);
      for (const name of kind?.environment?.(rule?.fields as never) ?? []) names.add(name);
    }
    return [...names].map((name) => ({ name, secret: false }));
  }

  choices() {
    const { plan, settled } = this.#room;
    const now = plan.targets().flatMap((target) => announcementOf(target, plan) ?? []);
    return [...(settled?.settledChoices() ?? []), ...now];
  }

  images() {
    return this.#names.flatMap((name, index) =>
      this.#imagesOf(name).map(([reference, id]) => [reference, id, index] as const),
    );
  }

  #imagesOf(name: TargetName) {
    const { plan, settled } = this.#room;
    if (this.#isSettled(name)) return settled?.imagesOf(name) ?? [];
    const state = plan.stateOf(name);
    const artifacts = state.kind === "done" ? state.artifacts : [];
    return artifacts.flatMap((artifact) =>
      artifact.kind === "image"
        ? artifact.references.map((reference) => [reference, artifact.digest] as const)
        : [],
    );
  }

  #isSettled(name: TargetName): boolean {
    return this.#room.settled?.has(name) === true;
  }

  #edgesOf(name: TargetName): readonly Edge[] {
    return this.#isSettled(name)
      ? (this.#room.settled?.edgesOf(name) ?? [])
      : this.#room.plan.edgesOf(name);
  }

  #planned(name: TargetName, edges: readonly Edge[]): PlannedTarget {
    const indexed = edges.flatMap(({ to, kind }) => {
      const index = this.#indexes.get(to) ?? -1;
      return index < 0 ? [] : [[index, kind] as const];
    });
    const { settled, project, plan } = this.#room;
    const old = this.#isSettled(name) ? settled?.plannedOf(name) : undefined;
    if (old && settled) {
      const reads = old.reads.map((row) => this.rows.addRow(settled.rows, row));
      return { ...old, reads, edges: indexed };
    }
    const target = project.targets.get(name) as Target;
    const isDone = plan.stateOf(name).kind === "done";
    if (!isMade(target)) return { name, isMade: false, isFresh: isDone, reads: [], edges: indexed };
    const reads = isDone ? this.#readsOf(target) : undefined;
    return { name, isMade: true, isFresh: reads !== undefined, reads: reads ?? [], edges: indexed };
  }

  /** @returns undefined when the target cannot be told to be fresh by what was looked at */
  #readsOf(target: Target): readonly number[] | undefined {
    const { looks, traceOf, plan } = this.#room;
    if (target.rule && ruleKindOf(target.rule.kind).always) return undefined;
    const state = plan.stateOf(target.name);
    const artifacts = state.kind === "done" ? state.artifacts : [];
    const read = looks.readBy(target.name);
    if (read === undefined || traceOf(target)?.artifacts !== artifacts) return undefined;
    const paths = new Set(read);
    for (const artifact of artifacts) for (const made of this.#pathsOf(artifact)) paths.add(made);
    const rows: number[] = [];
    for (const each of paths) {
      const found = this.rows.addLook(each, looks);
      if (found === undefined) return undefined;
      rows.push(...found);
    }
    return rows;
  }

  #pathsOf(artifact: Artifact): Iterable<string> {
    if (artifact.kind === "image") return [];
    const { files, looks } = this.#room;
    const place = files.absolute(artifact.path);
    // A tree that nobody went through has no look of its own, and then the target is checked again.
    return artifact.kind === "file" ? [place] : (looks.readBy(treeReader(place)) ?? [place]);
  }
}
