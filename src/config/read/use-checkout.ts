/** Reads names such as `api.short`, of targets that are checkouts, and reports those that stand for nothing. */
import type { Location } from "../../model/diagnostic.ts";
import { nearest } from "../../model/nearest.ts";
import { type CheckoutValue, checkoutValues } from "../checkout-value.ts";
import type { Part } from "../declaration.ts";
import { checkoutKey, sameMemberKey } from "../expand/checkout-names.ts";
import * as problems from "../problems/checkout-problems.ts";
import { unknownTarget } from "../problems/problems.ts";
import { type IndexedTarget, memberName, parseName } from "../target-index.ts";
import { checkMember } from "./read-reference.ts";
import type { Reader } from "./reader.ts";

/** @returns undefined for a text that is no such name, `wrong` where it was reported */
export function useCheckout(
  reader: Reader,
  text: string,
  at: Location,
): Part | "wrong" | undefined {
  const [, shown = "", last = ""] = /^(.+)\.([\w-]+)$/s.exec(text) ?? [];
  const parsed = parseName(shown);
  const value = checkoutValues.find((known) => known === last);
  const target = parsed && reader.targets.get(reader.scope.prefix + parsed.family);
  if (parsed === undefined || (target === undefined && value === undefined)) return undefined;
  const report = (problem: ReturnType<typeof unknownTarget>): "wrong" => {
    reader.problems.push(problem);
    return "wrong";
  };
  const checkouts = checkoutsIn(reader);
  if (target === undefined) return report(unknownTarget(shown, at, nearest(shown, checkouts)));
  if (target.isCheckout !== true) return report(problems.noCheckout(shown, checkouts, at));
  if (value === undefined) {
    return report(problems.noCheckoutValue(text, shown, nearest(last, checkoutValues), at));
  }
  if (parsed.values) {
    const wrong = checkMember(target, parsed.values, shown, at);
    return wrong ? report(wrong) : fixed(reader, memberName(target.name, parsed.values), value);
  }
  if (target.axes.length === 0) return fixed(reader, target.name, value);
  return sameMember(reader, target, value) ?? report(problems.noSameMember(text, target, at));
}

/** Names of the targets that are checkouts, as this file would write them. */
function checkoutsIn({ scope, targets }: Reader): readonly string[] {
  return [...targets.values()].flatMap(({ name, isCheckout }) =>
    isCheckout && name.startsWith(scope.prefix) ? [name.slice(scope.prefix.length)] : [],
  );
}

function fixed(reader: Reader, name: string, value: CheckoutValue): Part {
  const key = checkoutKey(name, value);
  reader.uses.add(key);
  return { param: key };
}

/** @returns undefined where the user's matrix has not all keys of the target's, with their values */
function sameMember(reader: Reader, target: IndexedTarget, value: CheckoutValue): Part | undefined {
  const axes = target.axes.map(({ name, values }) =>
    reader.axes.findIndex(
      (own) => own.name === name && own.values.every((each) => values.includes(each)),
    ),
  );
  if (axes.includes(-1)) return undefined;
  reader.varies = true;
  reader.uses.add(sameMemberKey(target, value));
  return { checkout: target.name, axes, value };
}
