/**
 * Has it confirmed when a target is about to do what cannot be undone: one question at a time. How it is
 * put is told by whoever opened the build; what is at stake, by the rule.
 */
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Reporter } from "../../model/event.ts";
import type { ConfirmationState, Overwrite } from "../../model/overwrite.ts";
import type { Target } from "../../model/target.ts";
import { shownTitle } from "../plan/shown-title.ts";
import { declinedProblem, unconfirmedProblem } from "./confirmation-problems.ts";

/** What is asked: who wants to do it, and what would be lost. */
export interface Question {
  readonly title: string;
  readonly overwrites: readonly Overwrite[];
}

export interface ConfirmingParts {
  readonly reporter: Reporter;
  /** The user said yes to all beforehand. */
  readonly yes: boolean;
  /** Absent: there is nobody to ask. */
  readonly ask?: ((question: Question, signal: AbortSignal) => Promise<boolean>) | undefined;
}

export class Confirmations {
  readonly #parts: ConfirmingParts;
  #before: Promise<unknown> = Promise.resolve();

  constructor(parts: ConfirmingParts) {
    this.#parts = parts;
  }

  /** @throws DiagnosticError where the answer is no, or there is nobody to ask */
  async confirm(
    target: Target,
    overwrites: readonly Overwrite[],
    signal: AbortSignal,
  ): Promise<void> {
    const { yes, ask } = this.#parts;
    if (yes) return this.#tell(target, overwrites, "given");
    if (!ask) {
      this.#tell(target, overwrites, "unasked");
      throw new DiagnosticError(unconfirmedProblem(target, overwrites));
    }
    const turn = this.#before.then(() => this.#ask(target, overwrites, signal));
    this.#before = turn.catch(() => undefined);
    if (!(await turn)) throw new DiagnosticError(declinedProblem(target, overwrites));
  }

  /** Whatever becomes of it, the display that stands still meanwhile is told that it is over. */
  async #ask(
    target: Target,
    overwrites: readonly Overwrite[],
    signal: AbortSignal,
  ): Promise<boolean> {
    signal.throwIfAborted();
    this.#tell(target, overwrites, "asked");
    let isAgreed = false;
    try {
      isAgreed =
        (await this.#parts.ask?.({ title: shownTitle(target), overwrites }, signal)) ?? false;
    } finally {
      this.#tell(target, overwrites, isAgreed ? "agreed" : "declined");
    }
    return isAgreed;
  }

  #tell(target: Target, overwrites: readonly Overwrite[], state: ConfirmationState): void {
    const { name } = target;
    const title = shownTitle(target);
    this.#parts.reporter.report({ kind: "confirmation", target: name, title, state, overwrites });
  }
}
