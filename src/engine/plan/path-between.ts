/** The shortest way from one target to another along dependencies: the answer of `why`. */
import type { TargetName } from "../../model/target.ts";
import type { EdgeKind, Graph } from "./graph.ts";

export interface Hop {
  readonly target: TargetName;
  /** How the one before depends on it; absent on the first. */
  readonly by?: EdgeKind;
}

/** @returns the way with both ends, alternatives included; undefined when there is none */
export function pathBetween(
  graph: Graph,
  from: TargetName,
  to: TargetName,
): readonly Hop[] | undefined {
  const cameFrom = new Map<TargetName, { readonly target: TargetName; readonly by: EdgeKind }>();
  const open: TargetName[] = [from];
  const seen = new Set(open);
  for (const current of open) {
    if (current === to) return trace(cameFrom, to);
    for (const edge of graph.edges.get(current) ?? []) {
      if (seen.has(edge.to)) continue;
      seen.add(edge.to);
      cameFrom.set(edge.to, { target: current, by: edge.kind });
      open.push(edge.to);
    }
  }
  return undefined;
}

function trace(
  cameFrom: ReadonlyMap<TargetName, { readonly target: TargetName; readonly by: EdgeKind }>,
  to: TargetName,
): readonly Hop[] {
  const hops: Hop[] = [];
  for (let target: TargetName | undefined = to; target !== undefined; ) {
    const before: { readonly target: TargetName; readonly by: EdgeKind } | undefined =
      cameFrom.get(target);
    hops.unshift(before ? { target, by: before.by } : { target });
    target = before?.target;
  }
  return hops;
}
