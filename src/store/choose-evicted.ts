/** Chooses what goes when there is too much: the least recently used first. Removes nothing itself. */

export interface Evictable {
  readonly name: string;
  readonly bytes: number;
}

export interface Bounds {
  /** All together. */
  readonly bytes: number;
  /** How many of them there may be; any number where it is absent. */
  readonly count?: number;
  /** What this run relies on stays, whatever the limit. */
  readonly isInUse: (name: string) => boolean;
}

/** Once the limit is reached so much of it is freed, or the next run would reach it again. */
const freed = 0.2;

/** @param entries the least recently used first */
export function chooseEvicted<T extends Evictable>(
  entries: readonly T[],
  { bytes, count = Number.POSITIVE_INFINITY, isInUse }: Bounds,
): readonly T[] {
  let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let left = entries.length;
  const goal = total > bytes ? bytes * (1 - freed) : bytes;
  return entries.filter((entry) => {
    if ((total <= goal && left <= count) || isInUse(entry.name)) return false;
    total -= entry.bytes;
    left--;
    return true;
  });
}
