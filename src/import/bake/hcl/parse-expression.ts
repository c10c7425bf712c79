/** Reads an expression of HCL: values, names, operators, calls, `for`. Texts are read by `parse-template.ts`. */
import type { Cursor } from "./cursor.ts";
import { parseHeredoc, parseQuoted } from "./parse-template.ts";
import type { Expression, Operator } from "./syntax.ts";

export function parseExpression(cursor: Cursor): Expression {
  const condition = parseBinary(cursor, 0);
  if (!cursor.take("?")) return condition;
  const yes = parseExpression(cursor);
  cursor.expect(":");
  const no = parseExpression(cursor);
  return { kind: "choice", condition, yes, no, start: condition.start, end: no.end };
}

/** From those that bind least. */
const operators: readonly (readonly Operator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/", "%"],
];

function parseBinary(cursor: Cursor, level: number): Expression {
  const known = operators[level];
  if (known === undefined) return parseUnary(cursor);
  let left = parseBinary(cursor, level + 1);
  for (;;) {
    const operator = known.find((candidate) => cursor.take(candidate));
    if (operator === undefined) return left;
    const right = parseBinary(cursor, level + 1);
    left = { kind: "binary", operator, left, right, start: left.start, end: right.end };
  }
}

function parseUnary(cursor: Cursor): Expression {
  cursor.skip();
  const start = cursor.at;
  if (cursor.startsWith("!=")) throw cursor.unexpected("a value");
  const kind = cursor.take("!") ? "not" : cursor.take("-") ? "negative" : undefined;
  if (kind === undefined) return parsePostfix(cursor);
  const of = parseUnary(cursor);
  return { kind, of, start, end: of.end };
}

/** `.name`, `.0`, `[key]`, `[*]` and `.*` behind a value. */
function parsePostfix(cursor: Cursor): Expression {
  let of = parsePrimary(cursor);
  for (;;) {
    const { start } = of;
    if (cursor.match(/\.\*|\[\*\]/y) !== undefined) {
      const keys: Expression[] = [];
      for (let key = parseKey(cursor); key !== undefined; key = parseKey(cursor)) keys.push(key);
      of = { kind: "splat", of, keys, start, end: cursor.at };
      continue;
    }
    const key = parseKey(cursor);
    if (key === undefined) return of;
    of = { kind: "index", of, key, start, end: cursor.at };
  }
}

function parseKey(cursor: Cursor): Expression | undefined {
  const start = cursor.at;
  const word = cursor.match(/\.(?:[\p{L}_][\p{L}\p{N}_-]*|\d+)/uy)?.slice(1);
  if (word !== undefined) {
    const value = /^\d/.test(word) ? Number(word) : word;
    return { kind: "value", value, start, end: cursor.at };
  }
  if (!cursor.startsWith("[")) return undefined;
  return inside(cursor, "[", "]", () => parseExpression(cursor));
}

function parsePrimary(cursor: Cursor): Expression {
  cursor.skip();
  const start = cursor.at;
  if (cursor.startsWith('"')) return parseQuoted(cursor, parseExpression);
  if (cursor.startsWith("<<")) return parseHeredoc(cursor, parseExpression);
  if (cursor.startsWith("(")) return inside(cursor, "(", ")", () => parseExpression(cursor));
  if (cursor.startsWith("["))
    return { ...inside(cursor, "[", "]", () => parseList(cursor, start)), end: cursor.at };
  if (cursor.startsWith("{"))
    return { ...inside(cursor, "{", "}", () => parseObject(cursor, start)), end: cursor.at };
  const number = cursor.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined) return { kind: "value", value: Number(number), start, end: cursor.at };
  const name = cursor.name();
  if (name === undefined) throw cursor.unexpected("a value");
  if (cursor.match(/\(/y) !== undefined) return parseCall(cursor, name, start);
  const span = { start, end: cursor.at };
  if (name === "true" || name === "false")
    return { kind: "value", value: name === "true", ...span };
  return name === "null"
    ? { kind: "value", value: null, ...span }
    : { kind: "name", name, ...span };
}

function inside<T>(cursor: Cursor, open: string, close: string, read: () => T): T {
  cursor.expect(open);
  cursor.depth++;
  const value = read();
  cursor.expect(close);
  cursor.depth--;
  return value;
}

function parseCall(cursor: Cursor, name: string, start: number): Expression {
  cursor.depth++;
  const args: Expression[] = [];
  let spread = false;
  while (!cursor.take(")")) {
    args.push(parseExpression(cursor));
    spread = cursor.take("...");
    if (cursor.take(",")) continue;
    cursor.expect(")");
    break;
  }
  cursor.depth--;
  return { kind: "call", name, args, spread, start, end: cursor.at };
}

function parseList(cursor: Cursor, start: number): Expression {
  if (takeWord(cursor, "for")) return parseFor(cursor, start, false);
  const items: Expression[] = [];
  cursor.skip();
  while (!cursor.startsWith("]")) {
    items.push(parseExpression(cursor));
    if (!cursor.take(",")) break;
    cursor.skip();
  }
  return { kind: "list", items, start, end: cursor.at };
}

function parseObject(cursor: Cursor, start: number): Expression {
  if (takeWord(cursor, "for")) return parseFor(cursor, start, true);
  const entries: [Expression, Expression][] = [];
  cursor.skip();
  while (!cursor.startsWith("}")) {
    const key = asKey(parseExpression(cursor));
    if (!cursor.take("=")) cursor.expect(":");
    entries.push([key, parseExpression(cursor)]);
    cursor.take(",");
    cursor.skip();
  }
  return { kind: "object", entries, start, end: cursor.at };
}

/** A bare name before `=` is a text. */
const asKey = (key: Expression): Expression =>
  key.kind === "name" ? { kind: "value", value: key.name, start: key.start, end: key.end } : key;

function parseFor(cursor: Cursor, start: number, isObject: boolean): Expression {
  const names: string[] = [];
  do names.push(cursor.name() ?? "");
  while (cursor.take(","));
  if (!takeWord(cursor, "in")) throw cursor.unexpected("`in`");
  const of = parseExpression(cursor);
  cursor.expect(":");
  const first = parseExpression(cursor);
  const second = isObject && cursor.take("=>") ? parseExpression(cursor) : undefined;
  if (isObject && second === undefined) throw cursor.unexpected("`=>`");
  cursor.take("...");
  const condition = takeWord(cursor, "if") ? parseExpression(cursor) : undefined;
  return {
    kind: "for",
    names,
    of,
    ...(second !== undefined && { key: first }),
    value: second ?? first,
    ...(condition !== undefined && { condition }),
    start,
    end: cursor.at,
  };
}

function takeWord(cursor: Cursor, word: string): boolean {
  cursor.skip();
  return cursor.match(new RegExp(`${word}(?![\\w-])`, "y")) !== undefined;
}
