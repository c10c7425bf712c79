/** Where the targets of a graph stand in a picture: layers from left to right. Draws nothing. */
import { boxHeight, edgeCurve, margin, type PassedLayer, row } from "./edge-curve.ts";
import type { DrawnEdge, DrawnTarget, GraphDrawing } from "./graph-drawing.ts";

const gap = 60;

/** A target and its place, in pixels. */
export interface PlacedTarget {
  readonly target: DrawnTarget;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Which layer it stands in, from the left. */
  readonly layer: number;
}

export interface GraphLayout {
  readonly boxes: ReadonlyMap<string, PlacedTarget>;
  readonly lines: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/** An edge, and the curve that it is drawn as. */
export interface PlacedEdge {
  readonly edge: DrawnEdge;
  /** As the attribute `d` of a path of SVG has it. */
  readonly curve: string;
}

/**
 * Dependencies stand to the left of what needs them.
 * @param captionWidth pixels that the caption of a target takes
 */
export function layOut(
  { targets, edges }: GraphDrawing,
  captionWidth: (target: DrawnTarget) => number,
): GraphLayout {
  const boxes = new Map<string, PlacedTarget>();
  const layers: PassedLayer[] = [];
  let x = margin;
  for (const own of layersOf(targets, edges)) {
    const width = own.reduce((most, target) => Math.max(most, captionWidth(target)), 0) + 20;
    for (const [index, target] of own.entries()) {
      boxes.set(target.name, { target, x, y: margin + index * row, width, layer: layers.length });
    }
    layers.push({ x, width, targets: own.length });
    x += width + gap;
  }
  const all = [...boxes.values()];
  return {
    boxes,
    lines: edges.flatMap((edge) => {
      const [from, to] = [boxes.get(edge.to), boxes.get(edge.from)];
      return from && to ? [{ edge, curve: curveBetween(from, to, layers) }] : [];
    }),
    width: all.reduce((most, box) => Math.max(most, box.x + box.width), 0) + margin,
    height: all.reduce((most, box) => Math.max(most, box.y), 0) + boxHeight + margin,
  };
}

function layersOf(
  targets: readonly DrawnTarget[],
  edges: readonly DrawnEdge[],
): readonly (readonly DrawnTarget[])[] {
  const depths = depthsOf(targets, edges);
  const layers: DrawnTarget[][] = [];
  for (const target of targets) {
    const depth = depths.get(target.name) ?? 0;
    while (layers.length <= depth) layers.push([]);
    layers[depth]?.push(target);
  }
  return layers;
}

/** Longest way to a target without dependencies; targets come wanted ones first. */
function depthsOf(
  targets: readonly DrawnTarget[],
  edges: readonly DrawnEdge[],
): ReadonlyMap<string, number> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const own = needs.get(from);
    if (own) own.push(to);
    else needs.set(from, [to]);
  }
  const depths = new Map<string, number>();
  const stack = targets.map(({ name }) => name);
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const open = (needs.get(name) ?? []).filter((to) => !depths.has(to));
    if (open.length > 0 && !depths.has(name)) stack.push(...open);
    else {
      const below = (needs.get(name) ?? []).map((to) => depths.get(to) ?? 0);
      depths.set(
        name,
        below.reduce((most, depth) => Math.max(most, depth + 1), 0),
      );
      stack.pop();
    }
  }
  return depths;
}

function curveBetween(
  from: PlacedTarget,
  to: PlacedTarget,
  layers: readonly PassedLayer[],
): string {
  const start = { x: from.x + from.width, y: from.y + boxHeight / 2 };
  const end = { x: to.x, y: to.y + boxHeight / 2 };
  return edgeCurve(start, end, layers.slice(from.layer + 1, to.layer));
}
