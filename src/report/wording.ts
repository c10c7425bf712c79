/** Every sentence of a report, once: `plain` and `pretty` differ in layout and colour and not in words. */
import type { Event, Names, PassedOver } from "../model/event.ts";
import { overwriteLines, overwritesInShort } from "../model/overwrite.ts";
import { shownPin } from "../model/pin-words.ts";
import { countedThings, type Removal } from "../model/removal.ts";
import { duration, wholeDuration } from "../model/shown-duration.ts";
import { bytes } from "../model/size.ts";

export { bytes, duration, wholeDuration };

type EventOf<K extends Event["kind"]> = Event & { readonly kind: K };

/** What was made of what was asked for: `packages: built from source (target package-build), --packages not given`. */
export function alternativeLine(event: EventOf<"alternative">): string {
  const source = /^target (.+)$/.exec(event.chosen);
  const choice = source === null ? event.chosen : `built from source (${event.chosen})`;
  return [`${event.target}: ${choice}`, ...event.passedOver.map(passedOver)].join(", ");
}

/** `--packages` not given says all by itself; `not found in the registry` needs what was not found. */
function passedOver({ alternative, why }: PassedOver): string {
  return why.startsWith("`--") ? why : `${alternative} (${why})`;
}

/** `built in 4.2 s`, `failed after 4.2 s` … */
export function outcome(event: EventOf<"target-finished">): string {
  const time = duration(event.seconds);
  switch (event.outcome) {
    case "built":
      return `built in ${time}`;
    case "restored":
      return `restored in ${time}`;
    case "fresh":
      return "fresh";
    case "failed":
      return `failed after ${time}`;
    case "cancelled":
      return `cancelled after ${time}`;
    case "unavailable":
      return `not to be had: ${event.note ?? ""}`;
    case "skipped":
      return event.because === undefined ? "skipped" : `skipped, needs ${event.because}`;
  }
}

/** `attempt 1 of 3 failed: …; the next one in 2.0 s`. */
export function attemptFailed(event: EventOf<"attempt-failed">): string {
  const next = event.wait === 0 ? "trying again" : `trying again in ${duration(event.wait)}`;
  return `attempt ${event.attempt} of ${event.of} failed: ${event.problem.message}; ${next}`;
}

export const attemptStarted = (event: EventOf<"attempt-started">): string =>
  `attempt ${event.attempt} of ${event.of} started`;

/** `skipped 2 that need images[agent]: save, push`; a long list is cut. */
export function skippedLine(because: string | undefined, skipped: readonly string[]): string {
  const longest = 8;
  const names = skipped.slice(0, longest).join(", ");
  const more = skipped.length > longest ? ` and ${skipped.length - longest} more` : "";
  const reason =
    because === undefined ? "" : ` that ${skipped.length === 1 ? "needs" : "need"} ${because}`;
  return `skipped ${skipped.length}${reason}: ${names}${more}`;
}

/** What a dry run says of one target. */
function wouldRun(event: EventOf<"would-run">): string {
  return `${event.title}: ${event.certain ? "would be built" : "may be built"}: ${event.why}`;
}

/** What a dry run answers, for standard output; undefined for what is no answer. */
export function answerLine(event: Event): string | undefined {
  switch (event.kind) {
    case "would-run":
      return wouldRun(event);
    case "would-remove":
      return `${event.target}: would remove ${removal(event)}`;
    case "would-free":
      return wouldFree(event);
    default:
      return undefined;
  }
}

/** `image shop/web:1, 3.4 MB`; of what is many `out/html, 12 files, 3.4 MB`. */
export function removal({ what, name, count, bytes: size }: Removal): string {
  const one = countedThings({ what, count: 1 }).slice(2);
  const isNamed = what === "images" || what === "containers";
  const shown = isNamed ? `${one} ${name}` : `${name}, ${countedThings({ what, count })}`;
  return `${shown}, ${bytes(size)}`;
}

