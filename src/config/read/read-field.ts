/** Reads the keys of a rule by the types that its kind declares for them. Leaves filling in to `fill-field`. */
import type { Field, FieldType } from "../../rules/fields.ts";
import type {
  DeclaredCommand,
  DeclaredField,
  DeclaredInput,
  DeclaredLaid,
  DeclaredTypes,
  Text,
} from "../declaration.ts";
import { checkInside } from "../expand/paths.ts";
import * as problems from "../problems/problems.ts";
import type { Node } from "../yaml/node.ts";
import { valueAt } from "../yaml/node.ts";
import { namesTarget, readOneReference, readReferences } from "./read-reference.ts";
import { readService } from "./read-service.ts";
import {
  readChoice,
  readFlag,
  readList,
  readMap,
  readNumber,
  readOutput,
  readPath,
  readText,
  readTextList,
  readTexts,
} from "./read-text.ts";
import {
  checkKeys,
  entriesOf,
  placeholderSpan,
  placeOf,
  type Reader,
  useIn,
  wrong,
} from "./reader.ts";
import { shellText } from "./shell-text.ts";

/** The value of a key, or undefined and problems. Alternatives are targets, and read elsewhere. */
export function readField(
  reader: Reader,
  node: Node,
  key: string,
  field: Field,
): DeclaredField | undefined {
  reader.uses.clear();
  reader.varies = false;
  const count = reader.problems.length;
  const read = readers[field.type] as ReadValue;
  const value = read(reader, node, `\`${key}\``, field);
  if (value === undefined || reader.problems.length > count) return undefined;
  const uses = [...reader.uses];
  return { type: field.type, value, varies: reader.varies, uses };
}

type ReadValue<T = DeclaredTypes[FieldType]> = (
  reader: Reader,
  node: Node,
  what: string,
  field: Field,
) => T | undefined;

const readers: { readonly [T in FieldType]: ReadValue<DeclaredTypes[T]> } = {
  string: readText,
  strings: readTexts,
  tags: readTexts,
  number: readNumber,
  flag: readFlag,
  choice: (reader, node, what, field) => readChoice(reader, node, what, field.choices ?? []),
  map: readMap,
  path: readPath,
  paths: (reader, node, what) => readList(reader, node, what, readPath),
  given: readText,
  output: readOutput,
  outputs: (reader, node, what) => readList(reader, node, what, readOutput),
  destination: readText,
  command: readCommand,
  target: readOneReference,
  targets: readReferences,
  inputs: (reader, node, what) => readList(reader, node, what, readInput),
  laid: readLaid,
  pathOrTargets: readPathOrTargets,
  globsOrTargets: (reader, node, what) => readList(reader, node, what, readGlobOrTarget),
  images: readImages,
  secrets: readSecrets,
  alternatives: () => undefined,
  service: readService,
};

function readCommand(reader: Reader, node: Node, what: string): DeclaredCommand | undefined {
  if (node.kind === "list") {
    const argv = readTextList(reader, node, what);
    if (argv?.length !== 0) return argv && { argv };
    reader.problems.push(problems.emptyList(what, placeOf(reader, node)));
    return undefined;
  }
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return wrong(reader, what, "a command or a list of a program and its arguments", node);
  }
  return shellText(node.value, useIn(reader, node), (name, nth) => {
    const at = placeOf(reader, placeholderSpan(reader.scope.source.text, node, nth));
    reader.problems.push(problems.quotedDocument(name, at));
  });
}

/** A pattern, or `{ target: name, as: path }`. */
function readInput(reader: Reader, node: Node, what: string): DeclaredInput | undefined {
  if (node.kind === "list") return wrong(reader, what, "a pattern or `{ target: name }`", node);
  if (node.kind === "scalar") {
    const pattern = readPath(reader, node, what);
    return pattern && { pattern };
  }
  checkKeys(reader, node, ["target", "as"], what);
  const target = valueAt(node, "target");
  if (target === undefined) {
    reader.problems.push(problems.missingKey(what, "target", placeOf(reader, node)));
    return undefined;
  }
  const targets = readReferences(reader, target, what);
  const as = valueAt(node, "as");
  const laidAt = as && readLaidAt(reader, as);
  return targets && { targets, ...(laidAt && { as: laidAt }) };
}

/** Where outputs are laid is a path of a context, which an included file's folder has no part in. */
function readLaidAt(reader: Reader, node: Node) {
  const found = readText(reader, node, "`as`");
  const problem =
    typeof found?.text === "string"
      ? checkInside({ path: found.text, folder: "", what: "`as`", at: found.at })
      : undefined;
  if (problem !== undefined) reader.problems.push(problem);
  return found;
}

function readGlobOrTarget(reader: Reader, node: Node, what: string): DeclaredInput | undefined {
  if (!namesTarget(reader, node)) return readInput(reader, node, what);
  const targets = readReferences(reader, node, what);
  return targets && { targets };
}

function readPathOrTargets(
  reader: Reader,
  node: Node,
  what: string,
): DeclaredTypes["pathOrTargets"] | undefined {
  if (namesTarget(reader, node)) {
    const targets = readReferences(reader, node, what);
    return targets && { targets };
  }
  if (node.kind === "list") return wrong(reader, what, "a path or the name of a target", node);
  const found = readInput(reader, node, what);
  if (found === undefined) return undefined;
  return "pattern" in found ? { path: found.pattern } : { targets: found.targets };
}

/** Folders of a context, each with the targets whose outputs are laid there. */
function readLaid(reader: Reader, node: Node, what: string): readonly DeclaredLaid[] | undefined {
  const found: DeclaredLaid[] = [];
  for (const { key, keyAt, value } of entriesOf(reader, node, what)) {
    const at = placeOf(reader, keyAt);
    const problem = checkInside({ path: key, folder: "", what, at });
    if (problem !== undefined) reader.problems.push(problem);
    const targets = readReferences(reader, value, `\`${key}\` of ${what}`);
    if (targets !== undefined) found.push({ at: key, targets });
  }
  return node.kind === "map" ? found : undefined;
}

/** Names of variables, each with one target. */
function readImages(
  reader: Reader,
  node: Node,
  what: string,
): Readonly<Record<string, Text>> | undefined {
  const found: Record<string, Text> = {};
  for (const { key, value } of entriesOf(reader, node, what)) {
    const target = readOneReference(reader, value, `\`${key}\` of ${what}`);
    if (target !== undefined) found[key] = target;
  }
  return node.kind === "map" ? found : undefined;
}

/** Ids, each with nothing but `${name}` of a secret parameter. */
function readSecrets(
  reader: Reader,
  node: Node,
  what: string,
): Readonly<Record<string, string>> | undefined {
  const found: [string, string][] = [];
  const known = [...reader.scope.parameters].filter(([, { type }]) => type === "secret");
  for (const { key, value } of entriesOf(reader, node, what)) {
    const name = value.kind === "scalar" ? /^\$\{([^}]*)\}$/.exec(value.text)?.[1] : undefined;
    const secret = known.find(([local]) => local === name)?.[1];
    if (secret !== undefined) {
      reader.uses.add(secret.key);
      found.push([key, secret.key]);
      continue;
    }
    const example = known[0]?.[0];
    const at = placeOf(reader, value);
    reader.problems.push(problems.notASecret(`\`${key}\` of ${what}`, at, example));
  }
  return node.kind === "map" ? Object.fromEntries(found) : undefined;
}
