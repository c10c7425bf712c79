/** Waits for the clock of the file system, which cannot be faked. */
import { readdirSync, statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** The times of files tell of an edit only some milliseconds after the last one. */
export async function settle(root: string): Promise<void> {
  const times = readdirSync(root, { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(`${root}/${name}`, { throwIfNoEntry: false })?.ctimeMs ?? 0,
  );
  await wait(Math.max(0, Math.max(...times) + 25 - Date.now()));
}
