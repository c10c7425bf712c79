// Which functions throw diagnostics: those that do it themselves, and those that call one of them by
// its name and do not catch it. Calls of methods of other objects are not followed.
import { posix as path } from "node:path";
import { childrenOf, declared, isFunction, walk } from "./sources.js";

/** @returns the nodes of the functions and methods */
export function throwingFunctions(sources) {
  const functions = sources.flatMap(functionsOf);
  const byName = new Map(functions.map((each) => [`${each.file} ${each.name}`, each]));
  const throwing = new Set(functions.filter(({ node }) => throwsItself(node)));
  const callers = new Map();
  for (const each of functions) {
    for (const name of calledBy(each.node)) {
      const called = byName.get(placeOf(each, name));
      if (called) callers.set(called, [...(callers.get(called) ?? []), each]);
    }
  }
  // It grows while it is walked.
  for (const each of throwing) for (const caller of callers.get(each) ?? []) throwing.add(caller);
  return new Set([...throwing].map(({ node }) => node));
}

/** Functions at the top of a file, and methods as `Class.method`; `imported` says where other names are from. */
function functionsOf({ file, program }) {
  const imported = new Map(program.body.flatMap((node) => importedNames(file, node)));
  return program.body.flatMap((statement) =>
    declared(statement.declaration ?? statement).flatMap(({ name, node }) => {
      if (node.type !== "ClassDeclaration") return [{ file, name, node, imported }];
      return node.body.body
        .filter(({ type }) => /^Class(Private)?Method$/.test(type))
        .map((method) => ({
          file,
          name: `${name}.${keyOf(method.key)}`,
          owner: name,
          node: method,
          imported,
        }));
    }),
  );
}

const keyOf = (key) => (key.type === "PrivateName" ? `#${key.id.name}` : key.name);

function importedNames(file, { type, source, specifiers }) {
  if (type !== "ImportDeclaration" || !source.value.startsWith(".")) return [];
  const from = path.join(path.dirname(file), source.value);
  return specifiers.map(({ local, imported }) => [local.name, `${from} ${imported?.name}`]);
}

function placeOf({ file, owner, imported }, name) {
  if (name.startsWith("this.")) return `${file} ${owner}.${name.slice("this.".length)}`;
  return imported.get(name) ?? `${file} ${name}`;
}

/** Bugs are thrown as plain errors, and what was caught is passed on by its name. */
function throwsItself(node) {
  let found = false;
  walkUncaught(node, ({ type, argument }) => {
    if (type !== "ThrowStatement") return;
    walk(argument, (part) => {
      if (part.type === "NewExpression" && part.callee.name !== "DiagnosticError") return false;
      const maker = part.type === "CallExpression" || part.type === "NewExpression";
      if (maker && part.callee.name !== "abortError") found = true;
      return !maker;
    });
  });
  return found;
}

function calledBy(node) {
  const names = new Set();
  walkUncaught(node, ({ type, callee }) => {
    if (type !== "CallExpression") return;
    if (callee.type === "Identifier") names.add(callee.name);
    if (callee.object?.type === "ThisExpression") names.add(`this.${keyOf(callee.property)}`);
  });
  return names;
}

/**
 * What runs when the function does, and is not caught in it: not the block of a `try` with a `catch`, not what
 * has a `.catch()`, and of functions in it only those that are handed to a call whose outcome is used.
 */
function walkUncaught(node, visit, isUsed = true) {
  visit(node);
  const left = leftOut(node);
  for (const child of childrenOf(node)) {
    const handedOver = node.arguments?.includes(child) && isUsed;
    if (left.includes(child) || (isFunction(child) && !handedOver)) continue;
    walkUncaught(child, visit, node.type !== "ExpressionStatement");
  }
}

function leftOut({ type, handler, block, callee }) {
  if (type === "TryStatement" && handler) return [block];
  return type === "CallExpression" && callee.property?.name === "catch" ? [callee] : [];
}
