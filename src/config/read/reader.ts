/** What the readers of a target file share: where they are, what names mean there, and the problems so far. */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import { type ListForm, separatorsOf } from "../../model/list-form.ts";
import { nearest } from "../../model/nearest.ts";
import type { ParameterType } from "../../model/parameter.ts";
import { isSemanticVersion, type SemanticPart } from "../../model/semantic-version.ts";
import type { FieldSet } from "../../rules/fields.ts";
import type { RuleKind } from "../../rules/rule.ts";
import type { Axis, Part } from "../declaration.ts";
import { builtInNames, semanticKey, semanticPartOf } from "../expand/built-ins.ts";
import * as problems from "../problems/problems.ts";
import type { TargetIndex } from "../target-index.ts";
import type { Entry, MapNode, Node, ScalarNode, Span } from "../yaml/node.ts";
import type { Source } from "../yaml/source.ts";
import type { Use } from "./template.ts";

// biome-ignore lint/suspicious/noExplicitAny: a list of kinds with different fields
export type Kinds = readonly RuleKind<any>[];
export type Kind = RuleKind<FieldSet>;

export interface ScopedParameter {
  /** The name for the whole project; of one that an include fixes, `PREFIX/NAME`. */
  readonly key: string;
  readonly type: ParameterType;
  readonly form?: ListForm;
}

/** One target file where it is included: the same file may be included under two names. */
export interface Scope {
  readonly source: Source;
  /** Empty for the root file, else `bundles/`. */
  readonly prefix: string;
  /** Folder of the file, relative to the workspace. */
  readonly folder: string;
  readonly parameters: ReadonlyMap<string, ScopedParameter>;
}

export interface Reader {
  readonly scope: Scope;
  readonly problems: Diagnostic[];
  readonly kinds: readonly Kind[];
  readonly targets: TargetIndex;
  /** Reads `api.short` and the like; what it returns is told there. */
  readonly useCheckout: (reader: Reader, text: string, at: Location) => Part | "wrong" | undefined;
  /** Text of a file of the workspace that a value comes from; undefined where it was reported. */
  readonly readBeside: (path: string, at: Location) => string | undefined;
  /** Matrix keys of the target that is read. */
  readonly axes: readonly Axis[];
  /** Keys of the parameters met so far; whoever wants to know of a part empties it before. */
  readonly uses: Set<string>;
  readonly edges: Set<string>;
  /** Whether a matrix key was met. */
  varies: boolean;
}

export const placeOf = (reader: Pick<Reader, "scope">, span: Span): Location =>
  reader.scope.source.locate(span);

/** Beyond so many problems nobody reads the hints, and they are slow to find. */
const mostHints = 100;

export function suggest(
  reader: Pick<Reader, "problems">,
  name: string,
  candidates: Iterable<string>,
): string | undefined {
  return reader.problems.length < mostHints ? nearest(name, candidates) : undefined;
}

/** Reports a value of a wrong kind; undefined, so that a reader can return it. */
export function wrong(reader: Reader, what: string, wanted: string, found: Node): undefined {
  reader.problems.push(problems.expected(what, wanted, found, placeOf(reader, found)));
  return undefined;
}

/** The entries of a mapping, or none and a problem. */
export function entriesOf(reader: Reader, node: Node, what: string): readonly Entry[] {
  if (node.kind === "map") return node.entries;
  wrong(reader, what, "a mapping", node);
  return [];
}

/** Reports the keys of a mapping that are not among those known. */
export function checkKeys(
  reader: Reader,
  node: MapNode,
  known: readonly string[],
  where: string,
): void {
  for (const { key, keyAt } of node.entries) {
    if (known.includes(key)) continue;
    const near = suggest(reader, key, known);
    reader.problems.push(problems.unknownKey(where, key, placeOf(reader, keyAt), near));
  }
}

