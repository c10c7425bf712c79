/** What a step that a user's mistake can stop returns; bugs are thrown instead. Knows no particular problem. */
import type { Diagnostic } from "./diagnostic.ts";

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = <T = never>(...problems: readonly Diagnostic[]): Result<T> => ({
  ok: false,
  problems,
});
