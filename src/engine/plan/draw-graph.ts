/** The part of the graph below wanted targets, as plain data for whoever draws it. */

import { FileDigests } from "../../files/digests.ts";
import { WorkspaceFiles } from "../../files/workspace-files.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import { ok, type Result } from "../../model/result.ts";
import type { Project, TargetName } from "../../model/target.ts";
import type { BuildParts, BuildRequest } from "../build-request.ts";
import { examineWanted } from "../fresh/examine-wanted.ts";
import { buildGraph, type Graph } from "./graph.ts";

/** The checked graph of a project, without looking at what is fresh. */
export function graphOf(project: Project): Result<Graph> {
  return buildGraph(project, new WorkspaceFiles(project.root, new FileDigests()));
}

/** The wanted targets and everything below them, alternatives that are not taken included. */
export function namesBelow(
  graph: Pick<Graph, "edges">,
  wanted: readonly TargetName[],
): readonly TargetName[] {
  // A set that is gone through also gives what is added meanwhile.
  const found = new Set(wanted);
  for (const name of found) for (const { to } of graph.edges.get(name) ?? []) found.add(to);
  return [...found];
}

/** All of these, as plain data. */
export function drawGraph(graph: Graph, wanted: readonly TargetName[]): GraphDrawing {
  const names = namesBelow(graph, wanted);
  return {
    targets: names.map((name) => {
      const target = graph.project.targets.get(name);
      return { name, title: target?.title ?? name, rule: target?.rule?.kind ?? "group" };
    }),
    edges: names.flatMap((from) =>
      (graph.edges.get(from) ?? []).map(({ to, kind }) => ({ from, to, kind })),
    ),
  };
}

/** The same with the state of each target, and the seconds that it took when it was last made. */
export async function drawGraphWithState(
  request: BuildRequest,
  parts: BuildParts,
): Promise<Result<GraphDrawing>> {
  const examined = await examineWanted(request, parts);
  if (!examined.ok) return examined;
  const { room, verdicts } = examined.value;
  const drawing = drawGraph(room.plan.graph, request.wanted);
  return ok({
    ...drawing,
    targets: drawing.targets.map((drawn) => {
      const target = room.project.targets.get(drawn.name as TargetName);
      const verdict = verdicts.get(drawn.name as TargetName);
      const seconds = target && room.traceOf(target)?.seconds;
      return {
        ...drawn,
        state: verdict && verdict.kind !== "unavailable" ? verdict.kind : "not-taken",
        ...(seconds !== undefined && { seconds }),
      };
    }),
  });
}
