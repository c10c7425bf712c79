/** Drops the state of a workspace. The lock and the logs, which are in use, stay. */
import { rmSync } from "node:fs";
import path from "node:path";
import type { RemovalKind } from "../../model/removal.ts";
import type { Trace } from "../../model/trace.ts";
import type { BuildRoom } from "../build-room.ts";

const caches = ["digests", "digests.recent", "plans", "pushed.json", "keep", "clones"];

/** What stays keeps its traces, and the choices that led to it: nothing of it is made again. */
export function forget(gone: ReadonlySet<RemovalKind>, room: BuildRoom): void {
  if (gone.has("files")) remove("out", room);
  if (gone.has("images")) room.images.forget();
  if (!gone.has("state")) return;
  const [keepImages, keepFiles] = [!gone.has("images"), !gone.has("files")];
  const kept = [...room.traces.all()].filter((trace) => tellsOf(trace, { keepImages, keepFiles }));
  room.traces.keepOnly(new Set(kept.map(({ key }) => key)), { keepImages, keepFiles });
  room.images.forget();
  room.evictions.clear();
  for (const name of caches) remove(name, room);
}

const remove = (name: string, { state }: BuildRoom): void =>
  rmSync(path.join(state.path, name), { recursive: true, force: true });

function tellsOf(
  { artifacts, alternative }: Trace,
  kept: { readonly keepImages: boolean; readonly keepFiles: boolean },
): boolean {
  if (!kept.keepImages && !kept.keepFiles) return false;
  if (alternative !== undefined) return true;
  const isKept = (kind: string): boolean => (kind === "image" ? kept.keepImages : kept.keepFiles);
  return artifacts.length > 0 && artifacts.every(({ kind }) => isKept(kind));
}
