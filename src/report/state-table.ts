/** The words of `tbuild state`. */
import { bytes, exactSize } from "../model/size.ts";
import type { StatePart } from "../model/state-part.ts";

/** What has no limit, and why; the rest of the folder is small whatever happens. */
const unlimited: Readonly<Record<string, string>> = {
  out: "artifacts of targets that name no place for them",
  "set-aside": "files that stood where outputs belong",
  tmp: "of the run that is going on",
};

/**
 *     logs    1.2 MB of 256 MB  32 files
 *     out      38 MB            artifacts of targets that name no place for them
 */
export function stateLines(parts: readonly StatePart[]): readonly string[] {
  const rows = parts
    .filter(({ name, limit }) => limit !== undefined || unlimited[name] !== undefined)
    .map(({ name, bytes: size, files: count, limit }) => {
      const files = `${count} file${count === 1 ? "" : "s"}`;
      const of = limit === undefined ? "" : `of ${exactSize(limit)}`;
      return [name, bytes(size), of, unlimited[name] ?? files] as const;
    });
  const width = (column: 0 | 1 | 2): number =>
    Math.max(0, ...rows.map((row) => row[column].length));
  return rows.map(
    ([name, size, of, note]) =>
      `${name.padEnd(width(0))}  ${size.padStart(width(1))} ${of.padEnd(width(2))}  ${note}`,
  );
}
