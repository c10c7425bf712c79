/** Durations as people write them: `90 s`, `5 min`, `1 h 30 min`, `7 d`. Knows nothing of where they stand. */

const seconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, min: 60, s: 1 };

/** Seconds; a number alone is seconds too. Undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
  const plain = /^\d+(\.\d+)?$/.exec(text.trim());
  if (plain !== null) return Number(plain[0]);
  // Largest unit first, each at most once: `30 min 1 h` is a slip more often than a wish.
  const parts =
    /^\s*(?:(\d+(?:\.\d+)?)\s*d)?\s*(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*min)?\s*(?:(\d+(?:\.\d+)?)\s*s)?\s*$/.exec(
      text,
    );
  if (parts === null || parts.slice(1).every((part) => part === undefined)) return undefined;
  return ["d", "h", "min", "s"].reduce(
    (sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * (seconds[unit] as number),
    0,
  );
}

/** What somebody meant who wrote another unit, such as `5m` or `2 hours`. */
export function likelyDuration(text: string): string | undefined {
  const meant = text
    .toLowerCase()
    .replace(/(\d)\s*(days?)\b/g, "$1 d")
    .replace(/(\d)\s*(hours?|hrs?)\b/g, "$1 h")
    .replace(/(\d)\s*(minutes?|mins|m)(?![a-z])/g, "$1 min")
    .replace(/(\d)\s*(seconds?|secs?)\b/g, "$1 s")
    .replace(/(\d)\s*(d|h|min|s)\b/g, "$1 $2")
    .replace(/\b(d|h|min)\s*(?=\d)/g, "$1 ")
    .replace(/,| and /g, " ")
    .replace(/ +/g, " ")
    .trim();
  return parseDuration(meant) === undefined || meant === text ? undefined : meant;
}
