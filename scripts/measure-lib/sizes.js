// How long files and functions are, and how many parameters functions take.
import { isFunction, lineOf, walk } from "./sources.js";

const most = { median: 150, file: 250, function: 60, parameters: 4 };

export function sizes(sources) {
  const lengths = sources.map(({ lines }) => lines.length).sort((a, b) => a - b);
  const functions = sources.flatMap(functionsOf);
  const functionLengths = functions
    .map(({ length }) => length)
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  const findings = [
    ...longMedian(medianOf(lengths)),
    ...sources.flatMap(longFile),
    ...functions.flatMap(judge),
  ];
  const figures = [
    `lines of a file ${spread(lengths)}`,
    `${functionLengths.length} functions, lines of one ${spread(functionLengths)}`,
    `at most ${Math.max(...functions.map(({ parameters }) => parameters))} parameters`,
  ].join("; ");
  return { findings, figures };
}

const medianOf = (sorted) => sorted[Math.floor(sorted.length / 2)];

const spread = (sorted) =>
  `median ${medianOf(sorted)}, nine in ten up to ${sorted[Math.floor(sorted.length * 0.9)]}, longest ${sorted.at(-1)}`;

function longMedian(lines) {
  if (lines <= most.median) return [];
  return [{ file: "", line: 0, what: `the median file has ${lines} lines (${most.median})` }];
}

function longFile({ file, lines }) {
  if (lines.length <= most.file) return [];
  return [{ file, line: 1, what: `has ${lines.length} lines (at most ${most.file})` }];
}

/** All functions, those within others too. Of signatures of types only the parameters count. */
function functionsOf({ file, program }) {
  const found = [];
  walk(program, (node) => {
    const line = lineOf(node);
    if (isFunction(node)) {
      const length = node.loc.end.line - line + 1;
      found.push({ file, line, length, parameters: node.params.length });
    } else if (Array.isArray(node.parameters)) {
      found.push({ file, line, length: 0, parameters: node.parameters.length });
    }
  });
  return found;
}

function judge({ file, line, length, parameters }) {
  const findings = [];
  if (length > most.function) {
    findings.push({ file, line, what: `a function of ${length} lines (at most ${most.function})` });
  }
  if (parameters > most.parameters) {
    findings.push({ file, line, what: `${parameters} parameters (at most ${most.parameters})` });
  }
  return findings;
}
