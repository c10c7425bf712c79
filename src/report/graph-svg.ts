/** A graph as one SVG picture: layers from left to right, states by colour, seconds of the last run. */
import type { DrawnTarget, GraphDrawing } from "../model/graph-drawing.ts";
import { columnsOf } from "./width.ts";
import { duration } from "./wording.ts";

const row = 44;
const gap = 60;
const letter = 7.3;

const colours: Record<NonNullable<DrawnTarget["state"]>, string> = {
  fresh: "#2e7d32",
  stale: "#c62828",
  uncertain: "#ef6c00",
  problem: "#6a1b9a",
  "not-taken": "#9e9e9e",
};

interface Box {
  readonly target: DrawnTarget;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Dependencies stand to the left of what needs them. */
export function graphSvg(drawing: GraphDrawing): string {
  const boxes = layOut(drawing);
  const all = [...boxes.values()];
  const width = Math.max(...all.map((box) => box.x + box.width), 0) + 20;
  const height = Math.max(...all.map((box) => box.y), 0) + row + 20;
  const lines = drawing.edges.flatMap(({ from, to, kind }) => {
    const [a, b] = [boxes.get(to), boxes.get(from)];
    return a && b ? [edgePath(a, b, kind)] : [];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="monospace" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...lines,
    ...all.map(boxElement),
    "</svg>",
    "",
  ].join("\n");
}

function layOut({ targets, edges }: GraphDrawing): ReadonlyMap<string, Box> {
  const depths = depthsOf(targets, edges);
  const layers: DrawnTarget[][] = [];
  for (const target of targets) {
    const depth = depths.get(target.name) ?? 0;
    layers[depth] ??= [];
    layers[depth].push(target);
  }
  const boxes = new Map<string, Box>();
  let x = 20;
  for (const layer of layers) {
    const width = Math.max(...(layer ?? []).map((target) => columnsOf(captionOf(target)))) * letter;
    for (const [index, target] of (layer ?? []).entries()) {
      boxes.set(target.name, { target, x, y: 20 + index * row, width: width + 20 });
    }
    x += width + 20 + gap;
  }
  return boxes;
}

/** Longest way to a target without dependencies; targets come wanted ones first. */
function depthsOf(
  targets: readonly DrawnTarget[],
  edges: GraphDrawing["edges"],
): ReadonlyMap<string, number> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of edges) needs.set(from, [...(needs.get(from) ?? []), to]);
  const depths = new Map<string, number>();
  const stack = targets.map(({ name }) => name);
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const open = (needs.get(name) ?? []).filter((to) => !depths.has(to));
    if (open.length > 0 && !depths.has(name)) stack.push(...open);
    else {
      const below = (needs.get(name) ?? []).map((to) => depths.get(to) ?? 0);
      depths.set(name, below.length > 0 ? Math.max(...below) + 1 : 0);
      stack.pop();
    }
  }
  return depths;
}

function captionOf({ title, seconds }: DrawnTarget): string {
  return seconds === undefined ? title : `${title}  ${duration(seconds)}`;
}

function boxElement({ target, x, y, width }: Box): string {
  const colour = colours[target.state ?? "not-taken"];
  const corner = target.rule === "group" ? 12 : 3;
  return [
    `<g><title>${escaped(`${target.name}: ${target.rule}${target.state ? `, ${target.state}` : ""}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="28" rx="${corner}" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`,
    `<text x="${x + 10}" y="${y + 18}" fill="#212121" xml:space="preserve">${escaped(captionOf(target))}</text></g>`,
  ].join("");
}

function edgePath(from: Box, to: Box, kind: GraphDrawing["edges"][number]["kind"]): string {
  const [x1, y1] = [from.x + from.width, from.y + 14];
  const [x2, y2] = [to.x, to.y + 14];
  const bend = Math.max(30, (x2 - x1) / 2);
  const dash = { dependency: "", service: "", "order-only": "2 4", alternative: "6 4" }[kind];
  const thick = kind === "service" ? 2.5 : 1;
  const style = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<path d="M${x1.toFixed(1)} ${y1} C${(x1 + bend).toFixed(1)} ${y1} ${(x2 - bend).toFixed(1)} ${y2} ${x2} ${y2}" fill="none" stroke="#757575" stroke-width="${thick}"${style}/>`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
