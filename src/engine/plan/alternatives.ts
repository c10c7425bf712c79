/** Which alternative a `first-of` target takes, and which it passes over, with the reason. */
import { createHash } from "node:crypto";
import type { PassedOver } from "../../model/event.ts";
import type { Project, Target, TargetName } from "../../model/target.ts";
import type { Parts, Trace } from "../../model/trace.ts";
import type { FieldTypes } from "../../rules/fields.ts";
import { actsAlways } from "../../rules/kinds.ts";

export interface Choice {
  /** Index into the alternatives; equal to their number when none is left. */
  readonly index: number;
  readonly passedOver: readonly PassedOver[];
}

/** In the order in which they are tried; none for a target that is no `first-of`. */
export function alternativesOf(target: Target): readonly TargetName[] {
  return target.rule?.kind === "first-of"
    ? (target.rule.fields["first-of"] as FieldTypes["alternatives"])
    : [];
}

/**
 * The alternative to try at first. One that was not to be had in the last run is not tried again
 * while the later one that served stays as it was declared: a run in which nothing changed asks no
 * network. Forcing the target tries from the start.
 */
export function firstChoice(project: Project, target: Target, trace: Trace | undefined): Choice {
  const fresh = skipNotGiven(project, target, { index: 0, passedOver: [] });
  const last = trace?.alternative;
  if (last === undefined || last <= fresh.index) return fresh;
  let choice = fresh;
  while (choice.index < last) {
    const alternative = alternativeAt(project, target, choice.index);
    // An answer of an earlier run says nothing about now.
    if (alternative && actsAlways(alternative)) return choice;
    const before = trace?.parts[`alternative ${choice.index}`];
    const [hash, why] = splitOnce(before ?? "");
    if (!alternative || hash !== hashRule(alternative) || why === "") return fresh;
    choice = skipNotGiven(project, target, passOver(choice, alternative, why));
  }
  return choice;
}

/** The alternative after one that was not to be had. */
export function nextChoice(project: Project, target: Target, choice: Choice, why: string): Choice {
  const alternative = alternativeAt(project, target, choice.index);
  if (!alternative) return choice;
  return skipNotGiven(project, target, passOver(choice, alternative, why));
}

/** What a trace keeps of a choice: the alternatives passed over, with the reason. */
export function partsOfChoice(project: Project, target: Target, choice: Choice): Parts {
  const parts: Record<string, string> = {};
  let passed = 0;
  for (let index = 0; index <= choice.index; index++) {
    const alternative = alternativeAt(project, target, index);
    if (!alternative) break;
    const why = index < choice.index ? choice.passedOver[passed++]?.why : undefined;
    parts[`alternative ${index}`] = `${hashRule(alternative)} ${why ?? ""}`;
  }
  return parts;
}

/** Whether an alternative before the chosen one may be to be had in the next run: it is asked each time. */
export function asksAgain(project: Project, target: Target, choice: Choice): boolean {
  return alternativesOf(target)
    .slice(0, choice.index)
    .some((name) => {
      const alternative = project.targets.get(name);
      if (!alternative || !actsAlways(alternative)) return false;
      return whyNotTried(project, alternative) === undefined;
    });
}

function skipNotGiven(project: Project, target: Target, start: Choice): Choice {
  let choice = start;
  for (;;) {
    const alternative = alternativeAt(project, target, choice.index);
    const why = alternative && whyNotTried(project, alternative);
    if (!alternative || why === undefined) return choice;
    choice = passOver(choice, alternative, why);
  }
}

/** Known without asking anybody. */
function whyNotTried(project: Project, { missing, unless }: Target): string | undefined {
  if (missing.length > 0) return whyMissing(project, missing);
  return unless === true ? "switched off by `unless`" : undefined;
}

function whyMissing({ noValue }: Project, missing: readonly string[]): string {
  const none = missing.flatMap((name) => noValue?.get(name) ?? [])[0];
  if (none !== undefined) return `\`\${${none.name}}\` has no value: ${none.why}`;
  return `${missing.map((name) => `\`--${name}\``).join(" and ")} not given`;
}

const passOver = (choice: Choice, alternative: Target, why: string): Choice => ({
  index: choice.index + 1,
  passedOver: [...choice.passedOver, { alternative: alternative.title, why }],
});

function alternativeAt(project: Project, target: Target, index: number): Target | undefined {
  const name = alternativesOf(target)[index];
  return name === undefined ? undefined : project.targets.get(name);
}

function hashRule(target: Target): string {
  const text = JSON.stringify([target.rule ?? null, target.needs, target.unless]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function splitOnce(text: string): readonly [string, string] {
  const space = text.indexOf(" ");
  return space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}
