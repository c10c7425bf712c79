/** Graphs as text: for people, for Graphviz, for Mermaid. */
import type { DrawnEdge, GraphDrawing } from "../model/graph-drawing.ts";

/** `images[lb]: base, contrail-repo (service)`, one line a target. */
export function plainGraphLines({ targets, edges }: GraphDrawing): readonly string[] {
  return targets.map(({ name }) => {
    const needs = edges.filter(({ from }) => from === name).map(shownEdge);
    return needs.length > 0 ? `${name}: ${needs.join(", ")}` : name;
  });
}

const shownEdge = ({ to, kind }: DrawnEdge): string =>
  kind === "dependency" ? to : `${to} (${kind})`;

const styles: Record<DrawnEdge["kind"], string> = {
  dependency: "solid",
  "order-only": "dotted",
  service: "bold",
  alternative: "dashed",
};

/** The DOT language of Graphviz. */
export function dotLines({ targets, edges }: GraphDrawing): readonly string[] {
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return [
    "digraph tbuild {",
    "  rankdir=LR;",
    "  node [shape=box];",
    ...targets.map(({ name, title, rule }) => {
      const label = title === name ? name : `${name}\\n${title}`;
      const shape = rule === "group" ? ", style=rounded" : "";
      return `  ${quoted(name)} [label=${quoted(label).replaceAll("\\\\n", "\\n")}${shape}];`;
    }),
    ...edges.map(
      ({ from, to, kind }) => `  ${quoted(from)} -> ${quoted(to)} [style=${styles[kind]}];`,
    ),
    "}",
  ];
}

const arrows: Record<DrawnEdge["kind"], string> = {
  dependency: "-->",
  "order-only": "-.->",
  service: "==>",
  alternative: "-.->|or|",
};

/** A Mermaid flowchart; its ids are plain, since names may hold brackets. */
export function mermaidLines({ targets, edges }: GraphDrawing): readonly string[] {
  const ids = new Map(targets.map(({ name }, index) => [name, `t${index}`]));
  const label = (text: string): string => `"${text.replaceAll('"', "#quot;")}"`;
  return [
    "flowchart LR",
    ...targets.map(({ name, title }) => `  ${ids.get(name)}[${label(title)}]`),
    ...edges.map(({ from, to, kind }) => `  ${ids.get(from)} ${arrows[kind]} ${ids.get(to)}`),
  ];
}
