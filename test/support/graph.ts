/** Graphs for tests of plan and scheduler, written as short YAML: `all: [a, b]`. */
import { parse } from "yaml";
import type { Edge, Graph } from "../../src/engine/plan/graph.ts";
import type { Target, TargetName } from "../../src/model/target.ts";

export const name = (text: string): TargetName => text as TargetName;

type Declared = Readonly<
  Record<string, readonly string[] | { readonly "first-of": readonly string[] }>
>;

/** Targets with these dependencies; a `first-of` is written `{ first-of: [a, b] }`. */
export function graphOf(graph: string | Declared): Graph {
  const declared: Declared = typeof graph === "string" ? parse(graph) : graph;
  const targets = new Map<TargetName, Target>();
  const edges = new Map<TargetName, Edge[]>();
  const add = (target: string, dependencies: readonly string[], kind: Edge["kind"]): void => {
    const isFirstOf = kind === "alternative";
    targets.set(name(target), targetNamed(target, isFirstOf ? dependencies : undefined));
    edges.set(
      name(target),
      dependencies.map((to) => ({ to: name(to), kind })),
    );
  };
  for (const [target, value] of Object.entries(declared)) {
    if (!("first-of" in value)) add(target, value, "dependency");
    else add(target, value["first-of"], "alternative");
  }
  for (const to of [...edges.values()].flat().map((edge) => edge.to)) {
    if (!targets.has(to)) add(to, [], "dependency");
  }
  const project = {
    name: "test",
    root: "/",
    files: [],
    default: [],
    families: new Map(),
    secrets: new Map(),
  };
  return { project: { ...project, targets }, edges, makers: new Map() };
}

function targetNamed(text: string, alternatives?: readonly string[]): Target {
  const rule = alternatives
    ? { kind: "first-of", fields: { "first-of": alternatives } }
    : { kind: "run", fields: { run: { argv: ["true"] } } };
  return {
    name: name(text),
    title: text,
    rule,
    needs: [],
    after: [],
    with: [],
    parameters: {},
    missing: [],
    declaredAt: { file: "targets.yaml", line: 1, column: 1 },
    places: {},
  };
}
