/** Runs the built command line as a user would, against the engine that the environment names. */
import { cpSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Event } from "../../src/model/event.ts";
import { temporaryFolder } from "../support/folder.ts";

export const checkout = fileURLToPath(new URL("../..", import.meta.url));
const program = path.join(checkout, "bin/tbuild.js");

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Built extends Ended {
  readonly events: readonly Event[];
  readonly finished: Event & { readonly kind: "finished" };
  /** Names of the targets that ran, sorted. */
  readonly ran: readonly string[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Whom to run as, when the tests are run by root. */
  readonly uid?: number;
}

/** Runs `tbuild` with these arguments in a folder; an exit code is an answer, not an error. */
export async function tbuild(
  folder: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    cwd: folder,
    reject: false,
    ...(options.env && { env: options.env }),
    ...(options.uid !== undefined && { uid: options.uid }),
  });
  return { exitCode, stdout, stderr };
}

/** Runs a build with `--log json`, and reads what it tells. */
export async function build(
  folder: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Built> {
  const ended = await tbuild(folder, [...args, "--log", "json"], options);
  const lines = ended.stdout.split("\n").filter((line) => line !== "");
  const events = lines.map((line) => JSON.parse(line) as Event);
  const finished = events.at(-1);
  if (finished?.kind !== "finished") throw new Error(`no end in:\n${ended.stdout}${ended.stderr}`);
  const ran = events.flatMap((event) => (event.kind === "target-started" ? [event.target] : []));
  return { ...ended, events, finished, ran: ran.sort() };
}

/** Runs the docker command line, and gives back what it prints. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await execa("docker", args)).stdout;
}

/** A copy of the Contrail fleet, and of what makes bundles, in a folder of its own. */
export function fleetCopy(): string {
  const folder = temporaryFolder();
  const names = ["targets.yaml", "packages", "images", "ansible", "bundles", "scripts/fleet"];
  // What was bundled in the checkout itself is no part of it.
  const filter = (source: string) => source !== path.join(checkout, "bundles/out");
  for (const name of names) {
    cpSync(path.join(checkout, name), path.join(folder, name), { recursive: true, filter });
  }
  return folder;
}

/** The image under the tests' own small images; `scripts/test` puts it into the engine. */
export const baseImage = process.env["TBUILD_TEST_BASE"] ?? "tbuild-test/base:bookworm";

/** `host:port` of the registry that `scripts/test` started. */
export function registry(): string {
  const address = process.env["TBUILD_TEST_REGISTRY"];
  if (!address) throw new Error("set TBUILD_TEST_REGISTRY to the address of a registry");
  return address;
}