/** What the names in a text stand for; reports those that stand for nothing. */
export function useIn(reader: Reader, node: ScalarNode): Use {
  return (name, nth) => {
    const at = placeOf(reader, placeholderSpan(reader.scope.source.text, node, nth));
    if (name === undefined) return skip(reader, problems.openPlaceholder(at));
    const axis = axisOf(reader, name);
    if (axis >= 0) {
      reader.varies = true;
      return { axis };
    }
    const piece = usePiece(reader, name, at);
    if (piece !== undefined) return piece;
    if (builtInNames.includes(name)) return useBuiltIn(reader, name, at);
    const checkout = reader.useCheckout(reader, name, at);
    if (checkout === "wrong") return "";
    return checkout ?? useParameter(reader, name, at);
  };
}

const axisOf = (reader: Reader, name: string): number =>
  reader.axes.findIndex((axis) => axis.name === name);

/** `bundle.name`, where `bundle` takes the values of a list that has a form; undefined for another name. */
function usePiece(reader: Reader, name: string, at: Location): Part | undefined {
  const [own = "", ...rest] = name.split(".");
  const axis = rest.length > 0 ? axisOf(reader, own) : -1;
  const list = reader.axes[axis]?.list;
  if (!list) return undefined;
  const piece = rest.join(".");
  const nth = list.form?.pieces.findIndex((each) => each.name === piece) ?? -1;
  if (!list.form || nth < 0) {
    const pieces = list.form?.pieces.map((each) => each.name) ?? [];
    return skip(reader, problems.unknownPiece(own, piece, pieces, at));
  }
  reader.varies = true;
  return { axis, piece: { nth, separators: separatorsOf(list.form) } };
}

function useBuiltIn(reader: Reader, name: string, at: Location): Part {
  const semver = semanticPartOf(name);
  if (semver === undefined) {
    reader.uses.add(name);
    return { param: name };
  }
  const axis = axisOf(reader, "version");
  if (axis >= 0) return useAxis(reader, axis, semver, at);
  const version = reader.scope.parameters.get("version");
  if (version?.type === "secret") return skip(reader, problems.secretInText("version", at));
  const key = semanticKey(semver, version?.key ?? "git.tag");
  reader.uses.add(key);
  return { param: key };
}

function useAxis(reader: Reader, axis: number, semver: SemanticPart, at: Location): Part {
  if (reader.axes[axis]?.list) return skip(reader, problems.semverOfList(semver, at));
  const wrong = reader.axes[axis]?.values.find((value) => !isSemanticVersion(value));
  if (wrong !== undefined) return skip(reader, problems.noVersionInMatrix(semver, wrong, at));
  reader.varies = true;
  return { axis, semver };
}

function useParameter(reader: Reader, name: string, at: Location): Part {
  const parameter = reader.scope.parameters.get(name);
  if (parameter === undefined) {
    const isBuiltIn = /^(git|semver)\.\w+$/.test(name);
    if (!isBuiltIn && !/^[\w-]+$/.test(name))
      return skip(reader, problems.illegalPlaceholder(name, at));
    const known = [...reader.axes.map((axis) => axis.name), ...reader.scope.parameters.keys()];
    const near = suggest(reader, name, isBuiltIn ? builtInNames : known);
    return skip(reader, problems.unknownParameter(name, at, near));
  }
  if (parameter.type === "secret") return skip(reader, problems.secretInText(name, at));
  reader.uses.add(parameter.key);
  return { param: parameter.key };
}

function skip(reader: Reader, problem: Diagnostic): string {
  reader.problems.push(problem);
  return "";
}

/** The nth `${…}` of a value: quotes and escapes change offsets, but not the order. */
export function placeholderSpan(text: string, node: Span, nth: number): Span {
  let start = text.indexOf("${", node.start);
  for (let left = nth; left > 0 && start >= 0; left--) start = text.indexOf("${", start + 2);
  if (start < 0 || start >= node.end) return node;
  const close = text.indexOf("}", start);
  return { start, end: close < 0 || close >= node.end ? start + 2 : close + 1 };
}
