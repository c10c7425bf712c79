/** Keeps a container running for others to reach on a port. When it is ready is the caller's to find out. */
import type { Readable } from "node:stream";
import type Dockerode from "dockerode";
import { environmentList, outputDemultiplexer, removeContainer } from "./containers.ts";
import type { RunningService, ServiceRequest } from "./docker.ts";
import { failure, reasonOf, statusOf, throwIfAborted } from "./errors.ts";
import { imageNotFound } from "./images.ts";
import { startProblem } from "./run-container.ts";

/** What shells and the engine report for a process that was killed. */
const killed = 137;

/**
 * Starts a service, published on all addresses of the engine's host: other containers reach it
 * through `host-gateway`, which is no loopback address.
 * @throws DiagnosticError `image-not-found`, `container-name-taken`, or `service-failed` when the
 * container cannot be started or ends at once
 */
export async function startService(
  engine: Dockerode,
  request: ServiceRequest,
  signal: AbortSignal,
): Promise<RunningService> {
  throwIfAborted(signal);
  const preferred = request.hostPort;
  const started =
    (preferred && (await tryStart(engine, request, preferred))) ||
    (await tryStart(engine, request, 0));
  // With port 0 the engine picks one, so that only the preferred one can be in use.
  if (!started) throw serviceFailed(request, "the engine found no free port");
  try {
    throwIfAborted(signal);
    const hostPort = await publishedPort(started, request);
    return runningService(engine, started, hostPort, request);
  } catch (error) {
    await removeContainer(engine, started.id).catch(() => undefined);
    throw error;
  }
}

/** @returns undefined when the port is in use; then the container is gone */
async function tryStart(
  engine: Dockerode,
  request: ServiceRequest,
  hostPort: number,
): Promise<Dockerode.Container | undefined> {
  const container = await createFor(engine, request, hostPort);
  try {
    await container.start();
    return container;
  } catch (error) {
    await removeContainer(engine, container.id).catch(() => undefined);
    if (statusOf(error) === undefined) throw error;
    if (hostPort !== 0 && isPortInUse(reasonOf(error))) return undefined;
    throw serviceFailed(request, startProblem(error), { cause: error });
  }
}

/**
 * Whether the engine refused to start a container because its port on the host is taken.
 * @internal exported for its test
 */
export function isPortInUse(reason: string): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(reason);
}

async function createFor(engine: Dockerode, request: ServiceRequest, hostPort: number) {
  const port = `${request.port}/tcp`;
  const published = { HostIp: "0.0.0.0", HostPort: String(hostPort) };
  try {
    return await engine.createContainer({
      name: request.name,
      Image: request.image,
      ...(request.command && { Cmd: [...request.command] }),
      Env: environmentList(request.environment),
      Labels: { ...request.labels },
      ExposedPorts: { [port]: {} },
      HostConfig: { PortBindings: { [port]: [published] } },
    });
  } catch (error) {
    throw createProblem(error, request);
  }
}

function createProblem(error: unknown, { image, name }: ServiceRequest): unknown {
  if (statusOf(error) === 404) return imageNotFound(image, error);
  if (statusOf(error) !== 409) return error;
  const message = `cannot start the service \`${name}\`: another container has that name`;
  const hint = `remove it with \`docker rm -f ${name}\`, unless another build is using it`;
  return failure("container-name-taken", "surroundings", message, { hint, cause: error });
}

async function publishedPort(
  container: Dockerode.Container,
  request: ServiceRequest,
): Promise<number> {
  const { NetworkSettings, State } = await container.inspect();
  const port = NetworkSettings.Ports[`${request.port}/tcp`]?.[0]?.HostPort;
  if (State.Running && port) return Number(port);
  const said = await logsOf(container, 10);
  throw serviceFailed(request, `it ended at once with exit code ${State.ExitCode}`, {
    details: said === "" ? [] : said.split("\n"),
  });
}

function serviceFailed(
  { name }: ServiceRequest,
  why: string,
  more: { details?: readonly string[]; cause?: unknown } = {},
) {
  return failure("service-failed", "target", `cannot start the service \`${name}\`: ${why}`, more);
}

function runningService(
  engine: Dockerode,
  container: Dockerode.Container,
  hostPort: number,
  request: ServiceRequest,
): RunningService {
  return {
    containerId: container.id,
    hostPort,
    state: () => stateOf(container),
    logs: (lines) => logsOf(container, lines),
    exec: (command) => execIn(container, command, request),
    stop: () => removeContainer(engine, container.id),
  };
}

async function stateOf(container: Dockerode.Container) {
  try {
    const { State } = await container.inspect();
    return { running: State.Running, exitCode: State.ExitCode };
  } catch (error) {
    if (statusOf(error) === 404) return { running: false, exitCode: killed };
    throw error;
  }
}

async function logsOf(container: Dockerode.Container, lines: number): Promise<string> {
  const options = { stdout: true, stderr: true, follow: false, tail: lines } as const;
  const frames = await container.logs(options);
  const text: string[] = [];
  const demultiplexer = outputDemultiplexer((line) => text.push(line));
  demultiplexer.write(frames);
  demultiplexer.end();
  return text.join("\n");
}

async function execIn(
  container: Dockerode.Container,
  command: readonly string[],
  request: ServiceRequest,
): Promise<number> {
  try {
    const exec = await container.exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
    });
    const output = (await exec.start({ hijack: true, stdin: false })) as unknown as Readable;
    await drained(output);
    const { ExitCode } = await exec.inspect();
    return ExitCode ?? killed;
  } catch (error) {
    return execProblem(error, request);
  }
}

function drained(output: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    output.once("end", resolve).once("close", resolve).once("error", reject).resume();
  });
}

/** Old engines refuse a command that they cannot start, later ones report 126 or 127 for it. */
function execProblem(error: unknown, { name }: ServiceRequest): number {
  const reason = reasonOf(error);
  if (/executable file not found|no such file or directory/.test(reason)) return 127;
  if (/permission denied/.test(reason)) return 126;
  const status = statusOf(error);
  if (status !== 404 && status !== 409) throw error;
  const message = `the service \`${name}\` is not running`;
  throw failure("service-failed", "target", message, { cause: error });
}
