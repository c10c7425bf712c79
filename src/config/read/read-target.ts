/** Reads one target: its common keys, its rule and its alternatives. Leaves the values of keys to `read-field`. */
import type { Location } from "../../model/diagnostic.ts";
import type { Field } from "../../rules/fields.ts";
import type { Axis, DeclaredField, TargetDeclaration } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type Entry, type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { Account, readCommon } from "./read-common.ts";
import { readField } from "./read-field.ts";
import { readManaged } from "./read-managed.ts";
import { readHelp } from "./read-parameters.ts";
import { readReferences } from "./read-reference.ts";
import { checkKeys, type Kind, placeOf, type Reader, suggest, wrong } from "./reader.ts";

/** How it is run: only for what runs. */
const runKeys = ["timeout", "retries", "pool"];
const commonKeys = ["help", "managed", "needs", "after", "with", "matrix", ...runKeys];
const alternativeKeys = ["managed", "needs", "after", "with", ...runKeys];

export interface NamedTarget {
  /** Full name. */
  readonly name: string;
  readonly entry: Entry;
  readonly axes: readonly Axis[];
}

/** A target of the file, or undefined where it is no mapping. */
export function readTarget(base: Reader, { name, entry, axes }: NamedTarget) {
  const { value, keyAt } = entry;
  const what = `target \`${name}\``;
  if (value.kind !== "map") return wrong(base, what, "a mapping", value);
  const reader = readerFor(base, axes);
  const declaredAt = placeOf(base, keyAt);
  return readBody(reader, value, { name, what, axes, declaredAt, keys: commonKeys });
}

/** Each target has its own account of what it uses. */
const readerFor = (base: Reader, axes: readonly Axis[]): Reader => ({
  ...base,
  axes,
  uses: new Set(),
  edges: new Set(),
});

interface Subject {
  readonly name: string;
  /** How problems call it. */
  readonly what: string;
  readonly axes: readonly Axis[];
  readonly declaredAt: Location;
  /** The keys that it may have beside those of a rule. */
  readonly keys: readonly string[];
}

function readBody(reader: Reader, node: MapNode, subject: Subject): TargetDeclaration {
  const kind = ruleOf(reader, node, subject);
  checkBodyKeys(reader, node, subject.keys, kind);
  const account = new Account();
  account.add(listsOf(subject.axes), false);
  checkRunKeys(reader, node, kind);
  const fields = kind ? readFields(reader, node, { kind, subject, account }) : {};
  const common = readCommon(reader, node, account);
  const help = readHelp(reader, node);
  const managed = readManaged(reader, node, kind);
  return {
    name: subject.name,
    folder: reader.scope.folder,
    ...(help !== undefined && { help }),
    ...(managed && { managed }),
    ...(kind && { rule: kind.kind }),
    fields,
    axes: subject.axes,
    ...common,
    uses: [...account.uses],
    counted: [...account.counted],
    edges: [...reader.edges],
    declaredAt: subject.declaredAt,
    places: Object.fromEntries(node.entries.map(({ key, keyAt }) => [key, placeOf(reader, keyAt)])),
  };
}

/** Keys of the lists that a matrix takes its values from: each member has its own value, so none counts. */
const listsOf = (axes: readonly Axis[]): readonly string[] =>
  axes.flatMap(({ list }) => (list ? [list.key] : []));

/** The kind whose main key stands in the target. */
function ruleOf(reader: Reader, node: MapNode, { what }: Subject): Kind | undefined {
  const named = node.entries.flatMap((entry) => {
    const kind = reader.kinds.find((each) => each.kind === entry.key);
    return kind ? [{ kind, entry }] : [];
  });
  // A rule may have a key that is called like another rule.
  const rules = named.filter(
    ({ kind }) => !named.some((other) => other.kind !== kind && kind.kind in other.kind.fields),
  );
  const [first, second] = rules;
  if (first !== undefined && second !== undefined) {
    const names = [first.kind.kind, second.kind.kind];
    reader.problems.push(problems.twoRules(what, names, placeOf(reader, second.entry.keyAt)));
  }
  return first?.kind;
}

