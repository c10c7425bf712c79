/** `tbuild why A B`: the shortest way from one target to another along dependencies. */
import { graphOf } from "../../engine/plan/draw-graph.ts";
import { type Hop, pathBetween } from "../../engine/plan/path-between.ts";
import type { TargetName } from "../../model/target.ts";
import { prepare, type TargetRequest } from "../prepare.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import * as problems from "../usage-problems.ts";

/** @returns the exit code: 0 also where there is no way, which is an answer */
export async function runWhy(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log } = request.common;
  const prepared = await prepare(request, place);
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const { root, project, names } = prepared;
  const [from, to] = names.map((name) => project.families.get(name) ?? []);
  if (!from || !to || names.length !== 2) {
    return showProblems({ problems: [problems.twoTargets(names.length)], root, log }, place);
  }
  const graph = graphOf(project);
  if (!graph.ok) return showProblems({ ...graph, root, log }, place);
  const ways = from.flatMap((a) => to.flatMap((b) => [pathBetween(graph.value, a, b) ?? []]));
  const [shortest] = ways.filter((way) => way.length > 0).sort((a, b) => a.length - b.length);
  place.out.write(shortest ? `${describe(shortest)}\n` : `${names[0]} does not need ${names[1]}\n`);
  return 0;
}

const words = {
  dependency: "needs",
  "order-only": "comes after",
  service: "has up meanwhile",
  alternative: "has as an alternative",
};

function describe(way: readonly Hop[]): string {
  return way
    .slice(1)
    .map(({ target, by }, index) => {
      const before = (way[index] as { readonly target: TargetName }).target;
      return `${before} ${words[by ?? "dependency"]} ${target}`;
    })
    .join("\n");
}
