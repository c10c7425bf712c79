// Lets a folder hold a new bundle, beside tbuilds that run from it. What is in the bundle is told by the caller.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Names of the files of the bundle that lies in the folder. */
const listName = ".files";

/**
 * All files but `first` have their content's hash in their names, so they are moved in one by one and that one
 * last: a tbuild that starts meanwhile finds all it needs. One that runs loads chunks of its own bundle when it
 * needs them, so those of the bundle before stay; all others go.
 */
export function moveIn(aside, folder, first) {
  const made = filesOf(aside).sort((a, b) => (a === first) - (b === first));
  const before = listedIn(folder);
  for (const file of made) {
    mkdirSync(path.dirname(`${folder}/${file}`), { recursive: true });
    renameSync(`${aside}/${file}`, `${folder}/${file}`);
  }
  rmSync(aside, { recursive: true });
  writeFileSync(`${folder}/${listName}`, made.map((file) => `${file}\n`).join(""));
  const kept = new Set([...made, ...before, listName]);
  for (const file of filesOf(folder)) {
    if (!kept.has(file)) rmSync(`${folder}/${file}`, { force: true });
  }
}

function listedIn(folder) {
  const list = `${folder}/${listName}`;
  return existsSync(list) ? readFileSync(list, "utf8").split("\n") : [];
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
