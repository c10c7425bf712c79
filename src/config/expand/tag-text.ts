/** Texts that tags of images are made from: what git calls a branch or a tag may not be one. */

import type { Part, Template } from "../declaration.ts";
import { type Frame, fillPart } from "../read/template.ts";
import { isLoosePart } from "./built-ins.ts";
import { readCheckoutKey } from "./checkout-names.ts";

/** The same with the names of git written as tags may be: a branch `feature/x` reads `feature-x`. */
export function asTags(text: Template, frame: Frame): Template {
  return typeof text === "string" ? text : text.map((part) => asTag(part, frame));
}

function asTag(part: Part, frame: Frame): Part {
  const isLoose = typeof part !== "string" && isLooseName(part);
  const name = isLoose ? fillPart(part, frame) : undefined;
  return name?.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "_") ?? part;
}

function isLooseName(part: Exclude<Part, string>): boolean {
  if ("checkout" in part) return part.value === "ref";
  return (
    "param" in part && (isLoosePart(part.param) || readCheckoutKey(part.param)?.value === "ref")
  );
}
