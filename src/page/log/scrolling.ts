/** Which lines are seen at which scroll position. A browser has no elements of any height, so long logs are scaled. */

export const lineHeight = 20;

/** Browsers begin to miscount somewhere above this. */
const tallest = 12_000_000;

export interface Extent {
  readonly lines: number;
  /** Pixels of the part that is seen. */
  readonly height: number;
}

export const fullHeight = ({ lines, height }: Extent): number =>
  Math.max(Math.min(lines * lineHeight, tallest), height);

/** How many lines fit. */
export const linesSeen = ({ height }: Extent): number =>
  Math.max(1, Math.floor(height / lineHeight));

/** The first line that is seen, counted from 0. */
export function firstLine(scrollTop: number, extent: Extent): number {
  const last = Math.max(0, extent.lines - linesSeen(extent));
  const way = fullHeight(extent) - extent.height;
  if (way <= 0) return 0;
  return Math.min(last, Math.max(0, Math.round((scrollTop / way) * last)));
}

/** Where to scroll so that a line, counted from 0, is the first one, or as near to it as there are lines. */
export function scrollTopFor(line: number, extent: Extent): number {
  const last = Math.max(0, extent.lines - linesSeen(extent));
  const way = fullHeight(extent) - extent.height;
  return last === 0 ? 0 : (Math.min(Math.max(0, line), last) / last) * way;
}
