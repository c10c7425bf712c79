// Reads and parses the sources, each once, and walks their syntax. Judges nothing.
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "@babel/parser";

/** @returns for each file its path below the folder, its text, lines and syntax */
export function readSources(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.tsx?$/.test(file));
  return files.sort().map((file) => {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    const { program } = parse(text, { sourceType: "module", plugins: pluginsOf(file) });
    return { file, text, lines: text.trimEnd().split("\n"), program };
  });
}

const pluginsOf = (file) => ["typescript", ...(file.endsWith("x") ? ["jsx"] : [])];

/** Calls `visit` for a node and, unless that returns false, for all nodes in it. */
export function walk(node, visit) {
  if (visit(node) === false) return;
  for (const child of childrenOf(node)) walk(child, visit);
}

export function childrenOf(node) {
  const found = [];
  for (const [key, value] of Object.entries(node)) {
    if (key.endsWith("Comments") || key === "loc") continue;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type === "string") found.push(each);
    }
  }
  return found;
}

/** Whether the node is a function with a body. */
export const isFunction = ({ type, body }) =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|ClassPrivateMethod|ObjectMethod)$/.test(
    type,
  ) && body != null;

/** @returns the functions and classes that a file exports by name: `name`, `node`, and `outer`, which has the comments */
export function exportsOf({ program }) {
  return program.body.flatMap((outer) => {
    if (outer.type !== "ExportNamedDeclaration" || !outer.declaration) return [];
    return declared(outer.declaration).map((each) => ({ ...each, outer }));
  });
}

/** What a declaration declares: functions, classes, and constants that hold a function. */
export function declared(node) {
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
    return [{ name: node.id.name, node }];
  }
  if (node.type !== "VariableDeclaration") return [];
  return node.declarations.flatMap(({ id, init }) =>
    init && isFunction(init) ? [{ name: id.name, node: init }] : [],
  );
}

/** The docstring of a node: the last comment before it, when it is one; else nothing. */
export function docstringOf({ leadingComments = [] }) {
  const last = leadingComments.at(-1);
  return last?.type === "CommentBlock" && last.value.startsWith("*") ? last.value : "";
}

export const lineOf = (node) => node.loc.start.line;
