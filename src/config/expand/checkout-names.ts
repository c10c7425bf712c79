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

/** The parameters of a target with what it uses of checkouts with the same values as its own. */
export function withSameMembers(
  parameters: Target["parameters"],
  { counted, axes }: TargetDeclaration,
  member: readonly string[],
  texts: ReadonlyMap<string, string>,
): Pick<Target, "parameters"> | undefined {
  const keys = counted.filter((key) => readCheckoutKey(key)?.isOfMember);
  if (keys.length === 0) return undefined;
  const values = new Map(axes.map(({ name }, index) => [name, member[index] as string]));
  const own = keys.map((key) => keyForMember(key, values));
  const found = own.map((key) => [key, texts.get(key) ?? ""]);
  return { parameters: { ...parameters, ...Object.fromEntries(found) } };
}
