import type { GraphDrawing } from "../../src/model/graph-drawing.ts";
import { graphSvg } from "../../src/report/graph-svg.ts";
import { dotLines, mermaidLines, plainGraphLines } from "../../src/report/graph-text.ts";

const drawing: GraphDrawing = {
  targets: [
    { name: "all", title: "all", rule: "group", state: "stale" },
    { name: "web[a]", title: "web[a]", rule: "image", state: "stale", seconds: 4.2 },
    { name: "base#1", title: 'pull "x"', rule: "pull", state: "not-taken" },
  ],
  edges: [
    { from: "all", to: "web[a]", kind: "dependency" },
    { from: "web[a]", to: "base#1", kind: "alternative" },
  ],
};

test("plain text has a line for each target, with how it depends", () => {
  expect(plainGraphLines(drawing)).toEqual([
    "all: web[a]",
    "web[a]: base#1 (alternative)",
    "base#1",
  ]);
});

test("DOT quotes names, and draws alternatives dashed", () => {
  expect(dotLines(drawing)).toEqual([
    "digraph tbuild {",
    "  rankdir=LR;",
    "  node [shape=box];",
    '  "all" [label="all", style=rounded];',
    '  "web[a]" [label="web[a]"];',
    '  "base#1" [label="base#1\\npull \\"x\\""];',
    '  "all" -> "web[a]" [style=solid];',
    '  "web[a]" -> "base#1" [style=dashed];',
    "}",
  ]);
});

test("Mermaid gets plain ids, and names as labels", () => {
  expect(mermaidLines(drawing)).toEqual([
    "flowchart LR",
    '  t0["all"]',
    '  t1["web[a]"]',
    '  t2["pull #quot;x#quot;"]',
    "  t0 --> t1",
    "  t1 -.->|or| t2",
  ]);
});

test("the picture holds every target with its seconds, and every edge once", () => {
  const svg = graphSvg(drawing);
  expect(svg.match(/<rect x=/g)).toHaveLength(3);
  expect(svg.match(/<path /g)).toHaveLength(2);
  expect(svg).toContain("web[a]  4.2 s");
  expect(svg).toContain('pull "x"');
});
