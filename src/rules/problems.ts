/** Short ways to say that something went wrong: diagnostics of rules and what `act` returns. */
import { type Blame, type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { Target } from "../model/target.ts";
import type { ActOutcome } from "./rule.ts";

type More = Pick<Diagnostic, "at" | "hint" | "details" | "exitCode" | "transient">;

/** A mistake in the target file or on the command line, at a key of the declaration. */
export function usageProblem(
  target: Pick<Target, "places" | "declaredAt">,
  key: string,
  problem: { readonly code: string; readonly message: string } & More,
): Diagnostic {
  return { ...problem, blame: "usage", at: target.places[key] ?? target.declaredAt };
}

/** The same, to be thrown. */
export function usageError(
  target: Pick<Target, "places" | "declaredAt">,
  key: string,
  problem: { readonly code: string; readonly message: string } & More,
): DiagnosticError {
  return new DiagnosticError(usageProblem(target, key, problem));
}

export const failed = (problem: Diagnostic): ActOutcome => ({ kind: "failed", problem });

/** A failure that is the target's own, or of the surroundings. */
export function failure(
  blame: Blame,
  code: string,
  message: string,
  more: More = {},
): DiagnosticError {
  return new DiagnosticError({ code, blame, message, ...more });
}

/** Something that is not to be had here and now; an alternative may serve. */
export function unavailable(
  code: string,
  why: string,
  message: string,
  more: More = {},
): ActOutcome & { readonly kind: "unavailable" } {
  return {
    kind: "unavailable",
    why,
    problem: { code, blame: "surroundings", message, ...more },
  };
}

/** Credentials in URLs are nobody's business: `https://me:secret@host` reads `https://***@host`. */
export function redactUrls(text: string): string {
  return text.replace(
    /([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/@]+)@/gi,
    (whole, scheme: string, who: string) =>
      scheme.toLowerCase() === "ssh://" && !who.includes(":") ? whole : `${scheme}***@`,
  );
}

/** `1 file`, `2 files`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
