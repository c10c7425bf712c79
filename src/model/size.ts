/** Sizes in bytes as people write and read them. */

const units = ["B", "kB", "MB", "GB", "TB"] as const;

const factors: ReadonlyMap<string, number> = new Map([
  ...units.map((unit, power) => [unit.toLowerCase(), 1000 ** power] as const),
  ...["kib", "mib", "gib", "tib"].map((unit, power) => [unit, 1024 ** (power + 1)] as const),
]);

export const sizePattern = /^(\d{1,9}(?:\.\d{1,3})?) ?([kKmMgGtT]?i?[bB])$/;

/** `200 MB`, `1.5 GB`, `512KiB`: bytes; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ""] = sizePattern.exec(text) ?? [];
  const factor = factors.get(unit.toLowerCase());
  return number === undefined || factor === undefined
    ? undefined
    : Math.round(Number(number) * factor);
}

/** A size that somebody chose, as near as may be to how it was written: `64 MB`, `1.5 GB`. */
export function exactSize(count: number): string {
  const power = units.findLastIndex((_, power) => count >= 1000 ** power);
  const unit = Math.max(0, power);
  return `${Number((count / 1000 ** unit).toFixed(3))} ${units[unit]}`;
}

/** A size that was found: `999 B`, `1.2 GB`, `38 MB`: two digits are enough to compare. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${units[unit]}`;
}
