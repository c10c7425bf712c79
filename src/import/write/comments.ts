/** Comments of the written file: what had no counterpart, beside the target that it belongs to. */
import type { Loss } from "../draft.ts";
import { lossText } from "../draft.ts";

/** One line for each reason, with the place of the first thing that it is for. */
export function lossComments(losses: readonly Loss[]): readonly string[] {
  const byReason = new Map<string, Loss[]>();
  for (const loss of losses) {
    const reason = `${loss.at.file} ${loss.verb ?? ""} ${loss.why}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), loss]);
  }
  return [...byReason.values()].map((same) => oneLine(placed(joined(same))));
}

/** `FILE:LINE: what`, as it is told on the terminal too. */
export const placed = (loss: Loss): string => `${loss.at.file}:${loss.at.line}: ${lossText(loss)}`;

function joined(same: readonly Loss[]): Loss {
  const [first, ...others] = same;
  if (first === undefined) throw new Error("no loss to tell");
  if (others.length === 0) return first;
  const subjects = [...new Set(same.map(({ subject }) => subject))];
  const subject = `${subjects.slice(0, -1).join(", ")} and ${subjects.at(-1)}`;
  return subjects.length === 1
    ? first
    : { ...first, subject, verb: first.verb ?? "have no counterpart" };
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");
