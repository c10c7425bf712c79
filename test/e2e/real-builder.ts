/**
 * Builds against the real engine in DOCKER_HOST, for tests. Steps run on the image `tbuild-test/base`,
 * or the one in TBUILD_TEST_BASE; where the engine has none, it is imported from the root file
 * system in TBUILD_TEST_ROOTFS, a tar of a Debian.
 */
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Dockerode from "dockerode";
import { buildImage } from "../../src/docker/build-image.ts";
import type { BuildRequest, BuildStep } from "../../src/docker/docker.ts";
import type { CredentialLookup } from "../../src/model/credentials.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";

export const base = process.env["TBUILD_TEST_BASE"] ?? "tbuild-test/base";
/** Tells this run from others, so that no step is found in the cache by chance. */
export const run = `${process.pid}-${Date.now()}`;
export const tag = `tbuild-test/build-${run}:1`;
export const engine = new Dockerode();

/** @throws when there is no engine, or no base image to be had */
export async function prepareEngine(): Promise<void> {
  if (!process.env["DOCKER_HOST"]) throw new Error("set DOCKER_HOST to a Docker Engine");
  const known = await engine.listImages({ filters: { reference: [base] } });
  if (known.length > 0) return;
  const rootfs = process.env["TBUILD_TEST_ROOTFS"];
  if (!rootfs) throw new Error(`set TBUILD_TEST_ROOTFS, to import image \`${base}\` from it`);
  const progress = await engine.importImage(createReadStream(rootfs), {
    repo: base,
    tag: "latest",
  });
  progress.resume();
  await once(progress, "end");
}

/** A folder for the context of one test; `remove` also removes the images that the test made. */
export function workspace() {
  const folder = mkdtempSync(join(tmpdir(), "tbuild-e2e-"));
  const remove = async () => {
    rmSync(folder, { recursive: true });
    const made = await engine.listImages({ filters: { label: [`tbuild-test=${run}`] } });
    for (const image of made) await engine.getImage(image.Id).remove({ force: true });
  };
  return { folder, remove };
}

export interface Built {
  readonly id: string;
  readonly steps: readonly BuildStep[];
  readonly lines: readonly string[];
}

export interface Options extends Partial<BuildRequest> {
  readonly files?: Readonly<Record<string, string>>;
  readonly credentials?: CredentialLookup;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/**
 * Builds in a folder.
 * @param dockerfile content of `Dockerfile`; empty for none
 */
export async function buildIn(
  folder: string,
  dockerfile: string,
  options: Options = {},
): Promise<Built> {
  const { files = {}, credentials = async () => undefined, onLine, ...more } = options;
  for (const [name, content] of Object.entries({ Dockerfile: dockerfile, ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const names = dockerfile === "" ? Object.keys(files) : ["Dockerfile", ...Object.keys(files)];
  const request: BuildRequest = {
    context: names.map((name) => ({ name, source: join(folder, name) })),
    dockerfile: "Dockerfile",
    tags: [tag],
    labels: { "tbuild-test": run },
    args: {},
    extraHosts: [],
    secrets: new Map(),
    ...more,
  };
  const steps: BuildStep[] = [];
  const lines: string[] = [];
  const sink = {
    step: (step: BuildStep) => void steps.push(step),
    output: (line: string) => {
      lines.push(line);
      onLine?.(line);
    },
  };
  const signal = options.signal ?? new AbortController().signal;
  const id = await buildImage(engine, request, { credentials, progress: sink, signal });
  return { id, steps, lines };
}

/** The diagnostic that a build fails with. */
export async function problemOf(building: Promise<unknown>) {
  const error = await building.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DiagnosticError)) throw error ?? new Error("the build did not fail");
  return error.diagnostic;
}
