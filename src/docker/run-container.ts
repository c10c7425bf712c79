/**
 * Runs a command in a container that holds only its inputs and brings its outputs back. Nothing is
 * mounted, so the engine may be on another machine; laying outputs down is left to `copy-outputs.ts`.
 */
import { posix } from "node:path";
import type Dockerode from "dockerode";
import { environmentList, outputDemultiplexer, removeContainer } from "./containers.ts";
import { copyOutputs, relativeOutput } from "./copy-outputs.ts";
import type { PackedFile, ProgressSink, RunOutcome, RunRequest } from "./docker.ts";
import { failure, reasonOf, statusOf, throwIfAborted, untilAborted } from "./errors.ts";
import { imageNotFound } from "./images.ts";
import { packFiles } from "./pack-context.ts";

/** Milliseconds that the last output may take to arrive after the command ended. */
const outputPatience = 10_000;

/**
 * Runs the command as root, in place of the image's entry point. Outputs are brought back when it
 * exits with 0 and made all of them; they stand in `destination` only when they are complete. Caches are
 * brought back of a command that failed, too, but not of one that was killed. The container is gone when this returns or throws.
 * @throws DiagnosticError `image-not-found`, `run-failed` when the command cannot be started,
 * `output-unsafe`; an abort error when `signal` ended it
 */
export async function runContainer(
  engine: Dockerode,
  request: RunRequest,
  progress: ProgressSink,
  signal: AbortSignal,
): Promise<RunOutcome> {
  throwIfAborted(signal);
  request.outputs.forEach(relativeOutput);
  const container = await createFor(engine, request);
  let outcome: RunOutcome;
  try {
    outcome = await runIn(container, request, progress, signal);
  } catch (error) {
    // What went wrong first is what to tell.
    await removeContainer(engine, container.id).catch(() => undefined);
    throw error;
  }
  await removeContainer(engine, container.id);
  return outcome;
}

/** Never aborted: the engine would go on, and nobody would know the container's ID. */
async function createFor(engine: Dockerode, request: RunRequest): Promise<Dockerode.Container> {
  const [program = "", ...rest] = request.command;
  try {
    return await engine.createContainer({
      Image: request.image,
      Entrypoint: [program],
      Cmd: rest,
      Env: environmentList(request.environment),
      WorkingDir: posix.join(request.workdir, request.startFolder ?? ""),
      // The inputs belong to root, and so does the folder: nobody else could write there.
      User: "0:0",
      Labels: { ...request.labels },
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: {
        ExtraHosts: [...request.extraHosts],
        NetworkMode: request.network ?? "default",
      },
    });
  } catch (error) {
    const absent = statusOf(error) === 404 && /no such image/i.test(reasonOf(error));
    throw absent ? imageNotFound(request.image, error) : error;
  }
}

async function runIn(
  container: Dockerode.Container,
  request: RunRequest,
  progress: ProgressSink,
  signal: AbortSignal,
): Promise<RunOutcome> {
  await putFiles(container, request.inputs, request.workdir, signal);
  await putFiles(container, request.aside ?? [], "/", signal);
  const output = await attach(container, progress, signal);
  try {
    await start(container, request, signal);
    const { StatusCode: exitCode } = await untilAborted(
      signal,
      container.wait({ abortSignal: signal }) as Promise<{ StatusCode: number }>,
    );
    await untilAborted(signal, output.ended());
    const missing = exitCode === 0 ? await copyOutputs(container, request, signal) : [];
    if (exitCode !== 0 || missing.length > 0)
      await saveCaches(container, request, exitCode, signal);
    return { exitCode, missing };
  } finally {
    output.close();
  }
}

/** Exit codes above it tell that a signal ended the command, or a part of it: anything may be half written. */
const lastOwnCode = 128;

/** What goes wrong here is not what the command failed for: a cache that cannot be had is left. */
async function saveCaches(
  container: Dockerode.Container,
  request: RunRequest,
  exitCode: number,
  signal: AbortSignal,
): Promise<void> {
  if (exitCode > lastOwnCode) return;
  for (const cache of request.caches ?? []) {
    await copyOutputs(container, { ...request, outputs: [cache] }, signal).catch(() => undefined);
    throwIfAborted(signal);
  }
}

async function putFiles(
  container: Dockerode.Container,
  files: readonly PackedFile[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const tar = packFiles(files);
  try {
    const put = container.putArchive(tar, { path: folder, abortSignal: signal });
    await untilAborted(signal, put);
  } finally {
    tar.destroy();
  }
}

/** Attached before the start, so that not even the first line is lost. */
async function attach(container: Dockerode.Container, progress: ProgressSink, signal: AbortSignal) {
  const stream = await container.attach({
    stream: true,
    stdout: true,
    stderr: true,
    hijack: true,
    abortSignal: signal,
  });
  const demultiplexer = outputDemultiplexer((line) => progress.output(line));
  stream.on("data", demultiplexer.write);
  const closed = new Promise<void>((resolve) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
    // The connection's end is told by the wait for the command.
    stream.on("error", () => resolve());
  });
  return {
    ended: async () => {
      await within(outputPatience, closed);
      demultiplexer.end();
    },
    close: () => (stream as unknown as { destroy(): void }).destroy(),
  };
}

async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function start(
  container: Dockerode.Container,
  { command, image }: RunRequest,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  try {
    await container.start();
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    const message = `cannot start \`${command.join(" ")}\` in \`${image}\`: ${startProblem(error)}`;
    throw failure("run-failed", "target", message, { cause: error });
  }
}

/** The engine wraps the cause in the names of all the layers that it went through. */
export function startProblem(error: unknown): string {
  const reason = reasonOf(error);
  const inner = /exec: "(?<file>[^"]*)": (?<why>.*?)(: unknown)?$/s.exec(reason)?.groups;
  return inner ? `\`${inner["file"]}\`: ${inner["why"]}` : reason;
}
