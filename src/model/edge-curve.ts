/** How an edge of a graph is drawn: past the targets of other layers, between their rows. Places nothing. */

export const row = 44;
export const margin = 20;
export const boxHeight = 28;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A layer that an edge passes: its targets stand below each other. */
export interface PassedLayer {
  readonly x: number;
  readonly width: number;
  readonly targets: number;
}

/**
 * @param from right end of a dependency
 * @param to left end of what needs it
 * @returns the attribute `d` of a path of SVG
 */
export function edgeCurve(from: Point, to: Point, passed: readonly PassedLayer[]): string {
  let at = from;
  let path = `M${from.x.toFixed(1)} ${from.y}`;
  for (const [index, layer] of passed.entries()) {
    const straight = from.y + ((to.y - from.y) * (index + 1)) / (passed.length + 1);
    const y = besideTargets(straight, layer.targets);
    path += `${bend(at, { x: layer.x, y })} H${(layer.x + layer.width).toFixed(1)}`;
    at = { x: layer.x + layer.width, y };
  }
  return path + bend(at, to);
}

/** The height itself where no target of the layer stands there, or that of the nearest gap between two rows. */
function besideTargets(y: number, targets: number): number {
  const gap = row - boxHeight;
  const nearest = Math.round((y - margin + gap / 2) / row);
  const isBelow = y > margin + targets * row - gap / 2;
  return isBelow ? Math.round(y) : margin - gap / 2 + Math.min(targets, nearest) * row;
}

function bend(from: Point, to: Point): string {
  const by = Math.max(30, (to.x - from.x) / 2);
  return ` C${(from.x + by).toFixed(1)} ${from.y} ${(to.x - by).toFixed(1)} ${to.y} ${to.x.toFixed(1)} ${to.y}`;
}
