// What is exported from the rooms that others build on has a docstring, which tells the units of its
// numbers and the diagnostics that it throws. Whether it tells them well is left to who reads it.
import { docstringOf, exportsOf, isFunction, lineOf } from "./sources.js";
import { throwingFunctions } from "./throws.js";

const rooms = /^(engine|docker|registry|store)\//;

/** Names of numbers that leave open what they count; `bytes`, `seconds` and `count` say it. */
const vague =
  /^(size|limit|timeout|duration|delay|age|wait|elapsed|took|time|interval)$|(Size|Limit|Timeout|Duration|Delay|Age|Elapsed|Time|Interval)$/;
const unit = /\b(bytes?|(nano|micro|milli)?seconds?|ms|s|minutes?|hours?|days?)\b/i;

export function docstrings(sources) {
  const documented = sources.filter(({ file }) => rooms.test(file));
  const exported = documented.flatMap(exportedBy);
  const functions = exported.filter(({ node }) => isFunction(node));
  const methods = documented.flatMap(publicMethodsOf);
  const throwing = throwingFunctions(sources);
  const findings = [
    ...functions.filter(({ doc }) => doc === "").map(tell("has no docstring")),
    ...[...exported, ...methods]
      .filter(({ node, doc }) => throwing.has(node) && !doc.includes("@throws"))
      .map(tell("throws a diagnostic, and its docstring has no @throws")),
    ...documented
      .flatMap(numbersOf)
      .filter(({ doc }) => !unit.test(doc))
      .map(tell("is a number, and its docstring has no unit")),
  ];
  return { findings, figures: `docstrings of ${functions.length} exported functions` };
}

const tell =
  (what) =>
  ({ file, node, name }) => ({ file, line: lineOf(node), what: `\`${name}\` ${what}` });

function exportedBy(source) {
  const { file } = source;
  return exportsOf(source).map(({ name, node, outer }) => {
    return { file, name, node, doc: docstringOf(outer) };
  });
}

/**
 * Methods of exported classes. A class is told by the sentence that its file opens with, and methods by
 * their interfaces and names; only what they throw must be said.
 */
function publicMethodsOf(source) {
  const { file } = source;
  return exportedBy(source).flatMap(({ name, node: { type, body } }) =>
    (type === "ClassDeclaration" ? body.body : [])
      .filter((node) => node.type === "ClassMethod" && isFunction(node))
      .map((node) => {
        return { file, name: `${name}.${node.key.name}`, node, doc: docstringOf(node) };
      }),
  );
}

/** Numbers among the parameters of exported functions and the members of exported interfaces. */
function numbersOf(source) {
  const { file, program } = source;
  const parameters = exportedBy(source).flatMap(({ name, node, doc }) =>
    (node.params ?? [])
      .filter((each) => isVague(each.name, each))
      .map((each) => ({ file, node: each, name: `${name}(${each.name})`, doc })),
  );
  const members = program.body.flatMap(({ declaration }) => {
    if (declaration?.type !== "TSInterfaceDeclaration") return [];
    return declaration.body.body
      .filter((node) => isVague(node.key?.name, node))
      .map((node) => {
        const name = `${declaration.id.name}.${node.key.name}`;
        return { file, node, name, doc: docstringOf(node) };
      });
  });
  return [...parameters, ...members];
}

const isVague = (name, { typeAnnotation }) =>
  vague.test(name) && typeAnnotation?.typeAnnotation?.type === "TSNumberKeyword";
