/** Runs what must be refused, and compares all that is said, the exit code, and that every file still stands. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { type RunOptions, tbuild } from "./tbuild.ts";

/** A workspace; the target file may begin with a line feed, for the look of the test. */
export function folderWith(targets: string, files: Readonly<Record<string, string>> = {}): string {
  return temporaryFolder({ "targets.yaml": lines(targets), ...files });
}

export interface Refused {
  readonly exitCode: number | undefined;
  readonly said: string;
}

/**
 * What a run that fails says on standard error: `$W` for the workspace, `N s` for every time.
 * @throws when a file of the workspace is not as it was before
 */
export async function refusal(
  folder: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Refused> {
  const before = contentsOf(folder);
  const { exitCode, stdout, stderr } = await tbuild(folder, args, options);
  expect(stdout).toBe("");
  expect(contentsOf(folder)).toEqual(before);
  const said = `${stderr}\n`.replaceAll(folder, "$W").replace(/\d+\.\d s\b/g, "N s");
  return { exitCode, said };
}

export const refused = (exitCode: number, said: string): Refused => ({
  exitCode,
  said: lines(said),
});

const lines = (text: string): string => text.replace(/^\n/, "");

/** Every file and what is in it; records and logs of tbuild's own may grow. */
function contentsOf(folder: string, below = ""): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    if (name === ".tbuild") continue;
    const place = path.join(folder, name);
    if (entry.isDirectory()) Object.assign(found, { [`${name}/`]: "" }, contentsOf(folder, name));
    else if (entry.isSymbolicLink()) found[name] = readlinkSync(place);
    else found[name] = entry.isFile() ? readFileSync(place, "latin1") : "";
  }
  return found;
}
