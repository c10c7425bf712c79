/** Brings files and folders out of a container, safely: what they may not do is told by `output-entries.ts`. */
import { mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, posix, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Dockerode from "dockerode";
import type { RunRequest } from "./docker.ts";
import { failure, statusOf } from "./errors.ts";
import { unsafeEntry } from "./output-entries.ts";

/**
 * Copies `outputs` from below `workdir` to the same paths below `destination`, by way of a
 * temporary folder there, so that each appears whole, by rename, and replaces what stood there.
 * @returns the outputs that the container does not hold; when there are any, nothing is moved
 * @throws DiagnosticError `output-unsafe` for links that lead outside, devices and the like
 */
export async function copyOutputs(
  container: Dockerode.Container,
  { outputs, workdir, destination }: RunRequest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (outputs.length === 0) return [];
  await mkdir(destination, { recursive: true });
  const temporary = await mkdtemp(join(destination, ".tbuild-outputs-"));
  try {
    const missing: string[] = [];
    for (const [index, output] of outputs.entries()) {
      const folder = join(temporary, String(index));
      const path = posix.join(workdir, relativeOutput(output));
      if (!(await fetch(container, { path, output, folder }, signal))) missing.push(output);
    }
    if (missing.length > 0) return missing;
    for (const [index, output] of outputs.entries())
      await place(temporary, String(index), output, destination);
    return [];
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * @returns the path of an output in its shortest form, with no slash at its end
 * @throws DiagnosticError `output-unsafe` when it is not below the folder
 */
export function relativeOutput(output: string): string {
  const path = posix.normalize(output).replace(/\/+$/, "");
  if (posix.isAbsolute(path) || path === "." || path === ".." || path.startsWith("../"))
    throw unsafe(output, "lies outside of the folder that the command ran in");
  return path;
}

interface Fetching {
  /** Absolute, in the container. */
  readonly path: string;
  /** As it was declared, for messages. */
  readonly output: string;
  /** Absolute, to be made on this machine. */
  readonly folder: string;
}

/** Unpacks one output into the folder. @returns whether the container held it */
async function fetch(
  container: Dockerode.Container,
  { path, output, folder }: Fetching,
  signal: AbortSignal,
): Promise<boolean> {
  let archive: Readable;
  try {
    const options = { path, abortSignal: signal };
    archive = (await container.getArchive(options)) as unknown as Readable;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
  await mkdir(folder);
  await unpack(archive, output, folder, signal);
  return true;
}

async function unpack(
  archive: Readable,
  output: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { Unpack } = await import("tar");
  let problem: string | undefined;
  const unpacker = new Unpack({
    cwd: folder,
    // The caller's files, even when it is root, and nothing half right.
    preserveOwner: false,
    strict: true,
    filter: (_, entry) => {
      if (problem === undefined && "header" in entry) problem = unsafeEntry(entry, output);
      return problem === undefined;
    },
  });
  await pipeline(archive, unpacker as unknown as NodeJS.WritableStream, { signal });
  if (problem !== undefined) throw unsafe(output, problem);
}

/** Moves an output to its path; what stands there makes way, and goes with the temporary folder. */
async function place(
  temporary: string,
  index: string,
  output: string,
  destination: string,
): Promise<void> {
  const path = relativeOutput(output);
  const target = join(destination, path);
  await mkdir(dirname(target), { recursive: true });
  await assertInside(dirname(target), destination, output);
  const made = join(temporary, index, basename(path));
  try {
    await rename(made, target);
  } catch (error) {
    if (!standsInTheWay(error)) throw error;
    await rename(target, join(temporary, `${index}.old`));
    await rename(made, target);
  }
}

/** A folder that is not empty, or a file where a folder goes, or the other way round. */
function standsInTheWay(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return ["ENOTEMPTY", "EEXIST", "ENOTDIR", "EISDIR"].includes(code);
}

/** A link among the folders above could lead elsewhere. */
async function assertInside(folder: string, destination: string, output: string): Promise<void> {
  const [real, root] = await Promise.all([realpath(folder), realpath(destination)]);
  if (real !== root && !real.startsWith(root + sep))
    throw unsafe(output, `would be written to \`${real}\`, outside of \`${root}\``);
}

function unsafe(output: string, why: string) {
  return failure("output-unsafe", "target", `output \`${output}\` ${why}`);
}
