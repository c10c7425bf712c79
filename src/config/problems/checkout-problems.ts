/** The wording of problems with names of checkouts. */
import type { Location } from "../../model/diagnostic.ts";
import { type IndexedTarget, memberNames } from "../target-index.ts";
import { didYouMean, oneOf, quoted, usage } from "./problem-words.ts";

export const noCheckout = (name: string, checkouts: readonly string[], at: Location) =>
  usage("no-checkout", `\`${name}\` is no checkout, and has no commit`, at, {
    hint:
      checkouts.length === 0
        ? "a checkout is a target with the rule `git`; as an alternative it has no name of its own"
        : `name one with the rule \`git\`: ${oneOf(checkouts)}`,
  });

export const noCheckoutValue = (
  text: string,
  name: string,
  near: string | undefined,
  at: Location,
) =>
  usage("no-checkout-value", `a checkout has no \`\${${text}}\``, at, {
    hint:
      didYouMean(near && `\${${name}.${near}}`) ??
      `it has \`\${${name}.commit}\`, \`\${${name}.short}\` and \`\${${name}.ref}\``,
  });

export const noSameMember = (text: string, target: IndexedTarget, at: Location) => {
  const keys = quoted(target.axes.map(({ name }) => name)).join(", ");
  const [member = target.name] = memberNames(target);
  const last = text.slice(text.lastIndexOf("."));
  return usage(
    "no-same-member",
    `\`\${${text}}\` leaves open which \`${target.name}\` is meant: its matrix has ${keys}`,
    at,
    { hint: `give this target the same keys and values, or name one: \`\${${member}${last}}\`` },
  );
};
