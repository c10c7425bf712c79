/**
 * Targets and their dependencies as one graph, checked: no cycle, no two targets with one output.
 * What is wanted, and what is fresh, are not its business.
 */

import type { FilesView } from "../../files/files-view.ts";
import type { Output } from "../../model/artifact.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { Project, Target, TargetName } from "../../model/target.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import { cycleProblem, outputClashProblem } from "../problems.ts";
import { dependenciesInFields } from "./field-edges.ts";
import { mentionsOf } from "./mentions.ts";
import { findPushedTwice } from "./pushed-twice.ts";

/**
 * `dependency`: its artifacts count. `order-only`: it comes first. `service`: it is up meanwhile.
 * `alternative`: one of several, planned when it is chosen.
 */
export type EdgeKind = "dependency" | "order-only" | "service" | "alternative";

export interface Edge {
  readonly to: TargetName;
  readonly kind: EdgeKind;
}

export interface Graph {
  readonly project: Project;
  readonly edges: Pick<ReadonlyMap<TargetName, readonly Edge[]>, "get">;
  /** Who makes the image under a reference. */
  readonly makers: ReadonlyMap<string, TargetName>;
}

/** Finds all edges, those that a Dockerfile names included, and reports every problem at once. */
export function buildGraph(project: Project, files: FilesView): Result<Graph> {
  const outputs = collectOutputs(project);
  const makers = findMakers(project, outputs);
  const edges = new Map<TargetName, readonly Edge[]>();
  for (const target of project.targets.values()) {
    edges.set(target.name, edgesOf(target, files, makers));
  }
  const problems = [
    ...findClashes(project, outputs),
    ...findPushedTwice(project, outputs),
    ...findCycles(project, edges),
  ];
  return problems.length > 0 ? fail(...problems) : ok({ project, edges, makers });
}

/** Who makes the image under a reference; of an alternative it is the target that it belongs to. */
function findMakers(
  project: Project,
  outputs: ReadonlyMap<TargetName, readonly Output[]>,
): ReadonlyMap<string, TargetName> {
  const makers = new Map<string, TargetName>();
  for (const [name, made] of outputs) {
    const owner = project.targets.get(name)?.alternativeOf;
    for (const output of made) {
      if (output.kind !== "image") continue;
      if (owner !== undefined || !makers.has(output.reference)) {
        makers.set(output.reference, owner ?? name);
      }
    }
  }
  return makers;
}

/** The edges of one target. */
export function edgesOf(
  target: Target,
  files: FilesView,
  makers: ReadonlyMap<string, TargetName>,
): readonly Edge[] {
  const found = new Map<TargetName, EdgeKind>();
  const add = (to: TargetName, kind: EdgeKind): void => {
    if (!found.has(to) || kind === "dependency") found.set(to, kind);
  };
  const fieldKind = target.rule?.kind === "first-of" ? "alternative" : "dependency";
  for (const to of target.needs) add(to, "dependency");
  if (target.rule) for (const to of dependenciesInFields(target.rule)) add(to, fieldKind);
  for (const to of mentionedTargets(target, files, makers)) add(to, "dependency");
  for (const use of target.with) add(use.target, "service");
  for (const to of target.after) add(to, "order-only");
  return [...found].map(([to, kind]) => ({ to, kind }));
}

function mentionedTargets(
  target: Target,
  files: FilesView,
  makers: ReadonlyMap<string, TargetName>,
): readonly TargetName[] {
  return mentionsOf(target, files)
    .flatMap((reference) => makers.get(reference) ?? [])
    .filter((name) => name !== target.name);
}

function collectOutputs(project: Project): ReadonlyMap<TargetName, readonly Output[]> {
  const outputs = new Map<TargetName, readonly Output[]>();
  for (const target of project.targets.values()) {
    if (!target.rule || target.missing.length > 0) continue;
    const kind = ruleKindOf(target.rule.kind);
    outputs.set(target.name, kind.outputs(target.rule.fields as never, target));
  }
  return outputs;
}

function findClashes(
  project: Project,
  outputs: ReadonlyMap<TargetName, readonly Output[]>,
): Diagnostic[] {
  const owners = new Map<string, TargetName>();
  const problems: Diagnostic[] = [];
  const clash = (name: TargetName, other: TargetName, what: string): void => {
    const [a, b] = [project.targets.get(name), project.targets.get(other)];
    if (a && b && name !== other && !mayShare(a, b)) problems.push(outputClashProblem(a, b, what));
  };
  for (const [name, made] of outputs) {
    for (const output of made) {
      const key = keyOf(output);
      const other = owners.get(key);
      if (other === undefined) owners.set(key, name);
      else clash(name, other, displayed(output));
    }
  }
  for (const [name, made] of outputs) {
    for (const output of made) {
      if (output.kind === "image") continue;
      const around = enclosing(output.path).find((folder) => owners.has(`path ${folder}`));
      const other = around === undefined ? undefined : owners.get(`path ${around}`);
      if (other !== undefined) clash(name, other, displayed(output));
    }
  }
  return problems;
}

/** Alternatives of one target, of which one is taken; and what is brought, which nobody makes twice. */
function mayShare(a: Target, b: Target): boolean {
  if (a.alternativeOf !== undefined && a.alternativeOf === b.alternativeOf) return true;
  const brings = ({ rule }: Target) => rule !== undefined && ruleKindOf(rule.kind).bringsOutputs;
  if (brings(a) && brings(b)) return true;
  return [a, b].some((target) => brings(target) && target.alternativeOf !== undefined);
}

const trimmed = (path: string): string => path.replace(/\/+$/, "");
const keyOf = (output: Output): string =>
  output.kind === "image" ? `image ${output.reference}` : `path ${trimmed(output.path)}`;
const displayed = (output: Output): string =>
  output.kind === "image" ? output.reference : trimmed(output.path);

/** `a/b/c` lies in `a/b` and in `a`. */
function enclosing(path: string): readonly string[] {
  const steps = trimmed(path).split("/");
  return steps.slice(1).map((_, index) => steps.slice(0, steps.length - 1 - index).join("/"));
}

/** Depth-first, with the path from the start kept, so that a cycle can be shown; each is told once. */
function findCycles(
  project: Project,
  edges: ReadonlyMap<TargetName, readonly Edge[]>,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const done = new Set<TargetName>();
  for (const start of project.targets.keys()) {
    if (done.has(start)) continue;
    const path: TargetName[] = [];
    const onPath = new Set<TargetName>();
    const stack: { readonly name: TargetName; next: number }[] = [{ name: start, next: 0 }];
    path.push(start);
    onPath.add(start);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1] as { name: TargetName; next: number };
      const edge = edges.get(frame.name)?.[frame.next++];
      if (edge === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(frame.name);
        done.add(frame.name);
      } else if (onPath.has(edge.to)) {
        const cycle = [...path.slice(path.indexOf(edge.to)), edge.to];
        problems.push(cycleProblem(project, cycle));
      } else if (!done.has(edge.to)) {
        stack.push({ name: edge.to, next: 0 });
        path.push(edge.to);
        onPath.add(edge.to);
      }
    }
  }
  return problems;
}
