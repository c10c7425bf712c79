/**
 * The graph of a project whose target files are what they were when its plan was made, so that it was
 * checked then. Edges are found for the targets that are asked for.
 */
import type { FilesView } from "../../files/files-view.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Project, TargetName } from "../../model/target.ts";
import { buildGraph, type Edge, edgesOf, type Graph } from "../plan/graph.ts";
import { type SettledTargets, sameEdges } from "./settled.ts";

/**
 * Finds the edges of a target when they are first asked for. When those of a settled target are others than
 * before, all of the graph is built and checked: an image that a Dockerfile names can close a circle.
 * @throws DiagnosticError the first problem of that graph, from whatever asks for edges
 */
export function lazyGraph(project: Project, files: FilesView, settled: SettledTargets): Graph {
  const { makers } = settled;
  const found = new Map<TargetName, readonly Edge[]>();
  let whole: Graph | undefined;
  const find = (name: TargetName): readonly Edge[] | undefined => {
    const target = project.targets.get(name);
    if (!target) return undefined;
    const edges = edgesOf(target, files, makers);
    const index = settled.indexOf(name);
    if (index !== undefined) {
      if (target.rule?.kind === "first-of") return edges;
      if (sameEdges(edges, settled.edgesOf(index))) return edges;
    }
    // A Dockerfile names other images than before: there may be a cycle now.
    whole = checkedGraph(project, files);
    return whole.edges.get(name);
  };
  const get = (name: TargetName): readonly Edge[] | undefined => {
    if (whole) return whole.edges.get(name);
    const edges = found.get(name) ?? find(name);
    if (edges) found.set(name, edges);
    return edges;
  };
  return { project, makers, edges: { get } };
}

function checkedGraph(project: Project, files: FilesView): Graph {
  const graph = buildGraph(project, files);
  if (graph.ok) return graph.value;
  throw new DiagnosticError(graph.problems[0] as (typeof graph.problems)[number]);
}
