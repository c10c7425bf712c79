/** Durations as messages say them where they were given by a user: `90 s` as `1 min 30 s`. */

/** Parts that are nothing are left out: `5 min`, `1 h 30 min`, `0.5 s`. */
export function shownDuration(seconds: number): string {
  const whole = Math.round(seconds * 10) / 10;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = Math.round((whole % 60) * 10) / 10;
  const parts = [
    hours > 0 && `${hours} h`,
    minutes > 0 && `${minutes} min`,
    rest > 0 && `${rest} s`,
  ];
  return parts.filter(Boolean).join(" ") || "0 s";
}
