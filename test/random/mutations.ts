/** Random changes of the files of a workspace, as people and programs make them. */
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { Random } from "./random-numbers.ts";

export const sourceFolders = ["in", "given", "elsewhere"] as const;

const words = ["aa", "bb", "cc", "dd", "ee"] as const;
const modes = [0o644, 0o755, 0o600, 0o700, 0o654] as const;

/** Two lines of one length, so that many edits keep the size; few begin with what fails. */
const text = (random: Random): string =>
  `${random.chance(0.04) ? "no" : random.pick(words)}\n${random.pick(words)}\n`;

/** The sources of a new workspace. */
export function sources(random: Random): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (name: string): void => {
    files[name] = `${random.pick(words)}\n${random.pick(words)}\n`;
  };
  for (const folder of ["in/m-a", "in/m-b", "in/m-c", "in/flat0", "in/flat1", "in/flat2"]) {
    for (const name of ["a.txt", "a.dat", "b.txt"]) add(`${folder}/${name}`);
  }
  for (const folder of ["in/deep0", "in/deep1", "given/g0", "given/g1"]) {
    for (const name of ["a.txt", "a.dat", "sub/c.txt"]) add(`${folder}/${name}`);
  }
  for (let n = 0; n < 6; n++) add(`in/one/x${n}.txt`);
  for (let n = 0; n < 3; n++) add(`elsewhere/e${n}`);
  add("given/one.txt");
  return files;
}

type Mutation = (random: Random, root: string, file: string) => string;

/** Changes of a file that is there. */
const changes: Readonly<Record<string, Mutation>> = {
  edit: (random, root, file) => write(`${root}/${file}`, text(random)),
  "edit, keeping size and mtime": (random, root, file) => {
    const place = `${root}/${file}`;
    const { atime, mtime } = lstatSync(place);
    const told = write(place, text(random));
    utimesSync(place, atime, mtime);
    return told;
  },
  delete(_, root, file) {
    rmSync(`${root}/${file}`);
    prune(root, path.dirname(file));
    return "";
  },
  chmod(random, root, file) {
    const mode = random.pick(modes);
    chmodSync(`${root}/${file}`, mode);
    return mode.toString(8);
  },
  "replace by rename": (random, root, file) => {
    const place = `${root}/${file}`;
    const { atime, mtime } = lstatSync(place);
    const told = write(`${root}/aside`, text(random));
    if (random.chance(0.5)) utimesSync(`${root}/aside`, atime, mtime);
    renameSync(`${root}/aside`, place);
    return told;
  },
  "replace by a link": (random, root, file) => {
    const to = path.relative(path.dirname(file), `elsewhere/e${random.below(4)}`);
    rmSync(`${root}/${file}`);
    symlinkSync(to, `${root}/${file}`);
    return to;
  },
  touch(random, root, file) {
    const time = random.pick([0, 1e9, Date.now() / 1000, 3e9]);
    utimesSync(`${root}/${file}`, time, time);
    return String(time);
  },
  "swap with another": (random, root, file) => {
    const other = random.pick(filesBelow(root, sourceFolders));
    if (other === file) return "itself";
    renameSync(`${root}/${file}`, `${root}/aside`);
    renameSync(`${root}/${other}`, `${root}/${file}`);
    renameSync(`${root}/aside`, `${root}/${other}`);
    return other;
  },
  "be a hard link": (random, root, file) => {
    const other = random.pick(filesBelow(root, sourceFolders));
    if (other === file || lstatSync(`${root}/${other}`).isSymbolicLink()) return "of itself";
    rmSync(`${root}/${file}`);
    linkSync(`${root}/${other}`, `${root}/${file}`);
    return other;
  },
};

const usual = ["edit", "edit, keeping size and mtime"] as const;

/** Changes a file of the sources, or adds one. @returns what was done */
export function changeSource(random: Random, root: string): string {
  if (random.chance(0.12)) return addSource(random, root);
  const files = filesBelow(root, sourceFolders);
  const links = files.filter((file) => lstatSync(`${root}/${file}`).isSymbolicLink());
  const file = random.pick(links.length > 0 && random.chance(0.15) ? links : files);
  const name = random.chance(0.4) ? random.pick(usual) : random.pick(Object.keys(changes));
  return `${name} ${file}: ${change(name, random, root, file)}`;
}