function checkBodyKeys(
  reader: Reader,
  node: MapNode,
  keys: readonly string[],
  kind: Kind | undefined,
): void {
  const own = [...keys, ...Object.keys(kind?.fields ?? {})];
  for (const { key, keyAt } of node.entries) {
    if (own.includes(key)) continue;
    const owners = reader.kinds.filter((each) => Object.hasOwn(each.fields, key));
    // The main key of a second rule has been reported with both names.
    if (kind && owners.some((owner) => owner.kind === key)) continue;
    const at = placeOf(reader, keyAt);
    if (owners.length > 0) {
      const names = owners.map((owner) => owner.kind);
      reader.problems.push(problems.keyOfOtherRule(key, names, kind?.kind ?? "", at));
      continue;
    }
    const candidates = kind ? own : [...own, ...reader.kinds.map((each) => each.kind)];
    const where = kind ? `\`${kind.kind}\`` : "a target";
    reader.problems.push(problems.unknownKey(where, key, at, suggest(reader, key, candidates)));
  }
}

/** A group and a `first-of` run nothing of their own. */
function checkRunKeys(reader: Reader, node: MapNode, kind: Kind | undefined): void {
  const isFirstOf = kind?.kind === "first-of";
  if (kind !== undefined && !isFirstOf) return;
  for (const { key, keyAt } of node.entries) {
    if (!runKeys.includes(key)) continue;
    reader.problems.push(problems.keyWithoutRule(key, isFirstOf, placeOf(reader, keyAt)));
  }
}

interface FieldsToRead {
  readonly kind: Kind;
  readonly subject: Subject;
  readonly account: Account;
}

function readFields(reader: Reader, node: MapNode, { kind, subject, account }: FieldsToRead) {
  const found: [string, DeclaredField][] = [];
  for (const [key, field] of Object.entries(kind.fields) as [string, Field][]) {
    const value = valueAt(node, key);
    if (value === undefined) {
      if (field.required) {
        reader.problems.push(problems.missingKey(subject.what, key, subject.declaredAt));
      }
      continue;
    }
    const read =
      field.type === "alternatives"
        ? readAlternatives(reader, value, subject)
        : readField(reader, value, key, field);
    if (read === undefined) continue;
    account.add(read.uses, field.counts);
    found.push([key, read]);
  }
  return Object.fromEntries(found);
}

function readAlternatives(
  reader: Reader,
  node: Node,
  { axes }: Subject,
): DeclaredField | undefined {
  if (node.kind !== "list") return wrong(reader, "`first-of`", "a list of alternatives", node);
  if (node.items.length === 0) {
    reader.problems.push(problems.emptyList("`first-of`", placeOf(reader, node)));
    return undefined;
  }
  const value = node.items.flatMap((item) => readAlternative(reader, item, axes) ?? []);
  return { type: "alternatives", value, varies: axes.length > 0, uses: [] };
}

function readAlternative(base: Reader, node: Node, axes: readonly Axis[]) {
  if (node.kind !== "map") return wrong(base, "an alternative", "a mapping", node);
  const reader = readerFor(base, axes);
  const declaredAt = placeOf(base, node);
  const target = valueAt(node, "target");
  if (target !== undefined)
    return readTargetAlternative(reader, node, { target, axes, declaredAt });
  const rule = node.entries.find(({ key }) => reader.kinds.some((kind) => kind.kind === key));
  if (rule === undefined) {
    const kinds = reader.kinds.map((kind) => kind.kind).filter((kind) => kind !== "first-of");
    base.problems.push(problems.noRule(declaredAt, kinds));
    return undefined;
  }
  if (rule.key === "first-of") {
    base.problems.push(problems.nestedAlternatives(placeOf(base, rule.keyAt)));
    return undefined;
  }
  const what = "the alternative";
  return readBody(reader, node, { name: "", what, axes, declaredAt, keys: alternativeKeys });
}

interface TargetAlternative {
  readonly target: Node;
  readonly axes: readonly Axis[];
  readonly declaredAt: Location;
}

/** `{ target: name }`: a group that needs the target. */
function readTargetAlternative(
  reader: Reader,
  node: MapNode,
  { target, axes, declaredAt }: TargetAlternative,
): TargetDeclaration | undefined {
  checkKeys(reader, node, ["target"], "an alternative with `target`");
  const needs = readReferences(reader, target, "`target`");
  if (needs === undefined) return undefined;
  const counted = [...reader.uses];
  return {
    name: "",
    folder: reader.scope.folder,
    fields: {},
    axes,
    needs,
    after: [],
    with: [],
    titleOf: "target",
    uses: [...new Set([...counted, ...listsOf(axes)])],
    counted,
    edges: [...reader.edges],
    declaredAt,
    places: { target: placeOf(reader, target) },
  };
}
