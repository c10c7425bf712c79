/**
 * Reads a target file and what it includes into one checked declaration, with all problems of all
 * files. Leaves values of parameters to `resolve-parameters` and targets to `expand`.
 */
import { basename, dirname, resolve } from "node:path";
import type { Digest } from "../../model/artifact.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Limits } from "../../model/limits.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import { ruleKinds } from "../../rules/kinds.ts";
import type { Declaration, Text } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { valueAt } from "../yaml/node.ts";
import { IncludeLoader, type LoadedFile } from "./load-includes.ts";
import { readCache } from "./read-cache.ts";
import { readLimits } from "./read-limits.ts";
import { readPools } from "./read-pools.ts";
import { readReferences } from "./read-reference.ts";
import { readRegistries } from "./read-registries.ts";
import { readTarget } from "./read-target.ts";
import { type Kinds, placeOf } from "./reader.ts";

/** Absolute paths with the digest of what was read; undefined where nothing could be. */
export type TriedFiles = Map<string, Digest | undefined>;

/**
 * Reads the file, which is relative to `cwd` where it is relative.
 * @param tried is given every file that was read or could not be, also where there are problems
 */
export function loadTargetFile(
  file: string,
  cwd: string,
  kinds: Kinds = ruleKinds,
  tried: TriedFiles = new Map(),
): Result<Declaration> {
  const path = resolve(cwd, file);
  const root = dirname(path);
  const loader = new IncludeLoader(root, kinds);
  const top = loader.load(path);
  for (const path of loader.tried()) tried.set(path, loader.sources.get(path)?.digest);
  if (top === undefined) return fail(...inOrder(loader.problems));
  const targets = loader.files.flatMap(({ reader, targets }) =>
    targets.flatMap((target) => readTarget(reader, target) ?? []),
  );
  const defaults = readDefault(top);
  const pools = readPools(loader.files, targets);
  const registries = readRegistries(loader.files);
  const name = readName(top, root);
  const limits = limitsOf(top);
  const cache = readCache(top);
  if (loader.problems.length > 0) return fail(...inOrder(loader.problems));
  return ok({
    name,
    root,
    files: [...loader.sources.values()].map(({ path, digest }) => ({ path, digest })),
    default: defaults,
    limits,
    ...(cache && { cache }),
    parameters: [...loader.parameters.shared.values()],
    bindings: loader.parameters.bindings,
    targets,
    pools,
    registries,
  });
}

function readDefault({ reader, top }: LoadedFile): readonly Text[] {
  const node = valueAt(top, "default");
  return (node && readReferences(reader, node, "`default`")) ?? [];
}

function limitsOf({ reader, top }: LoadedFile): Partial<Limits> {
  const node = valueAt(top, "limits");
  return node ? readLimits(reader, node) : {};
}

const projectName = /^[A-Za-z0-9][\w.-]*$/;

/** The name of the project; of one that has none, the folder's. */
function readName({ reader, top }: LoadedFile, root: string): string {
  const node = valueAt(top, "name");
  if (node === undefined) return nameOfFolder(root);
  if (node.kind === "scalar" && projectName.test(node.text)) return node.text;
  const at = placeOf(reader, node);
  reader.problems.push(
    node.kind === "scalar" && node.value !== null
      ? problems.illegalName("a project", node.text, at, nameRule)
      : problems.expected("`name`", "text", node, at),
  );
  return "";
}

const nameRule = "use letters, digits, `.`, `-` and `_`, a letter or digit first";

const nameOfFolder = (root: string) =>
  basename(root)
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "") || "project";

/** By place, each once: an alias may lead to one value twice. */
function inOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(found.map(({ at }) => at?.file))];
  const unique = new Map(found.map((problem) => [problemKey(problem), problem]));
  return [...unique.values()].sort(
    (a, b) =>
      files.indexOf(a.at?.file) - files.indexOf(b.at?.file) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

const problemKey = ({ at, message }: Diagnostic) =>
  `${at?.file}:${at?.line}:${at?.column}:${message}`;