/** Of a link to nowhere neither mode nor times can be set. */
function change(name: string, random: Random, root: string, file: string): string {
  try {
    return (changes[name] as Mutation)(random, root, file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ELOOP") return code;
    throw error;
  }
}

/** Tampers with what targets made. @returns what was done */
export function changeOutput(random: Random, root: string): string {
  const kind = random.below(10);
  if (kind === 0 && random.chance(0.3)) {
    rmSync(`${root}/out`, { recursive: true, force: true });
    return "delete out";
  }
  const files = filesBelow(root, ["out"]);
  if (files.length === 0) return "nothing to tamper with";
  const file = random.pick(files);
  const folder = path.dirname(file);
  if (kind === 1 && folder.endsWith(".d")) {
    writeFileSync(`${root}/${folder}/more.txt`, text(random));
    return `add to ${folder}`;
  }
  if (kind === 2 && folder.endsWith(".d")) {
    mkdirSync(`${root}/${folder}/empty`, { recursive: true });
    return `an empty folder in ${folder}`;
  }
  if (kind === 3 && folder.endsWith(".d")) {
    rmSync(`${root}/${folder}`, { recursive: true });
    return `delete ${folder}`;
  }
  if (kind === 4) {
    renameSync(`${root}/${file}`, `${root}/elsewhere/moved`);
    symlinkSync(path.relative(folder, "elsewhere/moved"), `${root}/${file}`);
    return `move ${file} and link to it`;
  }
  const names = ["edit", "edit, keeping size and mtime", "delete", "chmod", "touch"];
  const name = random.pick([...names, "replace by rename"]);
  return `${name} ${file}: ${change(name, random, root, file)}`;
}

/** Edits or deletes a file, to be put back later. @returns what puts it back, and what was done */
export function disturb(random: Random, root: string, folder: string) {
  const files = filesBelow(root, [folder]);
  if (files.length === 0) return { told: "nothing to disturb", undo: () => undefined };
  const file = random.pick(files);
  const place = `${root}/${file}`;
  const isFile = lstatSync(place).isFile();
  const before = isFile ? readFileSync(place) : undefined;
  const name = random.pick(["edit", "edit", "edit, keeping size and mtime", "delete"]);
  const told = `${name} ${file}: ${change(name, random, root, file)}`;
  const undo = (): void => {
    if (before === undefined) return;
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, before);
  };
  return { told, undo };
}

function addSource(random: Random, root: string): string {
  const folder = random.pick(["flat0", "flat1", "flat2", "m-a", "m-b", "deep0", "deep1", "one"]);
  const below = folder.startsWith("deep") ? random.pick(["", "sub/", "sub/sub/"]) : "";
  const name = random.pick(["a.txt", "c.txt", "c.dat", "c.tmp", ".hidden.txt", "x1.txt"]);
  const file = random.chance(0.2)
    ? `given/g${random.below(2)}/${random.pick(["", "sub/"])}${name}`
    : `in/${folder}/${below}${name}`;
  mkdirSync(path.dirname(`${root}/${file}`), { recursive: true });
  return `write ${file}: ${write(`${root}/${file}`, text(random))}`;
}

/** Puts a file back as it was in the beginning. @returns what was done */
export function revertSource(
  random: Random,
  root: string,
  first: Readonly<Record<string, string>>,
): string {
  const file = random.pick(Object.keys(first));
  const place = `${root}/${file}`;
  rmSync(place, { force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, first[file] as string);
  return `revert ${file}`;
}

/** Files and links below some folders, sorted. */
export function filesBelow(root: string, folders: readonly string[]): readonly string[] {
  return folders
    .filter((folder) => existsSync(`${root}/${folder}`))
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
    )
    .sort();
}

/** Through a link, as editors write; not to nowhere. */
function write(place: string, content: string): string {
  if (existsSync(place) && readFileSync(place, "latin1") === content) return "as it was";
  if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(place);
  writeFileSync(place, content);
  return JSON.stringify(content);
}

/** Commands that copy a folder would see one that became empty, and patterns would not. */
function prune(root: string, folder: string): void {
  if (!folder.startsWith("in/deep") || folder.split("/").length < 3) return;
  if (readdirSync(`${root}/${folder}`).length > 0) return;
  rmdirSync(`${root}/${folder}`);
  prune(root, path.dirname(folder));
}
