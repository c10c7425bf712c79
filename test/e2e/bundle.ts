/** Bundles made as a user makes them, from an index or without one, and containers of their images. */
import { appendFileSync, chmodSync, chownSync, cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { type TestFiles, temporaryFolder } from "../support/folder.ts";
import { writeDebianSources } from "./debian-packages.ts";
import { project, run } from "./small-workspace.ts";
import { type Built, build, checkout, docker, type Ended, fleetCopy } from "./tbuild.ts";

export const prefix = `tbuild-test/${run}-bundle`;

/** The image of `test/e2e/pantry`, a small application. */
export const image = `${prefix}/pantry-shop:1.2.0`;

/** The user that everything in the image runs as. */
const appUser = 1000;

/** A copy of the checkout's target files, in which bundles are made. */
export interface Bundlery {
  readonly workspace: string;
  /** Whether the package index is there. */
  readonly index: boolean;
  /** Options of every bundle with this Python. */
  options(python: string): Promise<readonly string[]>;
}

/**
 * Finds out whether the package index can be reached from where wheels are compiled. Where it cannot, or
 * `TBUILD_TEST_INDEX` is `none`, bundles are made from source distributions of the folder `links-PYTHON`.
 */
export async function openBundlery(): Promise<Bundlery> {
  const workspace = fleetCopy();
  // As the documentation says of a library that a wheel needs: python-magic is nothing without it.
  appendFileSync(
    path.join(workspace, "bundles/base/base_vars.sh"),
    'base_packages="$base_packages libmagic1"\n',
  );
  const index = await reachesIndex(workspace);
  return { workspace, index, options: (python) => optionsOf(workspace, python, index) };
}

async function reachesIndex(workspace: string): Promise<boolean> {
  if (process.env["TBUILD_TEST_INDEX"] === "none") return false;
  const small = ["--package=asgiref", "--version=3.8.1", "--also=", `--prefix=${prefix}`];
  const { exitCode, stdout } = await build(workspace, ["dependencies", ...small]);
  if (exitCode === 0) return true;
  // Any other failure is one of the test.
  if (!/the index `https:\/\/pypi\.org\/simple` cannot be reached: /.test(stdout))
    throw new Error(stdout);
  console.warn("There is no package index: bundles are made from Debian's packages.");
  return false;
}

const links = (workspace: string, python: string) => path.join(workspace, `links-${python}`);

async function optionsOf(
  workspace: string,
  python: string,
  index: boolean,
): Promise<readonly string[]> {
  const common = [`--prefix=${prefix}`, `--python=${python}`];
  const folder = links(workspace, python);
  if (mkdirSync(folder, { recursive: true })) {
    await writePantry(folder);
    if (!index) {
      await succeed(workspace, ["bundles/compiler", ...common]);
      await writeDebianSources(folder, `${prefix}/compiler:python${python}`);
    }
  }
  return [...common, `--find-links=${folder}`, ...(index ? [] : ["--index="])];
}

/** The source distribution of the application, all of it from one moment. */
async function writePantry(folder: string): Promise<void> {
  const name = "pantry_shop-1.2.0";
  const source = temporaryFolder();
  cpSync(path.join(checkout, "test/e2e/pantry"), path.join(source, name), { recursive: true });
  const same = ["--mtime=2024-05-01T10:20:30Z", "--sort=name", "--owner=0", "--group=0"];
  await execa("tar", [...same, "-czf", `${folder}/${name}.tar.gz`, "-C", source, name]);
}

/** Runs a build that has to succeed. */
export async function succeed(workspace: string, args: readonly string[]): Promise<Built> {
  const built = await build(workspace, args);
  if (built.exitCode !== 0) throw new Error(`${args.join(" ")}:\n${built.stdout}${built.stderr}`);
  return built;
}

/** Bundles the pantry, with Python 3.11. */
export async function bundlePantry(): Promise<void> {
  const bundlery = await openBundlery();
  const own = ["bundle", "--package=pantry-shop", "--version=1.2.0"];
  await succeed(bundlery.workspace, [...own, ...(await bundlery.options("3.11"))]);
}

// Its images go by their names; the workspace has gone already.
afterAll(async () => {
  const filter = `reference=${prefix}/*`;
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter);
  const names = made.split("\n").filter((name) => name !== "");
  if (names.length > 0) await docker("rmi", "--force", ...names);
});

/** A folder with these files that belongs to the user of the image. */
export function appFolder(files: TestFiles): string {
  const folder = temporaryFolder(files);
  chmodSync(folder, 0o755);
  chownSync(folder, appUser, appUser);
  return folder;
}

/** Options that mount a folder. */
export const at = (folder: string, place: string): string[] => ["--volume", `${folder}:${place}`];

/** By this label the suite's containers are found and removed at its end. */
const ours = ["--label", `org.tbuild.project=${project}`];

/** Runs a command of an image to its end. Options are those of `docker run`. */
export async function inBundle(
  words: readonly string[],
  options: readonly string[] = [],
  of = image,
): Promise<Ended> {
  const args = ["run", "--rm", ...ours, ...options, of, ...words];
  const { exitCode, stdout, stderr } = await execa("docker", args, { reject: false });
  return { exitCode, stdout, stderr };
}

/** Starts a command of an image, and gives back the container's ID. */
export async function start(
  words: readonly string[],
  options: readonly string[] = [],
  of = image,
): Promise<string> {
  return docker("run", "--detach", ...ours, ...options, of, ...words);
}

/** Starts a service and waits until its health check says that it is ready. */
export async function serve(
  service: string,
  options: readonly string[] = [],
  of = image,
): Promise<string> {
  const ports = ["--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::8081"];
  const often = ["--health-interval", "1s"];
  const name = await start(["si-service", service], [...ports, ...often, ...options], of);
  const both = "{{.State.Status}} {{.State.Health.Status}}";
  for (;;) {
    const state = await docker("inspect", "--format", both, name);
    if (state === "running healthy") return name;
    if (!state.startsWith("running")) throw new Error(`${state}:\n${await logs(name)}`);
    await wait(100);
  }
}

/** All that a container printed. */
export async function logs(name: string): Promise<string> {
  return (await execa("docker", ["logs", name], { all: true })).all;
}

/** Waits until what a container printed fits. */
export async function untilLog(name: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await logs(name);
    if (pattern.test(text)) return text;
    await wait(100);
  }
}

/** The address of a published port. */
export async function address(name: string, port: number): Promise<string> {
  return `http://${await docker("port", name, `${port}/tcp`)}`;
}

/** Stops a container as `docker stop` does: its exit code, and how long that took. */
export async function stop(name: string): Promise<{ exitCode: number; milliseconds: number }> {
  const from = performance.now();
  await docker("stop", name);
  const milliseconds = performance.now() - from;
  const exitCode = Number(await docker("inspect", "--format", "{{.State.ExitCode}}", name));
  return { exitCode, milliseconds };
}