function wouldFree({ target, totals, bytes: size }: EventOf<"would-free">): string {
  if (totals.length === 0) return `${target}: nothing to remove`;
  const parts = totals.map((total) => `${countedThings(total)} (${bytes(total.bytes)})`);
  return `${target}: would free ${bytes(size)}: ${parts.join(", ")}`;
}

export function serviceLine(event: EventOf<"service">): string {
  const address = event.address === undefined ? "" : ` at ${event.address}`;
  return `${event.target}: service ${event.state}${address}`;
}

export function waitingLine(event: EventOf<"waiting">): string {
  return `waiting for another tbuild in this workspace, process ${event.pid}: ${event.command}`;
}

/** What `--yes` said yes to: the question is put to nobody, and its subject told. */
export const givenLines = ({ title, overwrites }: EventOf<"confirmation">): readonly string[] => [
  `${title}: ${overwritesInShort(overwrites)}, and \`--yes\` was given`,
  ...overwriteLines(overwrites).map((line) => `  ${line}`),
];
/** What a build added to the lock file. */
export function lockedLine({ file, added }: EventOf<"locked">): string {
  const shown = added.slice(0, 3).map(shownPin);
  const more = added.length > shown.length ? ` and ${added.length - shown.length} more` : "";
  return `locked ${shown.join(", ")}${more} in \`${file}\`, which is to be committed`;
}

/** What began a build, or ended one. */
export function changedLine({ changed, stops }: EventOf<"changed">): string {
  const [first = ""] = changed.names;
  const rest = changed.total > 1 ? ` (and ${changed.total - 1} more)` : "";
  return `${first} changed${rest}${stops ? ", stopping this build for another" : ""}`;
}

/** What a watch waits for. */
export function watchingLines({ files, folders, needed }: EventOf<"watching">): string[] {
  const figures = `${counted(files, "file")} in ${counted(folders, "folder")}`;
  return [
    ...(needed ? [`waiting for a change of ${someOf(needed)}`] : []),
    `watching ${figures}; Ctrl-C ends`,
  ];
}

function someOf({ names, total }: Names): string {
  const shown = names.slice(0, 3);
  const more = total - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` (and ${more} more)` : ""}`;
}

const counted = (number: number, word: string): string =>
  `${number} ${word}${number === 1 ? "" : "s"}`;

/** The last line of a build. */
export function summary(
  event: EventOf<"finished">,
  ended: "done" | "interrupted" | "stopped" = "done",
): string {
  const { built, restored = 0, fresh, failed, skipped } = event;
  const nothingDone = built + restored + failed + skipped === 0;
  if (nothingDone && ended === "done") return allFresh(fresh);
  const counts = [count("failed", failed), count("skipped", skipped), count("built", built)];
  const all = [...counts, count("restored", restored), count("fresh", fresh)]
    .filter((part) => part !== "")
    .join(", ");
  const what = ended === "done" ? all : [ended, all].filter(Boolean).join(": ");
  return `${what} ${all === "" ? "after" : "in"} ${duration(event.seconds)}`;
}

/** The last line of a dry run. */
export function dryRunSummary(certain: number, uncertain: number, fresh: number): string {
  if (certain + uncertain === 0) return allFresh(fresh);
  const parts = [count("would build", certain), count("may build", uncertain)];
  return [...parts, count("fresh", fresh)].filter((part) => part !== "").join(", ");
}

const count = (word: string, number: number): string => (number === 0 ? "" : `${word} ${number}`);

function allFresh(fresh: number): string {
  if (fresh === 0) return "nothing to do";
  return fresh === 1 ? "the target is fresh" : `all ${fresh} targets are fresh`;
}

/** Said beside a failure. */
export const again = (command: string): string => `again: ${command}`;
export const logAt = (path: string): string => `log: ${path}`;

/** Ends that are worth a line of their own in every report: what was made, and what somebody had to be asked for. */
export const isTold = ({ outcome, note }: EventOf<"target-finished">): boolean =>
  outcome === "built" ||
  outcome === "restored" ||
  outcome === "failed" ||
  outcome === "cancelled" ||
  (outcome === "fresh" && note !== undefined);
