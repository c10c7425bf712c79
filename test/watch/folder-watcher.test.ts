import { EventEmitter, once } from "node:events";
import type { watch } from "node:fs";
import { renameSync, rmSync } from "node:fs";
import { Places } from "../../src/files/places.ts";
import { FolderWatcher } from "../../src/watch/folder-watcher.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

/** Watches folders of a workspace; `until` waits for the news of a path. */
function watching(root: string, ...folders: readonly string[]) {
  const news = new EventEmitter();
  const watcher = new FolderWatcher((path) => news.emit(path.slice(root.length + 1)));
  opened.push(watcher);
  const places = new Places(root);
  for (const folder of folders) places.addFolder(`${root}/${folder}`);
  return {
    places,
    watcher,
    begun: watcher.watch(places),
    until: (path: string) => once(news, path),
  };
}

const opened: FolderWatcher[] = [];
afterEach(() => {
  for (const watcher of opened.splice(0)) watcher.close();
});

test("files that come, change and go are told by their paths", async () => {
  const root = temporaryFolder({ "src/a": "" });
  const { begun, until } = watching(root, "src");
  expect(begun).toBe(2);

  for (const act of [
    () => writeFiles(root, { "src/b": "new" }),
    () => writeFiles(root, { "src/b": "changed" }),
    () => rmSync(`${root}/src/b`),
  ]) {
    const told = until("src/b");
    act();
    await told;
  }
});

test("a folder that is not there yet is watched once it is, and only then", async () => {
  const root = temporaryFolder();
  const { watcher, places, begun, until } = watching(root, "late/deep");
  expect(begun).toBe(1);

  const told = until("late");
  writeFiles(root, { "late/deep/a": "" });
  await told;
  expect(watcher.watch(places)).toBe(2);
  expect(watcher.watch(places)).toBe(0);

  const inside = until("late/deep/b");
  writeFiles(root, { "late/deep/b": "" });
  await inside;
});

test("a folder that was replaced is watched anew under its name", async () => {
  const root = temporaryFolder({ "src/deep/a": "", "next/deep/a": "" });
  const { watcher, places, until } = watching(root, "src/deep");

  const told = until("src");
  renameSync(`${root}/src`, `${root}/before`);
  renameSync(`${root}/next`, `${root}/src`);
  await told;
  expect(watcher.watch(places)).toBe(2);

  const inside = until("src/deep/b");
  writeFiles(root, { "src/deep/b": "" });
  await inside;
});

test("a folder that was removed and made again is watched anew", async () => {
  const root = temporaryFolder({ "src/deep/a": "" });
  const { watcher, places, until } = watching(root, "src/deep");

  const told = until("src/deep");
  rmSync(`${root}/src/deep`, { recursive: true });
  writeFiles(root, { "src/deep/a": "" });
  await told;
  watcher.watch(places);

  const inside = until("src/deep/b");
  writeFiles(root, { "src/deep/b": "" });
  await inside;
});

test.each([
  ["ENOSPC", "fs.inotify.max_user_watches", "524288"],
  ["EMFILE", "fs.inotify.max_user_instances", "1024"],
])("when the system allows no more watches (%s), it says what to raise", (code, limit, value) => {
  const root = temporaryFolder();
  const refuse = () => {
    throw Object.assign(new Error(code), { code });
  };
  const watcher = new FolderWatcher(() => undefined, refuse as unknown as typeof watch);
  const places = new Places(root);
  places.addFolder(root);
  expect(() => watcher.watch(places)).toThrow(
    expect.objectContaining({
      diagnostic: {
        code: "watch-limit",
        blame: "surroundings",
        message: `cannot watch \`${root}\`: the system allows no more, by \`${limit}\``,
        hint: `raise it with \`sysctl ${limit}=${value}\`, or look every few seconds with \`--poll 2\``,
      },
    }),
  );
});
