/** What a watch tells, as data: names cut to a number that can be read, and its own problems. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Survey } from "../engine/fresh/survey.ts";
import { Places } from "../files/places.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Event, Names } from "../model/event.ts";
import type { TargetFiles } from "./target-files.ts";

/** More names than this are counted, not listed. */
const mostNames = 20;

export function namesOf(names: Iterable<string>): Names {
  const all = [...names];
  return { names: all.slice(0, mostNames), total: all.length };
}

/** Paths relative to the workspace where they lie in it. */
export const shownIn = (root: string, paths: readonly string[]): readonly string[] =>
  paths.map((place) => (place.startsWith(`${root}/`) ? path.relative(root, place) : place));

/** @param needed names of what failed targets wait for; none where nothing failed */
export function watchingEvent(
  root: string,
  files: TargetFiles,
  survey: Survey | undefined,
  needed: Iterable<string>,
): Event {
  const places = new Places(root);
  for (const file of files.keys()) places.addEntry(file);
  if (survey) places.addAll(survey.places);
  const folders = [...places.named()].filter(isFolder);
  // A lock file that is not there is waited for, and is no file yet.
  const there = [...files].flatMap(([file, digest]) => (digest === undefined ? [] : [file]));
  const all = new Set([...there, ...(survey?.files ?? [])]);
  const names = namesOf(needed);
  return {
    kind: "watching",
    files: all.size,
    folders: folders.length,
    ...(names.total > 0 && { needed: names }),
  };
}

const isFolder = (place: string): boolean =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

export const unrestProblem = (name: string): Diagnostic => ({
  code: "changes-while-built",
  blame: "target",
  message: `${name} changed during each of the last builds: the next one waits for another change`,
  hint: "if a command of a target writes it, name it in `outputs` or leave it out of `inputs`",
});
