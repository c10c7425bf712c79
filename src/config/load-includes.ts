/**
 * Reads target files and what they include, their parameters and the names of their targets, so
 * that targets can be read with all names known. Leaves the bodies of targets to `read-target`.
 */
import { posix, relative, resolve } from "node:path";
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import type { Parameter } from "../model/parameter.ts";
import { ok, type Result } from "../model/result.ts";
import type { Axis, Binding } from "./declaration.ts";
import { type Entry, type MapNode, type Node, valueAt } from "./node.ts";
import { checkInside } from "./paths.ts";
import * as problems from "./problems.ts";
import { readParameters } from "./read-parameters.ts";
import type { NamedTarget } from "./read-target.ts";
import { readMatrix, readText } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";
import {
  checkKeys,
  entriesOf,
  type Kinds,
  placeOf,
  type Reader,
  type Scope,
  type ScopedParameter,
  suggest,
  wrong,
} from "./reader.ts";
import { reservedTargets } from "./reserved.ts";
import { readSource, type Source } from "./source.ts";
import type { IndexedTarget } from "./target-index.ts";

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
const mostMembers = 100_000;
export const targetName = /^[A-Za-z0-9_][\w.-]*$/;
const nameRule = "use letters, digits, `.`, `-` and `_`, a letter, digit or `_` first";

export interface LoadedFile {
  readonly reader: Reader;
  readonly top: MapNode;
  readonly targets: readonly NamedTarget[];
}

/** An include as it is written in the outer file. */
interface Inclusion {
  readonly outer: Reader;
  readonly prefix: string;
  readonly at: Location;
  /** Values that the outer file fixes. */
  readonly fixed: readonly Entry[];
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
  readonly parameters = new Map<string, Parameter>();
  readonly bindings: Binding[] = [];
  readonly files: LoadedFile[] = [];
  readonly sources = new Map<string, Source>();
  readonly #parsed = new Map<string, Result<ParsedFile>>();
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
    this.#readParameters(reader, { top, parameters, inclusion });
    const loaded = { reader, top, targets: this.#readNames(reader, top) };
    this.files.push(loaded);
    this.#chain.push(path);
    this.#readIncludes(reader, top);
    this.#chain.pop();
    return loaded;
  }

  /** Absolute paths of all files that were asked for, those included that could not be read. */
  tried(): Iterable<string> {
    return this.#parsed.keys();
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
      axes: [],
      uses: new Set(),
      edges: new Set(),
      varies: false,
    };
  }

  #readParameters(
    reader: Reader,
    found: {
      readonly top: MapNode;
      readonly parameters: Map<string, ScopedParameter>;
      readonly inclusion: Inclusion | undefined;
    },
  ): void {
    const node = valueAt(found.top, "params");
    const declared = node ? readParameters(reader, node) : [];
    const { inclusion } = found;
    for (const parameter of declared) {
      const entry = inclusion?.fixed.find(({ key }) => key === parameter.name);
      const scoped =
        entry && inclusion
          ? this.#bind(parameter, entry, inclusion)
          : this.#share(parameter, inclusion?.outer.scope);
      found.parameters.set(parameter.name, scoped);
    }
    for (const { key, keyAt } of inclusion?.fixed ?? []) {
      const names = declared.map(({ name }) => name);
      if (inclusion === undefined || names.includes(key)) continue;
      const near = suggest(reader, key, names);
      const where = `\`${inclusion.prefix.slice(0, -1)}\``;
      this.problems.push(problems.unknownFixed(where, key, placeOf(inclusion.outer, keyAt), near));
    }
  }

  /** A parameter whose value the including file gives. */
  #bind(parameter: Parameter, entry: Entry, { outer, prefix }: Inclusion): ScopedParameter {
    const { type, name } = parameter;
    if (type === "secret") return this.#bindSecret(parameter, entry, outer);
    const key = prefix + name;
    const node: Node =
      entry.value.kind === "scalar" && typeof entry.value.value === "boolean"
        ? { ...entry.value, value: entry.value.text }
        : entry.value;
    outer.uses.clear();
    const value = readText(outer, node, `parameter \`${name}\``);
    if (value !== undefined) {
      const folder = outer.scope.folder;
      this.bindings.push({ key, parameter, value, folder, uses: [...outer.uses] });
    }
    return { key, type };
  }

  #bindSecret({ name, type }: Parameter, { value }: Entry, outer: Reader): ScopedParameter {
    const inner = value.kind === "scalar" ? /^\$\{([^}]*)\}$/.exec(value.text)?.[1] : undefined;
    const secret = outer.scope.parameters.get(inner ?? "");
    if (secret?.type === "secret") return secret;
    const example = [...outer.scope.parameters].find(([, each]) => each.type === "secret")?.[0];
    const at = placeOf(outer, value);
    this.problems.push(problems.notASecret(`parameter \`${name}\``, at, example));
    return { key: name, type };
  }

  /** One parameter for all files that declare the name; the outermost declaration counts. */
  #share(parameter: Parameter, outer: Scope | undefined): ScopedParameter {
    const { name, type, declaredAt } = parameter;
    const shared = outer?.parameters.get(name);
    const known = this.parameters.get(name);
    if (shared === undefined && known === undefined) {
      this.parameters.set(name, parameter);
      return { key: name, type };
    }
    const other = shared?.type ?? known?.type ?? type;
    if (other !== type) {
      const places = known ? [declaredAt, known.declaredAt] : [declaredAt];
      this.problems.push(problems.typeConflict(name, [type, other], places));
    }
    return shared ?? { key: name, type: other };
  }

  #readNames(reader: Reader, top: MapNode): readonly NamedTarget[] {
    const node = valueAt(top, "targets");
    if (node === undefined) {
      if (valueAt(top, "include") !== undefined) return [];
      const at = placeOf(reader, { start: top.start, end: top.start + 1 });
      this.problems.push(problems.missingKey("a target file", "targets", at));
      return [];
    }
    return entriesOf(reader, node, "`targets`").map((entry) => {
      const name = reader.scope.prefix + entry.key;
      this.#checkName(reader, entry);
      const axes = this.#readAxes(reader, entry);
      this.#targets.set(name, { name, axes });
      return { name, entry, axes };
    });
  }

  #checkName(reader: Reader, { key, keyAt }: Entry): void {
    if (!targetName.test(key)) {
      const at = placeOf(reader, keyAt);
      this.problems.push(problems.illegalName("a target", key, at, nameRule));
    } else if (reader.scope.prefix === "" && reservedTargets.has(key)) {
      this.problems.push(problems.reservedTarget(key, placeOf(reader, keyAt)));
    }
  }

  #readAxes(reader: Reader, { key, keyAt, value }: Entry): readonly Axis[] {
    const node = value.kind === "map" ? valueAt(value, "matrix") : undefined;
    if (node === undefined) return [];
    const axes = readMatrix(reader, node);
    const size = axes.reduce((product, axis) => product * axis.values.length, 1);
    if (size <= mostMembers) return axes;
    const at = placeOf(reader, keyAt);
    this.problems.push(problems.matrixTooLarge(key, size, mostMembers, at));
    return axes.map(({ name, values }) => ({ name, values: values.slice(0, 1) }));
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
