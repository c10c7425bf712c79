/** A badge: the last outcome of a branch as a small picture. */
import { element } from "../../report/xml.ts";
import type { RunState } from "../records/run.ts";

const shown: Readonly<Record<"passed" | "failed" | "cancelled" | "unknown", readonly string[]>> = {
  passed: ["passed", "#2b7a2b"],
  failed: ["failed", "#b3261e"],
  cancelled: ["cancelled", "#5f6368"],
  unknown: ["unknown", "#5f6368"],
};

export function badgeSvg(label: string, state: RunState | undefined): string {
  const known = state === "passed" || state === "failed" || state === "cancelled";
  const [word = "", colour = ""] = shown[known ? state : "unknown"];
  const [left, right] = [widthOf(label), widthOf(word)];
  const text = (words: string, x: number, width: number) =>
    element("text", { x, y: 14, "text-anchor": "middle", textLength: width - 12 }, words);
  const children = [
    element("title", {}, `${label}: ${word}`),
    element("rect", { width: left + right, height: 20, rx: 3, fill: colour }),
    element("path", { d: `M3 0h${left - 3}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z`, fill: "#3c4043" }),
    element("g", { fill: "#fff", "font-family": "Verdana,sans-serif", "font-size": 11 }, [
      text(label, left / 2, left),
      text(word, left + right / 2, right),
    ]),
  ];
  const size = { width: left + right, height: 20, role: "img", "aria-label": `${label}: ${word}` };
  return element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, children);
}

/** Letters are stretched to fit, so a guess will do. */
const widthOf = (text: string): number => Math.round([...text].length * 6.6) + 12;
