/** Digests of what targets are declared to be: equal as long as an edit of the file changes nothing for them. */
import { createHash } from "node:crypto";
import type { Location } from "../../model/diagnostic.ts";
import type { Declaration, TargetDeclaration } from "../declaration.ts";
import type { ParameterValues } from "./resolve-parameters.ts";

/**
 * By the name of the declaration, a matrix once. Where something stands in the file does not count,
 * nor what the help says, nor how an image is managed; the values of the parameters that are used do.
 */
export function definitionsOf(
  { targets }: Declaration,
  { texts, secrets }: ParameterValues,
): ReadonlyMap<string, string> {
  return new Map(targets.map((target) => [target.name, digestOf(target, { texts, secrets })]));
}

function digestOf(target: TargetDeclaration, { texts, secrets }: ParameterValues): string {
  const { help: _, places: __, managed: ___, ...counted } = target;
  const values = usedBy(target).map((key) => [key, texts.get(key) ?? null, secrets.has(key)]);
  const text = JSON.stringify([counted, values], withoutPlaces);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Those of its alternatives too. */
function usedBy(target: TargetDeclaration): readonly string[] {
  const inner = Object.values(target.fields).flatMap(({ type, value }) =>
    type === "alternatives" ? (value as readonly TargetDeclaration[]).flatMap(usedBy) : [],
  );
  return [...new Set([...target.uses, ...inner])];
}

function withoutPlaces(_: string, value: unknown): unknown {
  return isLocation(value) ? undefined : value;
}

function isLocation(value: unknown): value is Location {
  return (
    typeof value === "object" &&
    value !== null &&
    "line" in value &&
    typeof value.line === "number" &&
    "file" in value &&
    "column" in value
  );
}
