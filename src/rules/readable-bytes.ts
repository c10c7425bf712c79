/** Sizes for people. */

const units = ["B", "kB", "MB", "GB", "TB"];

/** `999 B`, `1.5 MB`, `12 MB`: two digits are enough to compare. */
export function readableBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1000;
  const text = unit > 0 && size < 9.95 ? size.toFixed(1) : String(Math.round(size));
  return `${text} ${units[unit]}`;
}
