// How results look: Markdown tables, as they stand in docs/performance.md.

export function table(rows) {
  const [head, ...body] = rows;
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

export const count = (n) => n.toLocaleString("en");

export function time(seconds) {
  if (seconds === undefined) return "";
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(0)} ms`;
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

export function ratio(a, b) {
  if (a === undefined || b === undefined) return "";
  const quotient = a / b;
  return `${quotient < 100 ? quotient.toPrecision(quotient < 0.1 ? 1 : quotient < 1 ? 2 : 3) : quotient.toFixed(0)} ×`;
}

/** What came of a contender: its time, or why there is none. */
export function outcome({ seconds, late, unmade, why, limit }) {
  if (seconds !== undefined) return time(seconds);
  if (late) return `> ${limit} s`;
  if (unmade !== undefined) return `not made within ${unmade} s`;
  return why === undefined ? "" : "failed";
}

/**
 * Contenders under each other, and how each relates to some of them.
 * @param results as `race` gives them
 * @param references names of contenders, the columns of ratios
 */
export function sideBySide(results, references, limit) {
  const secondsOf = (name) => results.find((each) => each.name === name)?.seconds;
  const known = references.filter((name) => secondsOf(name) !== undefined);
  return table([
    ["", "time", ...known.map((name) => `to ${name}`)],
    ...results.map((each) => [
      each.name,
      outcome({ ...each, limit }),
      ...known.map((name) => ratio(each.seconds, secondsOf(name))),
    ]),
  ]);
}
