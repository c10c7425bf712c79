/**
 * Whether targets of a file may ask for what an entry of the lock file is of, whatever values the parameters
 * get: an entry of other values is not one that nothing names.
 */
import type { Asked } from "../model/pin.ts";
import { pinKey } from "../model/pin-key.ts";
import { splitPin } from "../model/pin-words.ts";
import { normaliseReference } from "../rules/reference.ts";
import type { Declaration, TargetDeclaration, Template, Text } from "./declaration.ts";

/** @returns a function of the entry's key */
export function mayName({ targets }: Declaration): (key: string) => boolean {
  const all = [...targets, ...targets.flatMap(alternativesOf)];
  const patterns = all.flatMap(patternsOf);
  const takesImages = all.some(namesImagesByValues);
  return (key) => {
    if (patterns.some((pattern) => pattern.test(key))) return true;
    return takesImages && splitPin(key)?.[0] === "image";
  };
}

function alternativesOf({ fields }: TargetDeclaration): readonly TargetDeclaration[] {
  return Object.values(fields).flatMap(({ type, value }) =>
    type === "alternatives" ? (value as readonly TargetDeclaration[]) : [],
  );
}

/** Stands for a value while a text is made into a pattern. */
const anything = "\u{f0000}";

function patternsOf({ rule, fields }: TargetDeclaration): readonly RegExp[] {
  const textOf = (key: string): string => templateText((fields[key] as { value: Text }).value.text);
  switch (rule) {
    case "git": {
      const ref = fields["ref"] ? textOf("ref") : "HEAD";
      return [patternOf({ kind: "git", url: textOf("git"), ref })];
    }
    case "fetch":
      return [patternOf({ kind: "fetch", url: textOf("fetch") })];
    case "pull":
      return [patternOf({ kind: "image", reference: shortReference(textOf("pull")) })];
    default:
      return [];
  }
}

const templateText = (text: Template): string =>
  typeof text === "string"
    ? text
    : text.map((part) => (typeof part === "string" ? part : anything)).join("");

/** As well as can be told without the values. */
const shortReference = (text: string): string =>
  text.includes(anything)
    ? text.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "")
    : normaliseReference(text);

function patternOf(asked: Asked): RegExp {
  // A query stands in a key as its hash.
  const isOpen = asked.kind === "fetch" && asked.url.replace(/^[^?]*/, "").includes(anything);
  const key = pinKey(
    asked.kind === "fetch" && isOpen
      ? { ...asked, url: asked.url.replace(/\?.*$/s, anything) }
      : asked,
  );
  const pattern = key
    .split(anything)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}(:latest)?$`);
}

/** Which images a Dockerfile names may depend on values, and so may whether it is looked at; or it is in a checkout. */
const namesImagesByValues = ({ rule, axes, uses, fields }: TargetDeclaration): boolean =>
  rule === "image" && (axes.length > 0 || uses.length > 0 || fields["include"] !== undefined);
