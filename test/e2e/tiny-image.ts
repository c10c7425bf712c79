/** Makes a root file system of a few megabytes from this machine's own programs, as no registry can be relied on. */
import { execFileSync } from "node:child_process";
import { createWriteStream, realpathSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { PackedFile } from "../../src/docker/docker.ts";
import { packFiles } from "../../src/docker/pack-context.ts";

const programs = ["sh", "cat", "chmod", "chown", "head", "id", "ln", "ls", "mkdir", "mkfifo", "mv"];
const more = ["perl", "sleep", "touch"];

/** Writes a tar with a shell, the usual small programs, and perl to serve a port with. */
export async function writeTinyRootfs(path: string): Promise<void> {
  const files = new Map<string, string>();
  for (const program of [...programs, ...more]) {
    const found = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    files.set(`bin/${program}`, realpathSync(found));
    for (const library of librariesOf(found)) files.set(library.slice(1), realpathSync(library));
  }
  const packed: PackedFile[] = [...files].map(([name, source]) => ({ name, source }));
  await pipeline(packFiles(packed), createWriteStream(path));
}

/** What `ldd` says a program needs, the loader among it. */
function librariesOf(program: string): string[] {
  const said = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...said.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
}
