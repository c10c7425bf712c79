/** A runner image of a small application, made from a wheelhouse as a user's target file would, and its containers. */
import { chmodSync, chownSync, cpSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { type TestFiles, temporaryFolder } from "../support/folder.ts";
import { onBase, project, tag, workspace } from "./small-workspace.ts";
import { checkout, docker, type Ended, tbuild } from "./tbuild.ts";

export const image = tag("bundle");

/** The user that everything in the image runs as. */
const appUser = 1000;

const targets = `
targets:
  base: { image: base, tags: [${tag("bundle-base")}] }
  compiler: { image: compiler, base: base, tags: [${tag("bundle-compiler")}] }
  wheelhouse:
    run: [./make-wheelhouse, source, wheelhouse]
    in: compiler
    network: default
    inputs: [make-wheelhouse, source/**]
    outputs: [wheelhouse/]
  bundle:
    image: runner
    base: base
    include: { wheelhouse: wheelhouse }
    args: { PYTHON: "3.11", PACKAGE: pantry-shop, VERSION: 1.2.0 }
    tags: [${image}]
`;

/** Builds the image from `test/e2e/pantry`: with an index of packages, and uWSGI from its source. */
export async function buildBundle(): Promise<void> {
  const folder = workspace(targets, { "base/Dockerfile": onBase() });
  const copy = (from: string, to: string): void =>
    cpSync(path.join(checkout, from), path.join(folder, to), { recursive: true });
  copy("bundles/runner", "runner");
  copy("test/e2e/pantry/compiler.Dockerfile", "compiler/Dockerfile");
  copy("test/e2e/pantry/make-wheelhouse", "make-wheelhouse");
  for (const name of ["pyproject.toml", "src"]) copy(`test/e2e/pantry/${name}`, `source/${name}`);
  const { exitCode, stdout, stderr } = await tbuild(folder, ["bundle"]);
  if (exitCode !== 0) throw new Error(`the bundle was not built:\n${stdout}\n${stderr}`);
}

/** A folder with these files that belongs to the user of the image. */
export function appFolder(files: TestFiles): string {
  const folder = temporaryFolder(files);
  chmodSync(folder, 0o755);
  chownSync(folder, appUser, appUser);
  return folder;
}

/** By this label the suite's containers are found and removed at its end. */
const ours = ["--label", `org.tbuild.project=${project}`];

/** Runs a command of the image to its end. Options are those of `docker run`. */
export async function inBundle(
  words: readonly string[],
  options: readonly string[] = [],
): Promise<Ended> {
  const args = ["run", "--rm", ...ours, ...options, image, ...words];
  const { exitCode, stdout, stderr } = await execa("docker", args, { reject: false });
  return { exitCode, stdout, stderr };
}

/** Starts a command of the image, and gives back the container's ID. */
export async function start(
  words: readonly string[],
  options: readonly string[] = [],
): Promise<string> {
  return docker("run", "--detach", ...ours, ...options, image, ...words);
}

/** Starts a service and waits until its health check says that it is ready. */
export async function serve(service: string, options: readonly string[] = []): Promise<string> {
  const ports = ["--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::8081"];
  const often = ["--health-interval", "1s"];
  const name = await start(["si-service", service], [...ports, ...often, ...options]);
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
