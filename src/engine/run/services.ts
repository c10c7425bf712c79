/**
 * Keeps services up while targets that need them are made: started for the first, waited for,
 * stopped after the last. Which target needs which service is told by the plan.
 */
import { createHash } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Docker, RunningService } from "../../docker/docker.ts";
import type { Artifact } from "../../model/artifact.ts";
import { DiagnosticError } from "../../model/diagnostic.ts";
import type { Reporter } from "../../model/event.ts";
import type { Project, ServiceDeclaration, Target, TargetName } from "../../model/target.ts";
import { serviceFailedProblem } from "../problems.ts";

export interface ServiceRoom {
  readonly project: Project;
  readonly workspaceId: () => string;
  readonly docker: () => Promise<Docker>;
  readonly reporter: Reporter;
  readonly artifactsOf: (name: TargetName) => readonly Artifact[];
}

/** A service that answers. */
export interface UpService {
  readonly host: string;
  readonly hostPort: number;
  readonly localHost: string;
}

const pollMilliseconds = 50;

export class Services {
  readonly #room: ServiceRoom;
  readonly #running = new Map<TargetName, Promise<{ up: UpService; service: RunningService }>>();
  readonly #stopping: Promise<void>[] = [];

  constructor(room: ServiceRoom) {
    this.#room = room;
  }

  /**
   * The service, up and ready; started when it is not yet.
   * @throws DiagnosticError `service-failed` when it ends or does not answer in time
   */
  async acquire(target: Target, signal: AbortSignal): Promise<UpService> {
    let running = this.#running.get(target.name);
    if (!running) {
      running = this.#start(target, signal);
      this.#running.set(target.name, running);
      // Whoever waits for it gets the error; until then it must not count as unhandled.
      running.catch(() => this.#running.delete(target.name));
    }
    return (await running).up;
  }

  /** Begins to stop a service, if it runs; `close` waits for the end of that. */
  release(name: TargetName): void {
    const running = this.#running.get(name);
    if (!running) return;
    this.#running.delete(name);
    const end = this.#stop(name, running);
    // Told by `close`; until then it must not count as unhandled.
    end.catch(() => undefined);
    this.#stopping.push(end);
  }

  /** Stops all services, and waits until every one is gone. Throws what stopping one threw. */
  async close(): Promise<void> {
    for (const name of [...this.#running.keys()]) this.release(name);
    const ends = await Promise.allSettled(this.#stopping);
    const broken = ends.find((end) => end.status === "rejected");
    if (broken) throw broken.reason;
  }

  async #stop(name: TargetName, running: Promise<{ service: RunningService }>): Promise<void> {
    const started = await running.catch(() => undefined);
    if (!started) return;
    await started.service.stop();
    this.#room.reporter.report({ kind: "service", target: name, state: "stopped" });
  }

  async #start(target: Target, signal: AbortSignal) {
    const declared = target.service as ServiceDeclaration;
    const { reporter } = this.#room;
    reporter.report({ kind: "service", target: target.name, state: "starting" });
    const docker = await this.#room.docker();
    const request = this.#request(target, declared);
    const service = await docker.startService(request, signal).catch((error) => {
      throw toldOf(target, request.name, error);
    });
    const up: UpService = {
      host: hostNameOf(target.name),
      hostPort: service.hostPort,
      localHost: docker.publishedHost,
    };
    try {
      await waitUntilReady({ target, declared, service, up }, signal);
    } catch (error) {
      await service.stop();
      throw error;
    }
    const address = `${up.localHost}:${up.hostPort}`;
    reporter.report({ kind: "service", target: target.name, state: "ready", address });
    return { up, service };
  }

  #request(target: Target, declared: ServiceDeclaration) {
    const image = this.#room.artifactsOf(target.name).find((artifact) => artifact.kind === "image");
    if (image?.kind !== "image") throw new Error(`service ${target.name} has no image`);
    const { project } = this.#room;
    const workspaceId = this.#room.workspaceId();
    const unique = createHash("sha256").update(`${workspaceId} ${target.name}`).digest();
    return {
      image: image.digest,
      name: `tbuild-${hostNameOf(target.name)}-${unique.toString("hex").slice(0, 8)}-${process.pid}`,
      port: declared.port,
      hostPort: portFor(unique),
      environment: declared.env,
      labels: {
        "org.tbuild.project": project.name,
        "org.tbuild.target": target.name,
        "org.tbuild.workspace": workspaceId,
      },
      ...(declared.command && { command: declared.command }),
    };
  }
}

/** A target's name as a host name: `repo[a]` is `repo-a`. */
export function hostNameOf(name: TargetName): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * The same port each time, where it is free: the address stands in build arguments, and another one
 * would make the engine's build cache miss. Below the range that systems give out by themselves.
 */
function portFor(unique: Buffer): number {
  return 20_000 + (unique.readUInt32BE(0) % 10_000);
}

interface StartedService {
  readonly target: Target;
  readonly declared: ServiceDeclaration;
  readonly service: RunningService;
  readonly up: UpService;
}

async function waitUntilReady(
  { target, declared, service, up }: StartedService,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + declared.timeout * 1000;
  for (;;) {
    if (await isReady(declared, service, up)) return;
    const state = await service.state();
    if (!state.running) {
      throw await failure(target, service, `ended with code ${state.exitCode} before it was ready`);
    }
    if (Date.now() > deadline) {
      throw await failure(target, service, `was not ready within ${declared.timeout} s`);
    }
    await wait(pollMilliseconds, undefined, { signal });
  }
}

/** The user knows the target, and not the container that was made for it. */
function toldOf(target: Target, container: string, error: unknown): unknown {
  if (!(error instanceof DiagnosticError) || error.diagnostic.code !== "service-failed")
    return error;
  const message = error.diagnostic.message.replace(`\`${container}\``, `\`${target.name}\``);
  const at = target.places["service"] ?? target.declaredAt;
  return new DiagnosticError({ ...error.diagnostic, message, at }, { cause: error });
}

async function failure(target: Target, service: RunningService, what: string): Promise<Error> {
  const logs = await service.logs(20).catch(() => "");
  const lines = logs.split("\n").filter((line) => line !== "");
  return new DiagnosticError(serviceFailedProblem(target, what, lines));
}

function isReady(
  declared: ServiceDeclaration,
  service: RunningService,
  up: UpService,
): Promise<boolean> | boolean {
  switch (declared.ready?.kind) {
    case "http":
      return answersHttp(up, declared.ready.path);
    case "tcp":
      return acceptsTcp(up);
    case "exec":
      return service.exec(declared.ready.command).then((code) => code === 0);
    case undefined:
      return true;
  }
}

const answerMilliseconds = 2000;

function answersHttp(up: UpService, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const url = { host: up.localHost, port: up.hostPort, path, agent: false };
    const request = http.get({ ...url, timeout: answerMilliseconds }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** The engine's proxy accepts connections before the service does: only one that stays open counts. */
function acceptsTcp(up: UpService): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(up.hostPort, up.localHost);
    const answer = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(200, () => answer(!socket.connecting));
    socket.on("error", () => answer(false));
    socket.on("close", () => answer(false));
    socket.on("data", () => answer(true));
  });
}
