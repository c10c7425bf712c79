/** Opens the connection to a found engine and agrees on the API version. Finding it is left to `endpoint.ts`. */
import { type AgentOptions, Agent as HttpAgent, type IncomingMessage } from "node:http";
import { inspect } from "node:util";
import type Dockerode from "dockerode";
import type { DockerOptions } from "dockerode";
import { dial } from "./dial.ts";
import type { Endpoint, TlsFiles } from "./endpoint.ts";
import { engineUnreachable, failure, translateError } from "./errors.ts";

/** Oldest and newest API that tbuild is tested with: Docker 20.10 and 29.3. */
const oldestApi = "1.41";
const newestApi = "1.54";

/** Milliseconds to wait for the first answer of an engine. */
const patience = 15_000;

/** An engine that is connected to when it is first needed. */
export interface LazyConnection {
  /** @throws DiagnosticError `engine-unreachable` or `engine-too-old`; the next call tries again */
  open(): Promise<Dockerode>;
  /** Ends the connections that are kept for later, so that they cannot keep the process. */
  close(): void;
}

/**
 * A connection that the first `open` makes; one that failed is tried anew by the next.
 * @throws DiagnosticError from `open`: `engine-unreachable`, `engine-too-old` or `engine-failed`
 */
export function lazyConnection(endpoint: Endpoint, environment: NodeJS.ProcessEnv): LazyConnection {
  let agent: HttpAgent | undefined;
  let opened: Promise<Dockerode> | undefined;
  const open = async () => {
    agent ??= await makeAgent(endpoint, environment);
    return connect(endpoint, agent);
  };
  return {
    open: () => {
      opened ??= open().catch((error) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    close: () => agent?.destroy(),
  };
}

/** Connects, by asking for the version that the engine speaks. */
async function connect(endpoint: Endpoint, agent: HttpAgent): Promise<Dockerode> {
  const { default: Engine } = await import("dockerode");
  const engine = new Engine(optionsOf(endpoint, agent));
  const version = pinVersion(await ping(engine, endpoint.address), endpoint.address);
  (engine.modem as unknown as { version: string }).version = `v${version}`;
  return engine;
}

/**
 * The API version to ask for: the newest one that both sides know.
 * @param offered the engine's newest, such as `1.45`
 * @throws DiagnosticError `engine-too-old`
 * @internal exported for its test
 */
export function pinVersion(offered: string, address: string): string {
  if (compareVersions(offered, oldestApi) < 0) {
    const message = `the Docker Engine at ${address} speaks API ${offered}, tbuild needs ${oldestApi} or newer`;
    throw failure("engine-too-old", "surroundings", message, {
      hint: "upgrade it to Docker 20.10 or newer, or set DOCKER_HOST",
    });
  }
  return compareVersions(offered, newestApi) > 0 ? newestApi : offered;
}

function compareVersions(left: string, right: string): number {
  const [major = 0, minor = 0] = left.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = right.split(".").map(Number);
  return major - otherMajor || minor - otherMinor;
}

/**
 * Own agents keep connections apart from the rest of the process, so that `close` can end them.
 * dockerode inspects its request options to any depth, so an agent must look small.
 */
async function makeAgent(endpoint: Endpoint, environment: NodeJS.ProcessEnv): Promise<HttpAgent> {
  const agent = await agentFor(endpoint, environment);
  Object.defineProperty(agent, inspect.custom, { value: () => "[Agent]" });
  return agent;
}

async function agentFor(endpoint: Endpoint, environment: NodeJS.ProcessEnv): Promise<HttpAgent> {
  if (endpoint.kind === "ssh") {
    const { sshAgent } = await import("./ssh-agent.ts");
    return sshAgent(endpoint, environment);
  }
  if (endpoint.kind === "tcp" && endpoint.tls) {
    const { Agent } = await import("node:https");
    return new Agent({ keepAlive: true, ...tlsOptions(endpoint.tls) });
  }
  // No name for TLS: to find one out, Node compiles the pattern of IPv6 addresses, for 6 ms.
  return new HttpAgent({ keepAlive: true, servername: "" } as AgentOptions);
}

function tlsOptions({ verify, ...files }: TlsFiles) {
  return { ...files, rejectUnauthorized: verify };
}

/** Every field that dockerode would take from the environment by itself is set, if to undefined. */
function optionsOf(endpoint: Endpoint, agent: HttpAgent): DockerOptions {
  const none = { host: undefined, port: undefined, socketPath: undefined, sshOptions: undefined };
  const noTls = { ca: undefined, cert: undefined, key: undefined, timeout: undefined };
  const common = { ...none, ...noTls, pathPrefix: "/", protocol: "http", agent } as const;
  switch (endpoint.kind) {
    case "unix":
      return { ...common, socketPath: endpoint.socketPath };
    case "tcp": {
      const protocol = endpoint.tls ? "https" : "http";
      return { ...common, protocol, host: bracketed(endpoint.host), port: endpoint.port };
    }
    case "ssh":
      // The agent's connection goes to the engine, whatever the name.
      return { ...common, host: bracketed(endpoint.host), port: 80 };
  }
}

/** An IPv6 address as URLs have it. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** @returns the newest API version that the engine speaks */
async function ping(engine: Dockerode, address: string): Promise<string> {
  const signal = AbortSignal.timeout(patience);
  try {
    return await askVersion(engine, signal);
  } catch (error) {
    if (signal.aborted)
      throw engineUnreachable(
        address,
        {
          why: `no answer in ${patience / 1000} seconds`,
          hint: "check the network and the port, or set DOCKER_HOST",
          transient: true,
        },
        error,
      );
    throw translateError(error, { address, doing: "ask for the version of the engine" });
  }
}

/** dockerode's own `ping` drops the headers, which hold the version. */
async function askVersion(engine: Dockerode, abortSignal: AbortSignal): Promise<string> {
  const statusCodes = { 200: true } as const;
  const call = { path: "/_ping", method: "GET", isStream: true, statusCodes, abortSignal } as const;
  const response = (await dial(engine, call)) as IncomingMessage;
  response.resume();
  return String(response.headers["api-version"] ?? "0.0");
}
