/** What suites against a real engine share: a connection, a small image, a folder, and their removal. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Docker, ProgressSink } from "../../src/docker/docker.ts";
import { connectDocker } from "../../src/docker/engine-docker.ts";
import { writeTinyRootfs } from "./tiny-image.ts";

export interface EngineBench {
  readonly docker: Docker;
  /** Part of the names of all images that the suite makes. */
  readonly run: string;
  readonly image: string;
  /** On all containers of the suite. */
  readonly labels: Readonly<Record<string, string>>;
  /** Gone after the suite; also the docker configuration, which is empty. */
  readonly folder: string;
  /** How many containers of the suite there are. */
  containers(): Promise<number>;
  /** Removes what the suite left in the engine and on this machine. */
  dispose(): Promise<void>;
}

/** Fails when DOCKER_HOST names no engine: a suite that skips itself proves nothing. */
export async function engineBench(): Promise<EngineBench> {
  if (!process.env["DOCKER_HOST"]) throw new Error("set DOCKER_HOST to an engine to test with");
  const run = randomUUID().slice(0, 8);
  const image = `tbuild-test/tiny:${run}`;
  const labels = { "tbuild.test": run };
  const folder = mkdtempSync(join(tmpdir(), "tbuild-engine-"));
  const docker = await connectDocker({ ...process.env, DOCKER_CONFIG: folder });
  const tar = join(folder, "tiny.tar");
  await writeTinyRootfs(tar);
  await docker.importRootfs(tar, [image, `${image}-b`], ['CMD ["sh"]', "LABEL a=b"], never);
  const dispose = async () => {
    await clear(docker, labels, run);
    docker.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const containers = async () => (await docker.containers(labels)).length;
  return { docker, run, image, labels, folder, containers, dispose };
}

async function clear(docker: Docker, labels: Readonly<Record<string, string>>, run: string) {
  for (const { id } of await docker.containers(labels)) await docker.removeContainer(id);
  for (const { references } of await docker.images())
    for (const name of references.filter((each) => each.includes(run)))
      await docker.removeImage(name);
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

export function recorder() {
  const lines: string[] = [];
  const transfers = new Map<string, number>();
  const progress: ProgressSink = {
    output: (line) => lines.push(line),
    step: () => undefined,
    transfer: (id, done) => transfers.set(id, done),
  };
  return { lines, transfers, progress };
}

/** The code of the diagnostic that a promise fails with, or the name of another error. */
export const problem = (answer: Promise<unknown>) =>
  answer.then(
    () => "none",
    (error) => error.diagnostic?.code ?? error.name,
  );
