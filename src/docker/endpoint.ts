/** Finds where the Docker Engine is, as the docker command line does. Connecting is left to `connect.ts`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiagnosticError } from "../model/diagnostic.ts";
import { dockerConfigFolder, isAbsent, parseObject, readDockerConfig } from "./docker-config.ts";
import { failure } from "./errors.ts";

/** Keys of a TLS connection, in PEM. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Whether the engine's certificate must be valid. */
  readonly verify: boolean;
}

/** Where an engine listens. `address` is it as one would write it in DOCKER_HOST. */
export type Endpoint =
  | { readonly kind: "unix"; readonly address: string; readonly socketPath: string }
  | {
      readonly kind: "tcp";
      readonly address: string;
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsFiles;
    }
  | {
      readonly kind: "ssh";
      readonly address: string;
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
    };

/**
 * Finds the engine: DOCKER_HOST, else the context that DOCKER_CONTEXT or `config.json` names, else
 * the socket at its usual place.
 * @throws DiagnosticError `docker-host-invalid`, `docker-context-unknown`, `docker-config-invalid`
 * or `docker-tls-invalid`
 */
export async function findEndpoint(environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  const host = environment["DOCKER_HOST"];
  if (host) return parseAddress(host, "DOCKER_HOST", await tlsOfEnvironment(environment));
  const context =
    environment["DOCKER_CONTEXT"] || (await readDockerConfig(environment)).currentContext;
  if (context && context !== "default") return endpointOfContext(context, environment);
  return parseAddress("unix:///var/run/docker.sock", "");
}

/**
 * Parses an address of an engine.
 * @param from where the user wrote it, for the message
 * @throws DiagnosticError `docker-host-invalid`
 * @internal exported for its test
 */
export function parseAddress(text: string, from: string, tls?: TlsFiles): Endpoint {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1] ?? "tcp";
  if (scheme === "unix") return parseSocket(text, from);
  const url = parseUrl(text.includes("://") ? text : `tcp://${text}`, text, from);
  // The brackets of an IPv6 address belong to the URL, not to the host.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw invalidAddress(text, from);
  if (scheme === "ssh") {
    const user = url.username ? { user: decodeURIComponent(url.username) } : {};
    const port = url.port ? { port: Number(url.port) } : {};
    return { kind: "ssh", address: text, host, ...user, ...port };
  }
  if (scheme !== "tcp" && scheme !== "http" && scheme !== "https") throw invalidAddress(text, from);
  const port = url.port ? Number(url.port) : tls ? 2376 : 2375;
  const address = `tcp://${url.hostname}:${port}`;
  return { kind: "tcp", address, host, port, ...(tls && { tls }) };
}

function parseSocket(text: string, from: string): Endpoint {
  const socketPath = text.slice("unix://".length);
  if (!socketPath.startsWith("/")) throw invalidAddress(text, from);
  return { kind: "unix", address: text, socketPath };
}

function parseUrl(url: string, text: string, from: string): URL {
  try {
    // An unknown scheme gets no host parsed by some rules; http's are the ones meant.
    return new URL(url.replace(/^[a-z]+:/, "http:"));
  } catch (error) {
    throw invalidAddress(text, from, error);
  }
}

function invalidAddress(text: string, from: string, cause?: unknown): DiagnosticError {
  // A URL may carry a password.
  const shown = text.replace(/\/\/([^@/:]*):[^@/]*@/, "//$1:***@");
  const expected = "expected `unix:///path`, `tcp://host:port` or `ssh://user@host`";
  const message = `${from} is \`${shown}\`, which is no address of an engine: ${expected}`;
  return failure("docker-host-invalid", "surroundings", message, { cause });
}

async function tlsOfEnvironment(environment: NodeJS.ProcessEnv): Promise<TlsFiles | undefined> {
  const verify = Boolean(environment["DOCKER_TLS_VERIFY"]);
  if (!verify && !environment["DOCKER_TLS"]) return undefined;
  const folder = environment["DOCKER_CERT_PATH"] || dockerConfigFolder(environment);
  return readTls(folder, verify);
}

/** Contexts are kept under the hash of their name. */
async function endpointOfContext(name: string, environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  const { createHash } = await import("node:crypto");
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(dockerConfigFolder(environment), "contexts");
  const path = join(contexts, "meta", id, "meta.json");
  const meta: ContextMeta = parseObject(path, await readContext(path, name));
  const docker = meta.Endpoints?.docker;
  if (typeof docker?.Host !== "string" || docker.Host === "")
    throw unknownContext(name, "names no Docker Engine");
  const tls = await readTls(join(contexts, "tls", id, "docker"), !docker.SkipTLSVerify);
  const given = tls.ca ?? tls.cert ?? tls.key ?? docker.SkipTLSVerify;
  return parseAddress(docker.Host, `the context \`${name}\``, given ? tls : undefined);
}

/** @see https://github.com/docker/cli/blob/v27.0.0/cli/context/store/metadatastore.go */
interface ContextMeta {
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: unknown; readonly SkipTLSVerify?: boolean };
  };
}

async function readContext(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unknownContext(name, isAbsent(error) ? "does not exist" : "cannot be read", error);
  }
}

function unknownContext(name: string, why: string, cause?: unknown): DiagnosticError {
  return failure("docker-context-unknown", "surroundings", `docker context \`${name}\` ${why}`, {
    hint: "see `docker context ls`, and set DOCKER_CONTEXT or DOCKER_HOST",
    cause,
  });
}

async function readTls(folder: string, verify: boolean): Promise<TlsFiles> {
  const read = async (name: string) => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      const message = `\`${join(folder, name)}\` cannot be read: ${(error as NodeJS.ErrnoException).code}`;
      throw failure("docker-tls-invalid", "surroundings", message, { cause: error });
    }
  };
  const [ca, cert, key] = await Promise.all(["ca.pem", "cert.pem", "key.pem"].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), verify };
}
