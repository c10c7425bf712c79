/**
 * Reads target files and what they include, their parameters and the names of their targets, so
 * that targets can be read with all names known. Leaves the bodies of targets to `read-target`.
 */
import { posix, relative, resolve } from "node:path";
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import { ok, type Result } from "../../model/result.ts";
import { FileParameters, type Inclusion } from "../expand/file-parameters.ts";
import { checkInside } from "../expand/paths.ts";
import * as problems from "../problems/problems.ts";
import type { IndexedTarget } from "../target-index.ts";
import { type Entry, type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { readSource, type Source } from "../yaml/source.ts";
import { nameRule, readNames, targetName } from "./read-names.ts";
import type { NamedTarget } from "./read-target.ts";
import {
  checkKeys,
  entriesOf,
  type Kinds,
  placeOf,
  type Reader,
  type Scope,
  type ScopedParameter,
  wrong,
} from "./reader.ts";
import { useCheckout } from "./use-checkout.ts";

export const topKeys = [
  "name",
  "default",
  "limits",
  "cache",
  "registries",
  "params",
  "include",
  "pools",
  "targets",
];

const mostIncludes = 500;

export interface LoadedFile {
  readonly reader: Reader;
  readonly top: MapNode;
  readonly targets: readonly NamedTarget[];
}

interface FileToRead {
  readonly path: string;
  /** As places show it: relative to the workspace. */
  readonly shown: string;
  readonly inclusion?: Inclusion;
}

interface ParsedFile {
  readonly source: Source;
  readonly top: MapNode;
}

function parseSource(source: Source): Result<ParsedFile> {
  const top = readYaml(source);
  return top.ok ? ok({ source, top: top.value }) : top;
}

export class IncludeLoader {
  readonly problems: Diagnostic[] = [];
  readonly parameters = new FileParameters(this.problems);
  readonly files: LoadedFile[] = [];
  readonly sources = new Map<string, Source>();
  readonly #parsed = new Map<string, Result<ParsedFile>>();
  /** Files that are no target files, and that values come from. */
  readonly #besides = new Set<string>();
  readonly #targets = new Map<string, IndexedTarget>();
  /** Files that are being read, from the root file inwards. */
  readonly #chain: string[] = [];
  readonly #root: string;
  readonly #kinds: Kinds;
  #includes = 0;

  constructor(root: string, kinds: Kinds) {
    this.#root = root;
    this.#kinds = kinds;
  }

  /** Reads a file and its includes; undefined when the file itself cannot be read. */
  load(path: string, inclusion?: Inclusion): LoadedFile | undefined {
    const shown = relative(this.#root, path) || ".";
    const parsed = this.#parse({ path, shown, ...(inclusion && { inclusion }) });
    if (parsed === undefined) return undefined;
    const { source, top } = parsed;
    const folder = posix.dirname(shown) === "." ? "" : posix.dirname(shown);
    const prefix = inclusion?.prefix ?? "";
    const parameters = new Map<string, ScopedParameter>();
    const reader = this.#readerFor({ source, prefix, folder, parameters });
    checkKeys(reader, top, topKeys, "a target file");
    this.parameters.read(reader, { top, parameters, inclusion });
    const loaded = { reader, top, targets: readNames(reader, top, this.#targets) };
    this.files.push(loaded);
    this.#chain.push(path);
    this.#readIncludes(reader, top);
    this.#chain.pop();
    return loaded;
  }

  /** Absolute paths of all files that were asked for, those included that could not be read. */
  tried(): Iterable<string> {
    return [...this.#parsed.keys(), ...this.#besides];
  }

  /** What depends on it holds while it has these bytes, as of a target file. */
  #readBeside(shown: string, at: Location): string | undefined {
    const path = resolve(this.#root, shown);
    this.#besides.add(path);
    const source = readSource(path, shown, at);
    if (source.ok) this.sources.set(path, source.value);
    else this.problems.push(...source.problems);
    return source.ok ? source.value.text : undefined;
  }

  #parse({ path, shown, inclusion }: FileToRead) {
    let parsed = this.#parsed.get(path);
    if (parsed === undefined) {
      const source = readSource(path, shown, inclusion?.at);
      if (source.ok) this.sources.set(path, source.value);
      parsed = source.ok ? parseSource(source.value) : source;
      this.#parsed.set(path, parsed);
    }
    if (parsed.ok) return parsed.value;
    this.problems.push(...parsed.problems);
    return undefined;
  }

  #readerFor(scope: Scope): Reader {
    return {
      scope,
      problems: this.problems,
      kinds: this.#kinds,
      targets: this.#targets,
      useCheckout,
      readBeside: (path, at) => this.#readBeside(path, at),
      axes: [],
      uses: new Set(),
      edges: new Set(),
      varies: false,
    };
  }

  #readIncludes(reader: Reader, top: MapNode): void {
    const node = valueAt(top, "include");
    for (const entry of node ? entriesOf(reader, node, "`include`") : []) {
      const at = placeOf(reader, entry.keyAt);
      if (!targetName.test(entry.key)) {
        this.problems.push(problems.illegalName("an included file", entry.key, at, nameRule));
      }
      this.#readInclude(reader, entry);
    }
  }

  #readInclude(reader: Reader, { key, value }: Entry): void {
    const what = `include \`${key}\``;
    const isMap = value.kind === "map";
    if (isMap) checkKeys(reader, value, ["file", "params"], what);
    const fileNode = isMap ? valueAt(value, "file") : value;
    if (fileNode === undefined) {
      this.problems.push(problems.missingKey(what, "file", placeOf(reader, value)));
      return;
    }
    const path = this.#includedPath(reader, fileNode, what);
    if (path === undefined) return;
    const params = isMap ? valueAt(value, "params") : undefined;
    const fixed = params ? entriesOf(reader, params, `\`params\` of ${what}`) : [];
    const at = placeOf(reader, fileNode);
    this.load(path, { outer: reader, prefix: `${reader.scope.prefix}${key}/`, at, fixed });
  }

  /** The file to read, unless it is outside, included already, or one too many. */
  #includedPath(reader: Reader, node: Node, what: string): string | undefined {
    if (node.kind !== "scalar" || typeof node.value !== "string") {
      return wrong(reader, what, "the path of a target file", node);
    }
    const at = placeOf(reader, node);
    const { folder } = reader.scope;
    const problem = checkInside({ path: node.value, folder, what, at });
    const path = resolve(this.#root, folder, node.value);
    const chain = [...this.#chain, path];
    const cycle = chain.slice(chain.indexOf(path)).map((file) => relative(this.#root, file));
    if (problem !== undefined) this.problems.push(problem);
    else if (cycle.length > 1) this.problems.push(problems.includeCycle(cycle, at));
    else if (++this.#includes > mostIncludes) {
      // One report is enough for a file that includes itself twice by way of others.
      if (this.#includes === mostIncludes + 1) {
        this.problems.push(problems.tooManyIncludes(mostIncludes, at));
      }
    } else return path;
    return undefined;
  }
}
