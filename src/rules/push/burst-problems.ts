/** The wording of what is told about tag bursts that were cut off, one line each. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Completion, LeftAlone } from "../../registry/complete-burst.ts";
import type { FoundBurst } from "../../store/unfinished-bursts.ts";

const told = (code: string, message: string): Diagnostic => ({
  code,
  blame: "surroundings",
  message,
});

type Unfinished = FoundBurst & { readonly kind: "unfinished" };

export function unfinishedBurst({ host, moves, command }: Unfinished): Diagnostic {
  const where = moves.length === 1 ? "at its tag" : `among its ${moves.length} tags`;
  const next = `complete it with \`${command}\``;
  return told("push-unfinished", `a push to ${host} was cut off ${where}: ${next}`);
}

/** @param file where it lies, as the user would type it */
export const damagedBurst = (host: string, file: string): Diagnostic =>
  told(
    "push-record-damaged",
    `the record of a push to ${host} that was cut off is damaged, and nothing is done by it: see \`${file}\`, and push again`,
  );

export function completedBurst(host: string, { moved, were, leftAlone }: Completion): Diagnostic {
  const parts = [
    `${moved.length} moved to ${moved.length === 1 ? "its new image" : "their new images"} now`,
    were > 0 ? `${were} ${were === 1 ? "was" : "were"} there` : "",
    ...leftAlone.map((it) => leftAloneBecause(host, it)),
  ];
  const what = parts.filter(Boolean).join(", ");
  return told("push-completed", `a push to ${host} was cut off among its tags: ${what}`);
}

function leftAloneBecause(host: string, { move, names, isGone }: LeftAlone): string {
  const name = `\`${host}/${move.repository}:${move.tag}\``;
  if (isGone) return `${name} left alone since ${move.new} is not there any more`;
  return `${name} left alone since something else ${names ? `moved it to ${names}` : "removed it"}`;
}
