/** Gives report files the graph of what will be built, with secrets hidden, and sizes. What they make of it is theirs. */

import type { ArtifactSizes } from "../engine/artifact-sizes.ts";
import { drawGraph, graphOf } from "../engine/plan/draw-graph.ts";
import type { GraphDrawing } from "../model/graph-drawing.ts";
import { hideTexts } from "../model/hide-texts.ts";
import { Redactor } from "../report/redact.ts";
import type { SizeOf } from "../report/report-file.ts";
import type { Prepared } from "./prepare.ts";

/** A graph that does not hold is the build's to tell. */
export function drawReports(
  { project, wanted }: Prepared & { readonly ok: true },
  draw: (drawing: GraphDrawing, sizeOf: SizeOf) => void,
  sizes: ArtifactSizes,
): void {
  const graph = graphOf(project);
  if (!graph.ok) return;
  const redactor = new Redactor(project.secrets.values());
  const drawing = hideTexts(drawGraph(graph.value, wanted), (text) => redactor.text(text));
  draw(drawing, (artifact) => sizes.sizeOf(artifact));
}
