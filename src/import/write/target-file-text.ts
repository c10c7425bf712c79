/** Writes a draft as the text of a target file, as a person would: short things on one line, comments where they belong. */
import { Document, isCollection, isMap, isScalar, type Node, type YAMLMap } from "yaml";
import type { Draft, DraftImage, DraftParameter, DraftTarget, Keys } from "../draft.ts";
import { lossComments } from "./comments.ts";

/** Where editors find what keys mean, when tbuild is a package of the project. */
const schema = "./node_modules/tbuild/schema/targets.schema.json";

/** @param from what it was made from, in words */
export function targetFileText(draft: Draft, from: string, command: string): string {
  const document = new Document({});
  const top = document.contents as unknown as YAMLMap;
  const add = (key: string, value: unknown, spaced = false): Node => {
    const node = document.createNode(value) as Node;
    const name = document.createNode(key);
    if (spaced) name.spaceBefore = true;
    top.add(document.createPair(name, node));
    return node;
  };
  const begin = [
    ` yaml-language-server: $schema=${schema}`,
    ` Made from ${from} by \`${command}\`; from now on it is a file like any other.`,
    ...lossComments(draft.losses).map((line) => ` ${line}`),
  ];
  document.commentBefore = begin.join("\n");
  if (draft.name !== undefined) add("name", draft.name);
  const [only, ...more] = draft.default;
  if (only !== undefined) shorten(add("default", more.length === 0 ? only : draft.default));
  if (draft.parameters.length > 0) {
    shortenValues(add("params", Object.fromEntries(draft.parameters.map(parameterOf)), true));
  }
  const targets = add("targets", Object.fromEntries(draft.targets.map(targetOf)), true);
  if (isMap(targets)) {
    for (const [at, pair] of targets.items.entries()) {
      layTarget(pair as TargetPair, draft.targets[at], at > 0);
    }
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

interface TargetPair {
  readonly key: Node;
  readonly value: Node;
}

function parameterOf({ name, env, help, secret, ...parameter }: DraftParameter) {
  const keys = {
    ...(secret && { type: "secret" }),
    // Without one, a build that lacks the secret would not begin.
    default: secret ? "" : parameter.default,
    ...(env !== undefined && { env }),
    ...(help !== undefined && { help: help.replace(/\s+/g, " ") }),
  };
  return [name, keys] as const;
}

function targetOf({ name, help, matrix, image, keys = {} }: DraftTarget) {
  const own = {
    ...(help !== undefined && { help: help.replace(/\s+/g, " ") }),
    ...(matrix && { matrix }),
  };
  return [name, { ...own, ...(image ? imageKeys(image) : {}), ...keys }] as const;
}

function imageKeys({
  context,
  dockerfile,
  stage,
  args,
  secrets,
  tags,
  labels,
  network,
}: DraftImage): Keys {
  const filled = (map: Readonly<Record<string, string>>) => Object.keys(map).length > 0;
  return {
    image: context ?? [],
    ...(dockerfile !== undefined && { dockerfile }),
    ...(stage !== undefined && { stage }),
    ...(filled(args) && { args }),
    ...(filled(secrets) && { secrets }),
    ...(tags.length > 0 && { tags }),
    ...(filled(labels) && { labels }),
    ...(network !== undefined && { network }),
  };
}

function layTarget(
  { key, value }: TargetPair,
  target: DraftTarget | undefined,
  spaced: boolean,
): void {
  if (target === undefined) throw new Error("a target without its draft");
  const comments = [...(target.notes ?? []), ...lossComments(target.losses)];
  if (comments.length > 0) key.commentBefore = comments.map((line) => ` ${line}`).join("\n");
  key.spaceBefore = spaced;
  const isShort =
    comments.length === 0 &&
    Object.keys(target.keys ?? {}).length === 1 &&
    !target.image &&
    !target.help;
  if (isShort) shorten(value);
  else shortenValues(value);
}

/** Each value of a map on one line, where that is short. */
function shortenValues(node: Node): void {
  if (isMap(node)) for (const { value } of node.items) shorten(value as Node);
}

const longest = 88;

/** On one line, where that is short and holds no text of several lines. */
function shorten(node: Node): void {
  if (!isCollection(node)) return;
  const text = JSON.stringify(node.toJSON());
  const isPlain = node.items.every((item) => isOnOneLine(item));
  node.flow = text.length <= longest && isPlain && !text.includes("\\n");
  if (!node.flow)
    for (const item of node.items)
      shorten((isScalar(item) ? item : ((item as { value?: unknown }).value ?? item)) as Node);
}

function isOnOneLine(item: unknown): boolean {
  const value = (item as { value?: unknown } | null)?.value;
  if (isScalar(item)) return true;
  if (!isCollection(value))
    return !isCollection(item) || item.items.every((inner) => isOnOneLine(inner));
  return value.items.every((inner) => isOnOneLine(inner));
}
