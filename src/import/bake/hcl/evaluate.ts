/** Works out what an expression of HCL stands for, by the names that are known. Which names those are is told by others. */
import { functionOf } from "./functions.ts";
import type { Expression } from "./syntax.ts";
import { isList, isObject, marksIn, NoValue, textOf, type Value } from "./value.ts";

/** A function that a bake file declares. */
export interface OwnFunction {
  readonly parameters: readonly string[];
  /** Takes all that is left. */
  readonly rest?: string;
  readonly result: Expression;
}

export interface Scope {
  /** Undefined where nothing has the name. */
  readonly lookup: (name: string) => Value | undefined;
  readonly functions: ReadonlyMap<string, OwnFunction>;
  /** Is given the names whose marks decided something. */
  readonly decided: Set<string>;
}

/** @throws NoValue */
export function evaluate(expression: Expression, scope: Scope): Value {
  const of = (inner: Expression): Value => evaluate(inner, scope);
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "template":
      return expression.parts
        .map((part) => (typeof part === "string" ? part : textOf(of(part) ?? "")))
        .join("");
    case "list":
      return expression.items.map(of);
    case "object":
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [textOf(of(key)), of(value)]),
      );
    case "name":
      return named(expression, scope);
    case "index":
      return member(of(expression.of), of(expression.key), scope);
    case "splat":
      return splat(expression, scope);
    case "call":
      return call(expression, scope);
    case "not":
      return !isTrue(of(expression.of), scope);
    case "negative":
      return -Number(of(expression.of));
    case "binary":
      return binary(expression, scope);
    case "choice":
      return isTrue(of(expression.condition), scope) ? of(expression.yes) : of(expression.no);
    case "for":
      return each(expression, scope);
  }
}

type Of<K extends Expression["kind"]> = Extract<Expression, { readonly kind: K }>;

function named(expression: Of<"name">, { lookup }: Scope): Value {
  const value = lookup(expression.name);
  if (value !== undefined) return value;
  throw new NoValue(`\`${expression.name}\` is not known`);
}

function decide(values: readonly Value[], { decided }: Scope): void {
  for (const name of values.flatMap(marksIn)) decided.add(name);
}

function isTrue(value: Value, scope: Scope): boolean {
  decide([value], scope);
  return value === true || value === "true";
}

function member(of: Value, key: Value, scope: Scope): Value {
  decide([key], scope);
  const found = isList(of) ? of[Number(key)] : isObject(of) ? of[String(key)] : undefined;
  if (found !== undefined) return found;
  throw new NoValue(`there is no \`${String(key)}\` in it`);
}

function splat({ of, keys }: Of<"splat">, scope: Scope): Value {
  const value = evaluate(of, scope);
  const items = isList(value) ? value : value === null ? [] : [value];
  return items.map((item) =>
    keys.reduce<Value>((found, key) => member(found, evaluate(key, scope), scope), item),
  );
}

function call(expression: Of<"call">, scope: Scope): Value {
  const given = expression.args.map((arg) => evaluate(arg, scope));
  const last = given.at(-1);
  const args =
    expression.spread && last !== undefined && isList(last)
      ? [...given.slice(0, -1), ...last]
      : given;
  const own = scope.functions.get(expression.name);
  if (own !== undefined) return callOwn(own, args, scope);
  const known = functionOf(expression.name);
  if (known === undefined) throw new NoValue(`function \`${expression.name}\` is not known`);
  if (!known.keeps) decide(args, scope);
  return known.call(args);
}

function callOwn(own: OwnFunction, args: readonly Value[], scope: Scope): Value {
  const values = new Map<string, Value>(own.parameters.map((name, at) => [name, args[at] ?? null]));
  if (own.rest !== undefined) values.set(own.rest, args.slice(own.parameters.length));
  return evaluate(own.result, within(scope, values));
}

const within = (scope: Scope, values: ReadonlyMap<string, Value>): Scope => ({
  ...scope,
  lookup: (name) => (values.has(name) ? values.get(name) : scope.lookup(name)),
});

function binary({ operator, left, right }: Of<"binary">, scope: Scope): Value {
  const one = evaluate(left, scope);
  if (operator === "&&") return isTrue(one, scope) && isTrue(evaluate(right, scope), scope);
  if (operator === "||") return isTrue(one, scope) || isTrue(evaluate(right, scope), scope);
  const other = evaluate(right, scope);
  decide([one, other], scope);
  switch (operator) {
    case "==":
      return JSON.stringify(one) === JSON.stringify(other);
    case "!=":
      return JSON.stringify(one) !== JSON.stringify(other);
    default:
      return arithmetic[operator](Number(one), Number(other));
  }
}

const arithmetic = {
  "+": (one: number, other: number) => one + other,
  "-": (one: number, other: number) => one - other,
  "*": (one: number, other: number) => one * other,
  "/": (one: number, other: number) => one / other,
  "%": (one: number, other: number) => one % other,
  "<": (one: number, other: number) => one < other,
  "<=": (one: number, other: number) => one <= other,
  ">": (one: number, other: number) => one > other,
  ">=": (one: number, other: number) => one >= other,
};

function each(expression: Of<"for">, scope: Scope): Value {
  const of = evaluate(expression.of, scope);
  const pairs: readonly (readonly [Value, Value])[] = isList(of)
    ? of.map((value, at) => [at, value])
    : isObject(of)
      ? Object.entries(of)
      : [];
  const [first = "", second] = expression.names;
  const scopes = pairs
    .map(([key, value]) =>
      within(
        scope,
        new Map(
          second === undefined
            ? [[first, value]]
            : [
                [first, key],
                [second, value],
              ],
        ),
      ),
    )
    .filter(
      (inner) => !expression.condition || isTrue(evaluate(expression.condition, inner), inner),
    );
  const { key, value } = expression;
  if (key === undefined) return scopes.map((inner) => evaluate(value, inner));
  return Object.fromEntries(
    scopes.map((inner) => [textOf(evaluate(key, inner)), evaluate(value, inner)]),
  );
}
