/** Small workspaces for the suites about one behaviour each; what they leave in the engine goes with the suite. */
import { createHash, randomUUID } from "node:crypto";
import { temporaryFolder } from "../support/folder.ts";
import { baseImage, docker } from "./tbuild.ts";

/** Part of the name of everything that this suite makes. */
export const run = randomUUID().slice(0, 8);
export const project = `test-${run}`;

/** Reference of an image of this suite. */
export const tag = (name: string): string => `tbuild-test/${run}-${name}:1`;

/** A command line that no other process on this machine has. */
export const forever = (name: string): string =>
  `sleep 3600.${createHash("sha256")
    .update(name + run)
    .digest()
    .readUInt32BE()}`;

/** A target file named after the suite, and the files beside it. */
export function workspace(targets: string, files: Readonly<Record<string, string>> = {}): string {
  return temporaryFolder({ "targets.yaml": `name: ${project}\n${targets}`, ...files });
}

/** A Dockerfile on the base image of the tests. */
export const onBase = (...lines: string[]): string =>
  [`FROM ${baseImage}`, ...lines, ""].join("\n");

/** An image target that commands can run in: nothing but the base image. */
export const shellTarget = `
  shell: { image: shell, tags: [${tag("shell")}] }`;
export const shellFiles = { "shell/Dockerfile": onBase() };

/** Names of the containers of this suite's workspaces, running or not. */
export async function containers(): Promise<string[]> {
  const label = `label=org.tbuild.project=${project}`;
  const listed = await docker("ps", "--all", "--format", "{{.Names}}", "--filter", label);
  return listed.split("\n").filter((name) => name !== "");
}

/** ID of an image, or undefined. */
export async function imageId(reference: string): Promise<string | undefined> {
  const id = await docker("images", "--quiet", "--no-trunc", reference);
  return id === "" ? undefined : id;
}

/** What a file in an image says. */
export const fileInImage = (reference: string, file: string): Promise<string> =>
  docker("run", "--rm", "--entrypoint", "cat", reference, file);

afterAll(async () => {
  // Without an engine only what needs none was run: `scripts/soak crash`.
  if (process.env["DOCKER_HOST"] === undefined) return;
  for (const name of await containers()) await docker("rm", "--force", "--volumes", name);
  const filter = `reference=tbuild-test/${run}-*`;
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter);
  const names = made.split("\n").filter((name) => name !== "");
  if (names.length > 0) await docker("rmi", "--force", ...names);
});
