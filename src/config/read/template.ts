/** Text with `${parameters}`: parsed once for a declaration, filled for each of its targets. */
import { takeApart } from "../../model/list-form.ts";
import { semanticPart } from "../../model/semantic-version.ts";
import type { Part, Template } from "../declaration.ts";
import { checkoutKey } from "../expand/checkout-names.ts";
import { memberName } from "../target-index.ts";

/**
 * Says what a name stands for. `nth` counts the `${` of the text from 0, for the place of a problem;
 * the name is undefined where no `}` follows.
 */
export type Use = (name: string | undefined, nth: number) => Part;

/** `${name}` becomes what `use` returns, `$${` a plain `${`. */
export function parseTemplate(text: string, use: Use): Template {
  if (!text.includes("${")) return text;
  const parts: Part[] = [];
  for (const piece of splitTemplate(text)) {
    if (piece.kind === "text") parts.push(piece.text);
    else parts.push(use(piece.name, piece.nth));
  }
  return parts.every((part) => typeof part === "string") ? parts.join("") : parts;
}

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "use"; readonly name: string | undefined; readonly nth: number };

/** The literal and the other pieces of a text, in order. */
export function splitTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let nth = 0;
  for (let open = text.indexOf("${"); open >= 0; open = text.indexOf("${", from), nth++) {
    if (open > from && text[open - 1] === "$") {
      pieces.push({ kind: "text", text: `${text.slice(from, open - 1)}\${` });
      from = open + 2;
      continue;
    }
    if (open > from) pieces.push({ kind: "text", text: text.slice(from, open) });
    const close = text.indexOf("}", open);
    const name = close < 0 ? undefined : text.slice(open + 2, close);
    pieces.push({ kind: "use", name, nth });
    from = close < 0 ? text.length : close + 1;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

/** Values to fill in: of parameters by key, of the matrix member by index. */
export interface Frame {
  readonly values: ReadonlyMap<string, string>;
  readonly member: readonly string[];
}

/** The text, or undefined when a parameter in it has no value. */
export function fill(template: Template, frame: Frame): string | undefined {
  if (typeof template === "string") return template;
  let text = "";
  for (const part of template) {
    const value = fillPart(part, frame);
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}

export function fillPart(part: Part, { values, member }: Frame): string | undefined {
  if (typeof part === "string") return part;
  if ("param" in part) return values.get(part.param);
  if ("checkout" in part) {
    const name = memberName(
      part.checkout,
      part.axes.map((axis) => member[axis] as string),
    );
    return values.get(checkoutKey(name, part.value));
  }
  const value = member[part.axis];
  if (value === undefined) return undefined;
  if (part.piece) return takeApart(value, part.piece.separators)[part.piece.nth];
  return part.semver ? semanticPart(value, part.semver) : value;
}
