/**
 * The names that stand for what targets with the rule `git` check out: `api.commit`, `api.short`, `api.ref`. What
 * they stand for is found by whoever may ask servers.
 */
import type { Target } from "../../model/target.ts";
import { type CheckoutValue, checkoutValues } from "../checkout-value.ts";
import type { TargetDeclaration } from "../declaration.ts";
import { type IndexedTarget, memberName } from "../target-index.ts";

/** @param name of one target, as `api` or `apps[one]` */
export const checkoutKey = (name: string, value: CheckoutValue): string => `${name}.${value}`;

/** The key of what a member of a matrix has of the member with the same values: `apps[$app].short`. */
export const sameMemberKey = ({ name, axes }: IndexedTarget, value: CheckoutValue): string => {
  const values = axes.map((axis) => `$${axis.name}`);
  return checkoutKey(memberName(name, values), value);
};

export interface CheckoutKey {
  /** As it stands before the dot, `$` and all. */
  readonly name: string;
  readonly value: CheckoutValue;
  /** Whether which member is meant depends on who uses it. */
  readonly isOfMember: boolean;
}

/** What a key was made from; undefined for a key of another kind. */
export function readCheckoutKey(key: string): CheckoutKey | undefined {
  const [, name = "", last] = /^(.+)\.(\w+)$/s.exec(key) ?? [];
  const value = checkoutValues.find((known) => known === last);
  if (value === undefined || name === "git" || name === "semver") return undefined;
  return { name, value, isOfMember: name.includes("[$") };
}

/** The key for one member. @param values of the keys of the user's matrix, by their names */
export const keyForMember = (key: string, values: ReadonlyMap<string, string>): string =>
  key.replace(/\$([\w-]+)/g, (whole, axis: string) => values.get(axis) ?? whole);

/** What a member uses of checkouts: where the key leaves open which is meant, of that with the member's values. */
export function checkoutKeysOf(
  keys: readonly string[],
  { axes }: Pick<TargetDeclaration, "axes">,
  member: readonly string[],
): readonly string[] {
  const used = keys.filter((key) => readCheckoutKey(key) !== undefined);
  if (used.length === 0) return used;
  const values = new Map(axes.map(({ name }, index) => [name, member[index] as string]));
  return used.map((key) => keyForMember(key, values));
}

type Shared = Pick<Target, "parameters" | "missing">;

/** The parameters of a target with what it uses of checkouts with the same values as its own, and lacks of that. */
export function withSameMembers(
  { parameters, missing }: Shared,
  declaration: TargetDeclaration,
  member: readonly string[],
  texts: ReadonlyMap<string, string>,
): Shared | undefined {
  const isOpen = (key: string): boolean => readCheckoutKey(key)?.isOfMember === true;
  const uses = checkoutKeysOf(declaration.uses.filter(isOpen), declaration, member);
  if (uses.length === 0) return undefined;
  const counted = checkoutKeysOf(declaration.counted.filter(isOpen), declaration, member);
  const found = counted.map((key) => [key, texts.get(key) ?? ""]);
  return {
    parameters: { ...parameters, ...Object.fromEntries(found) },
    missing: [...missing, ...uses.filter((key) => !texts.has(key))],
  };
}
