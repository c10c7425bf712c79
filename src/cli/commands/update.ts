/** `tbuild update [targets…]`: asks servers again what names stand for, moves the lock, and tells what moved. */
import { mayName } from "../../config/named-pins.ts";
import { updatePins } from "../../engine/update-pins.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { PinChange } from "../../model/pin.ts";
import { shortPin } from "../../model/pin-words.ts";
import { applyChanges } from "../../pins/write-lock.ts";
import { hideCredentials } from "../../report/redact.ts";
import { counted } from "../../rules/problems.ts";
import { namedCheckouts } from "../checkout-values.ts";
import { type Prepared, prepare, type TargetRequest } from "../prepare.ts";
import type { CommonRequest } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import * as problems from "../usage-problems.ts";

/** @returns the exit code */
export async function runUpdate(request: TargetRequest, place: Surroundings): Promise<number> {
  const { common } = request;
  const { log } = common;
  const prepared = await prepare(request, place, { everything: true });
  const { root } = prepared;
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const show = (found: readonly Diagnostic[]) =>
    showProblems({ problems: found, root, log }, place);
  if (common.locked) return show([problems.contradiction("tbuild update", "--locked")]);
  const { environment, signal } = place;
  const isNamed = isNamedBy(prepared);
  try {
    const wanted = [...prepared.wanted, ...namedCheckouts(prepared.declaration, prepared.names)];
    const updated = await updatePins({
      ...common,
      ...prepared,
      wanted,
      isNamed,
      environment,
      signal,
    });
    if (!updated.ok) return await show(updated.problems);
    const { changes, problems: untold } = updated.value;
    const unwritten = common.dryRun ? undefined : applyChanges(prepared.pins.lock.path, changes);
    if (unwritten) return await show([unwritten]);
    if (!common.quiet) place.out.write(linesOf(changes, common));
    return untold.length > 0 ? await show(untold) : 0;
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  }
}

/** Only who asks for everything may say of an entry that nothing names it. */
function isNamedBy({
  declaration,
  names,
}: Prepared & { readonly ok: true }): (key: string) => boolean {
  const isWhole = declaration.targets.every(({ name }) => names.includes(name));
  return isWhole ? mayName(declaration) : () => true;
}

function linesOf(changes: readonly PinChange[], { log, dryRun }: CommonRequest): string {
  const lines = changes.map((change) =>
    log === "json" ? jsonLine(change, dryRun) : hideCredentials(textLine(change)),
  );
  return lines.map((line) => `${line}\n`).join("");
}

function textLine(change: PinChange): string {
  const named = `${change.kind.padEnd(5)}  ${change.key}`;
  switch (change.kind) {
    case "moved":
      return `${named}  ${shortPin(change.from)} -> ${shortPin(change.to)}${distance(change)}`;
    case "stays":
    case "added":
      return `${named}  ${shortPin(change.to)}`;
    case "gone":
      return `${named}  ${shortPin(change.from)}`;
  }
}

function distance({ between }: PinChange & { readonly kind: "moved" }): string {
  if (between === undefined) return "";
  return `, ${between.kind === "ahead" ? counted(between.commits, "commit") : between.kind}`;
}

function jsonLine(change: PinChange, dryRun: boolean): string {
  const { kind, key, ...values } = change;
  const told = { kind: "lock-entry", change: kind, entry: key, ...values };
  if (change.kind !== "moved" || !change.between) return JSON.stringify({ ...told, dryRun });
  const { between } = change;
  const commits = between.kind === "ahead" ? { commits: between.commits } : { rewritten: true };
  return JSON.stringify({ ...told, between: undefined, ...commits, dryRun });
}
