/**
 * Finds the images that a target file knows, with what graph and traces tell of each. It asks nobody: what
 * engine and registries hold is added by the caller.
 */
import type { Output } from "../model/artifact.ts";
import type { ImageSource, InventoryImage } from "../model/inventory.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { Trace } from "../model/trace.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import { StateFolder } from "../store/state-folder.ts";
import { TraceStore } from "../store/trace-store.ts";
import { traceKey } from "./fresh/trace-key.ts";
import type { Graph } from "./plan/graph.ts";

/** An image of the inventory, and its names; none where a parameter of them is not given. */
export interface KnownImage {
  readonly image: InventoryImage;
  /** With their tags. */
  readonly references: readonly string[];
  /** Whether it lies in a registry and need not be in the engine. */
  readonly isPublished: boolean;
}

/** @param wanted targets that are looked at with all that they need; absent: all of the target file */
export function knownImages(
  graph: Graph,
  wanted: readonly TargetName[] | undefined,
): readonly KnownImage[] {
  const { project } = graph;
  const traces = new TraceStore(new StateFolder(project.root).traces);
  const traceOf = (target: Target) => traces.get(traceKey(project, target));
  const names = wanted ? below(wanted, graph) : [...project.targets.keys()];
  const found = new Map<TargetName, KnownImage>();
  for (const target of inOrder(names, project)) {
    if (!isKnownImage(target)) continue;
    const name = target.alternativeOf ?? target.name;
    const known = knownImage(target, { graph, traceOf });
    // Of the alternatives of one target, the one that was made.
    if (!found.get(name)?.image.lastBuild) found.set(name, known);
  }
  return [...found.values()];
}

interface Room {
  readonly graph: Graph;
  readonly traceOf: (target: Target) => Trace | undefined;
}

function below(wanted: readonly TargetName[], { edges }: Graph): ReadonlySet<TargetName> {
  const found = new Set(wanted);
  for (const name of found) for (const { to } of edges.get(name) ?? []) found.add(to);
  return found;
}

/** That of the target file, whatever leads to them. */
function inOrder(names: Iterable<TargetName>, { targets }: Project): readonly Target[] {
  const some = new Set(names);
  return [...targets.values()].filter(({ name }) => some.has(name));
}

function isKnownImage({ rule, managed }: Target): boolean {
  const image = rule && ruleKindOf(rule.kind).image;
  return image !== undefined && (!image.isOthers || managed !== undefined);
}

function knownImage(target: Target, room: Room): KnownImage {
  const { help, managed = "make" } = target;
  const trace = room.traceOf(target);
  const references = referencesOf(target);
  const owner = room.graph.project.targets.get(target.alternativeOf ?? target.name) ?? target;
  const [first] = references;
  const text = help ?? owner.help;
  return {
    image: {
      image: first === undefined ? owner.name : withoutTag(first),
      target: owner.name,
      managed,
      ...(text !== undefined && { help: text }),
      sources: sourcesOf(target, room),
      ...(trace && { lastBuild: { at: isoTime(trace.finishedAt), seconds: trace.seconds } }),
      tags: [],
    },
    references,
    isPublished: target.rule?.kind === "published",
  };
}

function referencesOf(target: Target): readonly string[] {
  const { rule, missing } = target;
  if (!rule || missing.length > 0) return [];
  return ruleKindOf(rule.kind).image?.references(rule.fields as never, target) ?? [];
}

/** The repositories that its content comes from, and the folders of the workspace that are not of these. */
function sourcesOf(target: Target, { graph, traceOf }: Room): readonly ImageSource[] {
  const checkouts = checkoutsBelow(target, graph);
  const places = new Set(checkouts.flatMap((checkout) => outputsOf(checkout).map(pathOf)));
  const own = ownSources(target).filter((it) => it.kind === "git" || !places.has(it.path));
  const commits = checkouts.flatMap((checkout) => {
    const commit = traceOf(checkout)?.commit;
    return ownSources(checkout).map((source) => (commit ? { ...source, commit } : source));
  });
  return [...commits, ...own];
}

/** What another image is made of is told of that one. */
function checkoutsBelow(target: Target, { edges, project }: Graph): readonly Target[] {
  const seen = new Set<TargetName>([target.name]);
  const found: Target[] = [];
  for (const name of seen) {
    const each = project.targets.get(name);
    if (!each || (each !== target && each.rule && ruleKindOf(each.rule.kind).image)) continue;
    if (ownSources(each).some(({ kind }) => kind === "git")) found.push(each);
    for (const { to, kind } of edges.get(name) ?? []) {
      if (kind === "dependency" || kind === "alternative") seen.add(to);
    }
  }
  return found;
}

const ownSources = ({ rule }: Target): readonly ImageSource[] =>
  (rule && ruleKindOf(rule.kind).sources?.(rule.fields as never)) ?? [];

function outputsOf(target: Target): readonly Output[] {
  const { rule, missing } = target;
  if (!rule || missing.length > 0) return [];
  return ruleKindOf(rule.kind).outputs(rule.fields as never, target);
}

const pathOf = (output: Output): string => (output.kind === "image" ? "" : output.path);

/** `host/team/web:1` is `host/team/web`, `web@sha256:…` is `web`. */
export const withoutTag = (reference: string): string =>
  reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "");

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
