/** What commands of random targets do: the shell's words for it, and the same on plain data. */
import path from "node:path";
import type { FileEntry, World } from "./world.ts";

/** Paths may hold `${names}`; a path to read may end with `/*` or `/*.txt`. */
export type Act =
  /** Words and the contents of files, one after the other. */
  | {
      readonly act: "join";
      readonly words: readonly string[];
      readonly reads: readonly string[];
      readonly to: string;
    }
  | { readonly act: "first-line"; readonly read: string; readonly to: string }
  | { readonly act: "copy"; readonly read: string; readonly to: string }
  /** Files of one folder into another. */
  | { readonly act: "gather"; readonly read: string; readonly to: string }
  | { readonly act: "copy-tree"; readonly read: string; readonly to: string }
  /** Fails when a file begins with the line `no`. */
  | { readonly act: "check"; readonly read: string }
  /** Changes nothing but the text of the command. */
  | { readonly act: "comment"; readonly text: string };

/** Names to values; a name without a value stands for an environment variable that is not set. */
export type Values = Readonly<Record<string, string | undefined>>;

/** A command that ends with another exit code than 0. */
export class CommandFailed extends Error {}

export function shellOf(act: Act): string {
  switch (act.act) {
    case "join": {
      const words = `printf '%s\\n' ${act.words.join(" ")}`;
      if (act.reads.length === 0) return `${words} >${act.to}`;
      return `{ ${words}; cat ${act.reads.join(" ")}; } >${act.to}`;
    }
    case "first-line":
      return `IFS= read -r line <${act.read}; printf '%s\\n' "$line" >${act.to}`;
    case "copy":
      return `cp ${act.read} ${act.to}`;
    case "gather":
      return `mkdir ${act.to}; cp ${act.read} ${act.to}/`;
    case "copy-tree":
      return `cp -rL ${act.read} ${act.to}`;
    case "check":
      return `IFS= read -r line <${act.read}; [ "$line" != no ]`;
    case "comment":
      return `: ${act.text}`;
  }
}

/** @throws CommandFailed */
export function perform(act: Act, world: World, values: Values): void {
  switch (act.act) {
    case "join": {
      const words = act.words.map((word) => `${fillWord(word, values)}\n`);
      const files = act.reads.flatMap((read) => readAll(read, world, values));
      write(act.to, words.join("") + files.map(({ content }) => content).join(""), world, values);
      break;
    }
    case "first-line":
      write(act.to, `${firstLine(act.read, world, values)}\n`, world, values);
      break;
    case "copy":
      world.write(fill(act.to, values), readOne(act.read, world, values));
      break;
    case "gather":
      for (const name of matching(fill(act.read, values), world)) {
        const to = `${fill(act.to, values)}/${path.posix.basename(name)}`;
        world.write(to, fileAt(name, world));
      }
      break;
    case "copy-tree":
      copyTree(fill(act.read, values), fill(act.to, values), world);
      break;
    case "check":
      if (firstLine(act.read, world, values) === "no") throw new CommandFailed();
      break;
    case "comment":
      break;
  }
}

/** `${name}` is what the name stands for. */
export function fill(template: string, values: Values): string {
  return template.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** `"$${NAME-none}"` is the shell's word for a variable that may not be set. */
function fillWord(word: string, values: Values): string {
  const variable = /^"\$\$\{(\w+)-none\}"$/.exec(word)?.[1];
  return variable === undefined ? fill(word, values) : (values[variable] ?? "none");
}

function write(to: string, content: string, world: World, values: Values): void {
  world.write(fill(to, values), { kind: "file", content, executable: false });
}

const readAll = (read: string, world: World, values: Values): readonly FileEntry[] =>
  matching(fill(read, values), world).map((name) => fileAt(name, world));

const readOne = (read: string, world: World, values: Values): FileEntry =>
  fileAt(fill(read, values), world);

function firstLine(read: string, world: World, values: Values): string {
  const { content } = readOne(read, world, values);
  if (!content.includes("\n")) throw new CommandFailed();
  return content.slice(0, content.indexOf("\n"));
}

/** What the shell makes of a path: a pattern that matches nothing stays as it is. */
function matching(read: string, world: World): readonly string[] {
  const star = read.indexOf("/*");
  if (star < 0) return [read];
  const folder = read.slice(0, star);
  const ending = read.slice(star + 2);
  const names = world
    .names(folder)
    .filter((name) => !name.startsWith(".") && name.endsWith(ending) && name !== ending);
  return names.length === 0 ? [read] : names.map((name) => `${folder}/${name}`);
}

function fileAt(name: string, world: World): FileEntry {
  const entry = world.follow(name);
  if (entry?.kind !== "file") throw new CommandFailed();
  return entry;
}

function copyTree(from: string, to: string, world: World): void {
  if (world.follow(from)?.kind !== "folder") throw new CommandFailed();
  world.write(to, { kind: "folder" });
  for (const name of world.filesBelow(from)) {
    world.write(to + name.slice(from.length), fileAt(name, world));
  }
}
