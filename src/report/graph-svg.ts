/** A graph as one SVG picture: layers from left to right, states by colour, seconds of the last run. */
import type { DrawnEdge, DrawnTarget, GraphDrawing } from "../model/graph-drawing.ts";
import { layOut, type PlacedEdge, type PlacedTarget } from "../model/graph-layout.ts";
import { duration } from "../model/shown-duration.ts";
import { columnsOf } from "./width.ts";

const letter = 7.3;

const colours: Record<NonNullable<DrawnTarget["state"]>, string> = {
  fresh: "#2e7d32",
  stale: "#c62828",
  uncertain: "#ef6c00",
  problem: "#6a1b9a",
  "not-taken": "#9e9e9e",
};

/** Dependencies stand to the left of what needs them. */
export function graphSvg(drawing: GraphDrawing): string {
  const layout = layOut(drawing, (target) => columnsOf(captionOf(target)) * letter);
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="monospace" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...layout.lines.map(edgePath),
    ...[...layout.boxes.values()].map(boxElement),
    "</svg>",
    "",
  ].join("\n");
}

function captionOf({ title, seconds }: DrawnTarget): string {
  return seconds === undefined ? title : `${title}  ${duration(seconds)}`;
}

function boxElement({ target, x, y, width }: PlacedTarget): string {
  const colour = colours[target.state ?? "not-taken"];
  const corner = target.rule === "group" ? 12 : 3;
  return [
    `<g><title>${escaped(`${target.name}: ${target.rule}${target.state ? `, ${target.state}` : ""}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="28" rx="${corner}" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`,
    `<text x="${x + 10}" y="${y + 18}" fill="#212121" xml:space="preserve">${escaped(captionOf(target))}</text></g>`,
  ].join("");
}

function edgePath({ edge, curve }: PlacedEdge): string {
  const thick = edge.kind === "service" ? 2.5 : 1;
  const dash = dashes[edge.kind];
  const style = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<path d="${curve}" fill="none" stroke="#757575" stroke-width="${thick}"${style}/>`;
}

const dashes: Readonly<Record<DrawnEdge["kind"], string>> = {
  dependency: "",
  service: "",
  "order-only": "2 4",
  alternative: "6 4",
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
