/** How long something took, as people are told. What they write is read by `duration-text.ts`. */

/** `0.3 s`, `12.5 s`, `2 min 5 s`, `1 h 2 min`. */
export function duration(seconds: number): string {
  // Decided on the rounded figure, or 59.96 would read as `60.0 s`.
  if (Math.round(seconds * 10) < 600) return `${Math.max(0, seconds).toFixed(1)} s`;
  return wholeDuration(Math.round(seconds));
}

/** The same without fractions, for what still runs. */
export function wholeDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
