// Runs of equal lines that stand in two places. Lines count without their indentation; blank ones,
// imports, and lines of nothing but closing brackets do not count and do not end a run.
import { lineOf } from "./sources.js";

const most = 7;

export function repeats(sources) {
  const files = sources.map((source) => ({ file: source.file, lines: countedLines(source) }));
  const total = files.reduce((sum, { lines }) => sum + lines.length, 0);
  return { findings: found(files), figures: `no ${most + 1} equal lines twice in ${total}` };
}

/** @returns `text` and the number `at` of each line that counts */
function countedLines({ lines, program }) {
  const imported = new Set();
  for (const node of program.body) {
    if (!node.source) continue;
    for (let at = lineOf(node); at <= node.loc.end.line; at++) imported.add(at);
  }
  return lines
    .map((line, index) => ({ text: line.trim(), at: index + 1 }))
    .filter(({ text, at }) => !imported.has(at) && !/^[\])}>;,]*$/.test(text));
}

/** A run is told where it stands for the second time, once for all its lines. */
function found(files) {
  const first = new Map();
  const findings = [];
  for (const { file, lines } of files) {
    let toldUntil = 0;
    for (let at = 0; at + most < lines.length; at++) {
      const run = lines.slice(at, at + most + 1).map(({ text }) => text);
      const place = `${file}:${lines[at].at}`;
      const other = first.get(run.join("\n"));
      if (other === undefined) first.set(run.join("\n"), place);
      else if (at >= toldUntil) {
        const what = `repeats what stands at src/${other} (at most ${most} lines)`;
        findings.push({ file, line: lines[at].at, what });
      }
      if (other !== undefined) toldUntil = at + most + 1;
    }
  }
  return findings;
}
