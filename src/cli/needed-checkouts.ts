/**
 * Which members of matrices of checkouts wanted targets name: the servers of the others need not be asked. Found in
 * the graph as it is with commits that stand in for those that nobody knows yet.
 */
import { createHash } from "node:crypto";
import type { Declaration } from "../config/declaration.ts";
import { checkoutKey, checkoutKeysOf, readCheckoutKey } from "../config/expand/checkout-names.ts";
import { expandLazily } from "../config/expand/expand.ts";
import type { ParameterValues } from "../config/expand/resolve-parameters.ts";
import { alternativesOf, resolveWanted } from "../config/list-targets.ts";
import { parseName } from "../config/target-index.ts";
import { graphOf, namesBelow } from "../engine/plan/draw-graph.ts";
import type { TargetName } from "../model/target.ts";

/** @returns undefined where it cannot be told: the graph is wrong, which is reported later */
export function neededCheckouts(
  { declaration, values }: { readonly declaration: Declaration; readonly values: ParameterValues },
  members: readonly { readonly name: TargetName }[],
  names: readonly string[],
): ReadonlySet<string> | undefined {
  const wanted = resolveWanted(declaration, names);
  const texts = new StandIns(values.texts, members);
  const graph = graphOf(expandLazily(declaration, { ...values, texts }));
  if (!wanted.ok || !graph.ok) return undefined;
  const byName = new Map(declaration.targets.map((target) => [target.name, target]));
  const keys = namesBelow(graph.value, wanted.value).flatMap((name) => {
    const parsed = parseName(name);
    const declared = parsed && byName.get(parsed.family);
    // An alternative is named by the target that it belongs to.
    if (!declared) return [];
    const uses = [declared, ...alternativesOf(declared)].flatMap((each) => each.uses);
    return checkoutKeysOf(uses, declared, parsed.values ?? []);
  });
  return new Set(keys.flatMap((key) => readCheckoutKey(key)?.name ?? []));
}

/** The values, and a commit of each checkout's own: two of the same would be one name of two images. */
class StandIns extends Map<string, string> {
  readonly #values: ReadonlyMap<string, string>;

  constructor(
    values: ReadonlyMap<string, string>,
    members: readonly { readonly name: TargetName }[],
  ) {
    super();
    this.#values = values;
    for (const { name } of members) {
      const commit = createHash("sha1").update(name).digest("hex");
      this.set(checkoutKey(name, "commit"), commit);
      this.set(checkoutKey(name, "short"), commit.slice(0, 12));
      this.set(checkoutKey(name, "ref"), commit);
    }
  }

  /** Of a key that leaves the member open any text will do. */
  override get(key: string): string | undefined {
    return (
      super.get(key) ?? this.#values.get(key) ?? (readCheckoutKey(key)?.isOfMember ? "" : undefined)
    );
  }

  override has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}
