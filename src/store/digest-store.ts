/** Keeps remembered file digests between runs. Losing them costs reading the files again. */
import type { RememberedDigest, Signature } from "../files/digests.ts";
import type { Digest } from "../model/artifact.ts";
import { readCheckedLines, replaceCheckedLines } from "./checked-lines.ts";

type Row = readonly [path: string, digest: string, ...Signature];

/** Rows of one line of the file: enough to make the check cheap, few enough to lose little. */
const rowsALine = 1000;

/** @param file absolute path; one that does not exist is empty */
export function loadDigests(file: string): Map<string, RememberedDigest> {
  const remembered = new Map<string, RememberedDigest>();
  for (const rows of readCheckedLines(file).records as Row[][]) {
    for (const [path, digest, ...signature] of rows) {
      remembered.set(path, { signature, digest: `sha256:${digest}` as Digest });
    }
  }
  return remembered;
}

export function saveDigests(file: string, remembered: ReadonlyMap<string, RememberedDigest>): void {
  replaceCheckedLines(file, lines(remembered));
}

function* lines(remembered: ReadonlyMap<string, RememberedDigest>): Generator<Row[]> {
  let rows: Row[] = [];
  for (const [path, { signature, digest }] of remembered) {
    rows.push([path, digest.slice("sha256:".length), ...signature]);
    if (rows.length < rowsALine) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
