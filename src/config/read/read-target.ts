/** Reads one target: its common keys, its rule and its alternatives. Leaves the values of keys to `read-field`. */
import type { Location } from "../../model/diagnostic.ts";
import { type Field, optional } from "../../rules/fields.ts";
import type { Axis, DeclaredField, TargetDeclaration } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type Entry, type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { checkBodyKeys, checkRunKeys, ruleOf, runKeys } from "./body-keys.ts";
import { Account, readCommon } from "./read-common.ts";
import { readField } from "./read-field.ts";
import { readManaged } from "./read-managed.ts";
import { readHelp } from "./read-parameters.ts";
import { readReferences } from "./read-reference.ts";
import { checkKeys, type Kind, placeOf, type Reader, wrong } from "./reader.ts";

const commonKeys = ["help", "managed", "needs", "after", "with", "matrix", ...runKeys];
const alternativeKeys = ["unless", "managed", "needs", "after", "with", ...runKeys];

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
  const kind = ruleOf(reader, node, subject.what);
  checkBodyKeys(reader, node, subject.keys, kind);
  const account = new Account();
  account.add(listsOf(subject.axes), false);
  checkRunKeys(reader, node, kind);
  const fields = kind ? readFields(reader, node, { kind, subject, account }) : {};
  const common = readCommon(reader, node, account);
  const help = readHelp(reader, node);
  const managed = readManaged(reader, node, kind);
  const unless = readUnless(reader, node, account);
  return {
    name: subject.name,
    folder: reader.scope.folder,
    ...(help !== undefined && { help }),
    ...(managed && { managed }),
    ...unless,
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

/** A field, so that editors are told of it as of the others. */
export const unlessField = optional("flag", "Where `true`, this alternative is passed over", {
  counts: false,
});

/** That only an alternative has it is known by its keys. */
function readUnless(
  reader: Reader,
  node: MapNode,
  account: Account,
): Pick<TargetDeclaration, "unless"> {
  const value = valueAt(node, "unless");
  const unless = value && readField(reader, value, "unless", unlessField);
  if (!unless) return {};
  account.add(unless.uses, false);
  return { unless: unless as DeclaredField<"flag"> };
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
  checkKeys(reader, node, ["target", "unless"], "an alternative with `target`");
  const needs = readReferences(reader, target, "`target`");
  if (needs === undefined) return undefined;
  const account = new Account();
  account.add(reader.uses, true);
  account.add(listsOf(axes), false);
  const unless = readUnless(reader, node, account);
  return {
    name: "",
    folder: reader.scope.folder,
    fields: {},
    axes,
    needs,
    after: [],
    with: [],
    titleOf: "target",
    ...unless,
    uses: [...account.uses],
    counted: [...account.counted],
    edges: [...reader.edges],
    declaredAt,
    places: { target: placeOf(reader, target) },
  };
}
