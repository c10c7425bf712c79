/** Which bytes a `range` header asks for (RFC 9110, section 14). Knows no file. */

export type Range =
  /** None was asked for, or in a way that may be left out of account. */
  | { readonly kind: "all" }
  /** Both included. */
  | { readonly kind: "part"; readonly first: number; readonly last: number }
  | { readonly kind: "outside" };

/** Several ranges at once are answered with all: nobody here asks for them but who wants to burden. */
export function readRange(header: string | undefined, bytes: number): Range {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return { kind: "all" };
  if (from === "") return part(Math.max(0, bytes - Number(to)), bytes - 1);
  // The end comes before the start: this is no range.
  if (to !== "" && Number(to) < Number(from)) return { kind: "all" };
  return part(Number(from), to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1));
}

const part = (first: number, last: number): Range =>
  first <= last ? { kind: "part", first, last } : { kind: "outside" };
