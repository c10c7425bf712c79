// Starts the bundle. In a checkout it is made first when a source is newer: `npx tbuild` always runs
// what stands in src/.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL("../src", import.meta.url));
const bundle = fileURLToPath(new URL("../dist/tbuild.js", import.meta.url));
if (existsSync(sources) && isOlder(bundle, sources)) {
  await (await import("../scripts/build.js")).bundle();
}
await import("../dist/tbuild.js");

/** Whether a file is missing, or older than any file or folder below another folder. */
function isOlder(file, folder) {
  const made = statSync(file, { throwIfNoEntry: false });
  if (made === undefined) return true;
  return newest(folder) > made.mtimeMs;
}

function newest(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const time = entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    if (time > latest) latest = time;
  }
  return latest;
}
