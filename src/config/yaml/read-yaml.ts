/** Turns the YAML of a target file into nodes with their places. Knows nothing of targets. */
import { createRequire } from "node:module";
import type {
  Document,
  DocumentOptions,
  ParsedNode,
  ParseOptions,
  Scalar,
  SchemaOptions,
  YAMLError,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import * as problems from "../problems/problems.ts";
import type { Entry, ListNode, MapNode, Node, ScalarNode, Span } from "./node.ts";
import { readSimpleYaml } from "./read-simple-yaml.ts";
import type { Source } from "./source.ts";

/** Values that aliases may add to a file: enough for any honest use, and soon reached by a bomb. */
const mostAliased = 100_000;

const start: Span = { start: 0, end: 1 };

/** Loading the package takes as long as many a whole run, so it is not imported above. */
const fullYaml = (): typeof import("yaml") => createRequire(import.meta.url)("yaml");

/** What a file is, for messages about it as a whole. */
export interface FileSort {
  readonly what: string;
  /** The key that it has at least. */
  readonly key: string;
}

const targetFile: FileSort = { what: "a target file", key: "targets" };

type YamlSource = Pick<Source, "text" | "locate">;

/** The top of the file, which is a mapping. */
export function readYaml(source: YamlSource, sort: FileSort = targetFile): Result<MapNode> {
  const simple = readSimpleYaml(source.text);
  return simple === undefined ? readFullYaml(source, sort) : ok(simple);
}

/**
 * All of YAML, with all of its mistakes: slower by far, and loaded when it is needed.
 * @internal exported for its test
 */
export function readFullYaml(source: YamlSource, sort: FileSort = targetFile): Result<MapNode> {
  if (depthOf(source.text) > deepest) return fail(problems.nestedTooDeep(source.locate(start)));
  const { parseDocument } = fullYaml();
  // `uniqueKeys` alone would double the time, and would not say where the first one stands.
  const options: ParseOptions & SchemaOptions & DocumentOptions = {
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
  };
  const document = parseDocument(source.text, options);
  // What follows the first error is mostly its echo.
  const [error] = [...document.errors, ...document.warnings];
  if (error === undefined) return convert(document, source, sort);
  return fail(syntaxProblem(error, source, sort));
}

/** No target file needs more, and it is far from what the call stack holds. */
const deepest = 500;

/**
 * How deeply collections are nested. The package composes them by recursion, and what happens at the
 * end of the call stack is not always an exception that can be caught: V8 ends the process when it
 * has to compile a regular expression there. Its parser, which comes first, needs no recursion.
 */
function depthOf(text: string): number {
  const { Parser } = fullYaml();
  let most = 0;
  const open: [token: unknown, depth: number][] = [...new Parser().parse(text)].map((token) => [
    token,
    0,
  ]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    most = Math.max(most, depth);
    const { items, key, value } = (token ?? {}) as Record<string, unknown>;
    if (Array.isArray(items)) for (const item of items) open.push([item, depth + 1]);
    for (const inner of [key, value]) {
      if (typeof inner === "object") open.push([inner, depth]);
    }
  }
  return most;
}

/** The commonest mistake has a message of its own: `[a/${b}]` needs quotes, as `{` begins a mapping. */
function syntaxProblem(
  { code, message, pos }: YAMLError,
  source: YamlSource,
  { what }: FileSort,
): Diagnostic {
  const at = source.locate({ start: pos[0], end: pos[1] });
  if (code === "RESOURCE_EXHAUSTION") return problems.nestedTooDeep(source.locate(start));
  if (code === "MULTIPLE_DOCS") return problems.severalDocuments(what, at);
  const lineStart = source.text.lastIndexOf("\n", pos[0] - 1) + 1;
  const before = source.text.slice(lineStart, pos[0] + 1);
  const bare = /[[{,:]\s*[^\s"',[\]{}]*\$\{?$/.test(before) && /[[{]/.test(before);
  return problems.yamlSyntax(message, at, bare);
}

interface Conversion {
  readonly yaml: typeof import("yaml");
  readonly source: YamlSource;
  readonly problems: Diagnostic[];
  readonly anchors: Map<string, { readonly node: Node; readonly weight: number }>;
  /** Nodes made so far, aliased ones counted where they are used. */
  count: number;
  aliased: number;
}

function convert(
  document: Document.Parsed,
  source: YamlSource,
  { what, key }: FileSort,
): Result<MapNode> {
  if (document.contents === null) return fail(problems.emptyFile(what, key, source.locate(start)));
  const conversion: Conversion = {
    yaml: fullYaml(),
    source,
    problems: [],
    anchors: new Map(),
    count: 0,
    aliased: 0,
  };
  const top = convertNode(document.contents, conversion);
  if (conversion.problems.length > 0) return fail(...conversion.problems);
  if (top.kind === "map") return ok(top);
  return fail(problems.expected(what, "a mapping", top, source.locate(top)));
}

/** @param around what to blame where nothing stands */
function convertNode(node: ParsedNode | null, conversion: Conversion, around = start): Node {
  const { isAlias, isMap, isSeq } = conversion.yaml;
  if (node === null || (node.range[0] === node.range[1] && !isAlias(node))) return nothing(around);
  conversion.count++;
  if (isAlias(node)) return convertAlias(node.source, spanOf(node), conversion);
  const before = conversion.count;
  const made = isMap(node)
    ? convertMap(node as YAMLMap.Parsed, conversion)
    : isSeq(node)
      ? convertList(node as YAMLSeq.Parsed, conversion)
      : convertScalar(node as Scalar.Parsed);
  if (node.anchor !== undefined) {
    conversion.anchors.set(node.anchor, { node: made, weight: conversion.count - before + 1 });
  }
  return made;
}

const spanOf = (node: { readonly range?: readonly number[] | null }): Span => ({
  start: node.range?.[0] ?? 0,
  end: node.range?.[1] ?? 0,
});

const nothing = (span: Span): ScalarNode => ({ kind: "scalar", value: null, text: "", ...span });

/** Aliases share the node that they name; only their number is counted, so a bomb stays small. */
function convertAlias(name: string, span: Span, conversion: Conversion): Node {
  const anchor = conversion.anchors.get(name);
  if (anchor === undefined) {
    conversion.problems.push(problems.unknownAnchor(name, conversion.source.locate(span)));
    return nothing(span);
  }
  conversion.count += anchor.weight;
  const before = conversion.aliased;
  conversion.aliased += anchor.weight;
  if (before <= mostAliased && conversion.aliased > mostAliased) {
    conversion.problems.push(problems.tooManyAliases(mostAliased, conversion.source.locate(span)));
  }
  return anchor.node;
}

function convertList(node: YAMLSeq.Parsed, conversion: Conversion): ListNode {
  const items = node.items.map((item) => convertNode(item as ParsedNode, conversion));
  return { kind: "list", items, ...trimmed(node, items.at(-1)) };
}

function convertScalar(node: Scalar.Parsed): ScalarNode {
  const value = node.value as ScalarNode["value"];
  const text = typeof value === "string" ? value : (node.source ?? String(value));
  return { kind: "scalar", value, text, start: node.range[0], end: node.range[1] };
}

function convertMap(node: YAMLMap.Parsed, conversion: Conversion): MapNode {
  const entries: Entry[] = [];
  const seen = new Map<string, Span>();
  for (const pair of node.items) {
    const keyAt = spanOf(pair.key);
    const key = conversion.yaml.isScalar(pair.key) ? String(pair.key.value) : undefined;
    const value = convertNode(pair.value as ParsedNode | null, conversion, keyAt);
    if (key === undefined) {
      conversion.problems.push(problems.keyNotText(conversion.source.locate(keyAt)));
      continue;
    }
    const first = seen.get(key);
    if (first === undefined) seen.set(key, keyAt);
    else {
      const places = [first, keyAt].map((at) => conversion.source.locate(at));
      conversion.problems.push(problems.duplicateKey(key, places));
    }
    entries.push({ key, keyAt, value });
  }
  return { kind: "map", entries, ...trimmed(node, entries.at(-1)?.value) };
}

/** Without the comments and empty lines behind a block, which YAML counts to it. */
function trimmed(node: YAMLMap.Parsed | YAMLSeq.Parsed, last: Node | undefined): Span {
  const span = spanOf(node);
  const end = node.flow || last === undefined ? span.end : last.end;
  return { start: span.start, end };
}
