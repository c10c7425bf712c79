/** What a file that tells of one build is; which there are is said by `report-files.ts`. */
import type { Artifact } from "../model/artifact.ts";
import type { GraphDrawing } from "../model/graph-drawing.ts";
import type { RunLine } from "../model/run-log.ts";

/** Bytes of what a target made; undefined where nobody knows, or it is gone. Right only once the build has ended. */
export type SizeOf = (artifact: Artifact) => number | undefined;

/** Collects what one file will say. Writes nothing. */
export interface ReportFile {
  /** Each event of the build as it happens, those that no run log keeps too; the header first. */
  add(line: RunLine): void;
  /** What needs what, before anything runs; only files that show it ask for it. */
  draw?(drawing: GraphDrawing, sizeOf: SizeOf): void;
  /** All that the file holds, once the build has come to its end, good or bad. */
  text(): string;
}
