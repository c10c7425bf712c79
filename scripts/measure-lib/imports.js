// Imports of the sources, static and lazy, of types too: they point down, and in no circle.
import { posix as path } from "node:path";
import { lineOf, walk } from "./sources.js";

/** What each room may import from, besides itself. */
const below = {
  "main.ts": ["cli", "config", "engine", "docker", "report", "model"],
  cli: [
    "server",
    "import",
    "config",
    "watch",
    "engine",
    "rules",
    "pins",
    "images",
    "docker",
    "registry",
    "net",
    "report",
    "model",
  ],
  import: ["config", "rules", "model"],
  // For browsers: of the server it needs types only, and its own check of types has no Node to give.
  page: ["server", "model"],
  server: ["config", "engine", "rules", "store", "files", "net", "report", "model"],
  config: ["rules", "files", "model"],
  watch: ["engine", "files", "model"],
  engine: ["rules", "cache", "pins", "docker", "store", "files", "net", "model"],
  rules: ["images", "docker", "registry", "store", "files", "net", "model"],
  cache: ["images", "docker", "registry", "store", "files", "net", "model"],
  pins: ["store", "model"],
  images: ["docker", "store", "files", "model"],
  docker: ["model"],
  registry: ["net", "model"],
  store: ["files", "model"],
  files: ["model"],
  net: [],
  report: ["model"],
  model: [],
};

export function imports(sources) {
  const found = sources.flatMap(importsOf);
  const findings = [
    ...strange(sources),
    ...upward(found),
    ...across(found),
    ...circles(sources, found),
  ];
  return { findings, figures: `${sources.length} files, ${found.length} imports, none upward` };
}

/** @returns `file` with the `line` of each import `to` another source file */
function importsOf({ file, program }) {
  const found = [];
  walk(program, (node) => {
    const from = node.source ?? node.argument;
    if (!/^(Import|Export.*|TSImportType)/.test(node.type) || from?.type !== "StringLiteral") {
      // A lazy import is a call in Babel's syntax.
      if (node.type !== "CallExpression" || node.callee.type !== "Import") return;
    }
    const name = (from ?? node.arguments[0]).value;
    if (name?.startsWith(".")) {
      found.push({ file, line: lineOf(node), to: path.join(path.dirname(file), name) });
    }
  });
  return found;
}

const roomOf = (file) => file.split("/")[0];

function strange(sources) {
  return sources
    .filter(({ file }) => !below[roomOf(file)])
    .map(({ file }) => ({ file, line: 1, what: "lies in a folder that imports.js does not know" }));
}

function upward(found) {
  return found
    .filter(({ file, to }) => roomOf(file) !== roomOf(to))
    .filter(({ file, to }) => !below[roomOf(file)]?.includes(roomOf(to)))
    .map(({ file, line, to }) => ({ file, line, what: `imports ${to}, which is not below it` }));
}

/** A kind of rule knows nothing of another: `rules/push/push.ts` is of `push`, a file right in `rules/` of all. */
function across(found) {
  const kindOf = (file) => /^rules\/([^/]+)\//.exec(file)?.[1];
  return (
    found
      .filter(({ file, to }) => kindOf(file) && kindOf(to) && kindOf(file) !== kindOf(to))
      // How commands are started is no kind.
      .filter(({ to }) => kindOf(to) !== "commands")
      .map(({ file, line, to }) => ({ file, line, what: `imports ${to}, of another kind of rule` }))
  );
}

/** Each circle once: where the walk from the first file by name closes it. */
function circles(sources, found) {
  const next = groupByFile(found);
  const circles = [];
  const done = new Set();
  const visit = (file, trail) => {
    for (const { line, to } of next.get(file) ?? []) {
      const at = [...trail, file].indexOf(to);
      const circle = [...trail, file].slice(at);
      if (at >= 0)
        circles.push({ file, line, what: `closes a circle: ${[...circle, to].join(" -> ")}` });
      else if (!done.has(to)) visit(to, [...trail, file]);
    }
    done.add(file);
  };
  for (const { file } of sources) if (!done.has(file)) visit(file, []);
  return circles;
}

function groupByFile(found) {
  const groups = new Map();
  for (const each of found) groups.set(each.file, [...(groups.get(each.file) ?? []), each]);
  return groups;
}
