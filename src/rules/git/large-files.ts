/** Puts the files that Git LFS keeps in the place of their pointers. What is in the clone is not asked for again. */
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { counted, failure, redactUrls } from "../problems.ts";
import type { Written } from "./checkout.ts";
import type { GitRoom } from "./clone.ts";
import { causeOf, gitFailed, NotToBeHad } from "./git-problems.ts";

interface LargeFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly oid: string;
  readonly size: number;
}

/** @throws DiagnosticError where the program is missing, or the server does not have a file */
export async function fillLargeFiles(written: Written, room: GitRoom): Promise<void> {
  const files = await findPointers(written, room);
  const missing = files.filter((file) => !isKept(file, written));
  if (missing.length > 0) await fetchLargeFiles(missing, written, room);
  for (const file of files) {
    if (!isKept(file, written)) throw notThere(file, written.url);
    const { mode } = statSync(file.path);
    rmSync(file.path);
    copyFileSync(placeOf(file, written), file.path);
    chmodSync(file.path, mode);
  }
}

/** Pointers have at most so many bytes, says the format. */
const longestPointer = 1024;

async function findPointers(written: Written, room: GitRoom): Promise<readonly LargeFile[]> {
  const { clone: repository, folder, index } = written;
  const env = { GIT_WORK_TREE: folder, GIT_INDEX_FILE: index };
  const listed = await room.git(["ls-files", "--stage", "-z"], { repository, folder, env });
  if (!listed.ok) throw gitFailed("list the files of the checkout", listed.said);
  const names = listed.text
    .split("\0")
    .flatMap((line) => /^100\d+ \S+ \d\t(.+)$/s.exec(line)?.[1] ?? []);
  if (!names.some((name) => namesFilter(path.join(folder, name)))) return [];
  const pointers = names.flatMap((name) => pointerOf(folder, name) ?? []);
  const args = ["check-attr", "--cached", "--stdin", "-z", "filter"];
  const input = pointers.map(({ name }) => `${name}\0`).join("");
  const checked = await room.git(args, { repository, folder, env, input });
  if (!checked.ok) throw gitFailed("read the attributes of the checkout", checked.said);
  const fields = checked.text.split("\0");
  return pointers.filter((_, at) => fields[3 * at + 2] === "lfs");
}

const namesFilter = (file: string): boolean =>
  path.basename(file) === ".gitattributes" && readFileSync(file, "utf8").includes("filter=lfs");

function pointerOf(folder: string, name: string): LargeFile | undefined {
  const file = path.join(folder, name);
  if (statSync(file).size > longestPointer) return undefined;
  const text = readFileSync(file, "latin1");
  if (!text.startsWith("version https://git-lfs.github.com/spec/")) return undefined;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return oid && size ? { path: file, name, oid, size: Number(size) } : undefined;
}

const placeOf = ({ oid }: LargeFile, { clone }: Written): string =>
  path.join(clone, "lfs", "objects", oid.slice(0, 2), oid.slice(2, 4), oid);

function isKept(file: LargeFile, written: Written): boolean {
  const place = placeOf(file, written);
  return existsSync(place) && statSync(place).size === file.size;
}

async function fetchLargeFiles(
  missing: readonly LargeFile[],
  { url, clone: repository, commit, folder, index }: Written,
  { git, context }: GitRoom,
): Promise<void> {
  const isInstalled = await git(["lfs", "version"]);
  if (!isInstalled.ok) throw programMissing(missing, url);
  const env = { GIT_WORK_TREE: folder, GIT_INDEX_FILE: index };
  const remote = ["-c", `remote.tbuild.url=${url}`];
  const everything = ["--include=", "--exclude="];
  const args = [...remote, "lfs", "fetch", ...everything, "tbuild", commit];
  const call = { repository, folder, env };
  const fetched = await context.clones.exclusively(repository, () => git(args, call));
  if (fetched.ok) return;
  const { said } = fetched;
  const lacking = missing.find(({ oid }) => said.some((line) => isNotThere(line, oid)));
  if (lacking) throw notThere(lacking, url);
  const cause = causeOf(said);
  if (cause === "denied" || cause === "unreachable") throw new NotToBeHad(url, said);
  throw gitFailed("fetch the files of Git LFS", said, true);
}

const isNotThere = (line: string, oid: string): boolean =>
  line.includes(oid) && /does not exist|not found|404/i.test(line);

const programMissing = (files: readonly LargeFile[], url: string) =>
  failure(
    "surroundings",
    "git-lfs-missing",
    `program \`git-lfs\` was not found, and \`${redactUrls(url)}\` needs it for ${counted(files.length, "file")}, such as \`${files[0]?.name}\``,
    { hint: "install git-lfs" },
  );

const notThere = ({ name }: LargeFile, url: string) =>
  failure(
    "target",
    "git-lfs-file",
    `Git LFS of \`${redactUrls(url)}\` does not have the file \`${name}\``,
    { hint: "run `git lfs push --all` in a clone that has it" },
  );
