/** Patterns over the names of files that are given or unpacked. */
import picomatch from "picomatch";

/**
 * A pattern without `/` is compared with the base name, so `*.deb` finds files at any depth;
 * `!pattern` leaves out. No patterns: every name matches.
 */
export function nameMatcher(patterns: readonly string[] = []): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  const options = { dot: true, matchBase: true };
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((p) => p.slice(1));
  const isWanted = wanted.length === 0 ? () => true : picomatch(wanted, options);
  const isUnwanted = unwanted.length === 0 ? () => false : picomatch(unwanted, options);
  return (name) => isWanted(name) && !isUnwanted(name);
}

/** Patterns for messages: `*.deb` or `*.udeb`. */
export const shownPatterns = (patterns: readonly string[]): string =>
  patterns.map((pattern) => `\`${pattern}\``).join(" or ");
