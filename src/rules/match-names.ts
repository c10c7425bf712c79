/** Patterns over the names of files that are given or unpacked. */
import picomatch from "picomatch";

/**
 * A pattern without `/` is compared with the base name, so `*.deb` finds files at any depth;
 * `!pattern` leaves out. No patterns: every name matches.
 */
export function nameMatcher(patterns: readonly string[] = []): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((p) => p.slice(1));
  const isWanted = wanted.length === 0 ? () => true : anyOf(wanted);
  const isUnwanted = anyOf(unwanted);
  return (name) => isWanted(name) && !isUnwanted(name);
}

function anyOf(patterns: readonly string[]): (name: string) => boolean {
  const matchers = patterns.map((pattern) =>
    picomatch(pattern, { dot: true, basename: !pattern.includes("/") }),
  );
  return (name) => matchers.some((matches) => matches(name));
}

/** Patterns for messages: `*.deb` or `*.udeb`. */
export const shownPatterns = (patterns: readonly string[]): string =>
  patterns.map((pattern) => `\`${pattern}\``).join(" or ");
