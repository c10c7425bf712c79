/** `tbuild graph [targets…]`: the targets below the named ones, drawn. Writes nothing. */
import { drawGraph, drawGraphWithState, graphOf } from "../../engine/plan/draw-graph.ts";
import { type GraphFormat, graphOptions } from "../../model/command-options.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import { ok, type Result } from "../../model/result.ts";
import { dotLines, mermaidLines, plainGraphLines } from "../../report/graph-text.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { type Prepared, prepare, type TargetRequest } from "../prepare.ts";
import { quietParts, requestOf } from "../quiet-build.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runGraph(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log } = request.common;
  const prepared = await prepare(request, place, { ownOptions: graphOptions });
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const format = (prepared.own.get("format") ?? "plain") as GraphFormat;
  const drawing = await draw(format, prepared, { request, place });
  if (!drawing.ok) return showProblems({ ...drawing, root: prepared.root, log }, place);
  place.out.write(await shown(drawing.value, format));
  return 0;
}

/** Only a picture shows states: the others are for programs, and need no engine. */
async function draw(
  format: GraphFormat,
  prepared: Prepared & { readonly ok: true },
  { request, place }: { readonly request: TargetRequest; readonly place: Surroundings },
): Promise<Result<GraphDrawing>> {
  if (format !== "svg") {
    const graph = graphOf(prepared.project);
    return graph.ok ? ok(drawGraph(graph.value, prepared.wanted)) : graph;
  }
  const engine = new LazyEngine(place);
  try {
    return await drawGraphWithState(requestOf(prepared, request, place), quietParts(engine));
  } catch (error) {
    if (error instanceof DiagnosticError) return { ok: false, problems: [error.diagnostic] };
    throw error;
  } finally {
    await engine.close();
  }
}

async function shown(drawing: GraphDrawing, format: GraphFormat): Promise<string> {
  switch (format) {
    case "plain":
      return text(plainGraphLines(drawing));
    case "dot":
      return text(dotLines(drawing));
    case "mermaid":
      return text(mermaidLines(drawing));
    case "json":
      return `${JSON.stringify(drawing, null, 2)}\n`;
    case "svg":
      return (await import("../../report/graph-svg.ts")).graphSvg(drawing);
  }
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
