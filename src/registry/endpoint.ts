/** Where the API of a registry host answers, and how far it is trusted. Asks nobody. */
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { canonicalHost } from "../model/registries.ts";

/** `host:port` that answers for a host of a reference. */
export const answeringHost = (host: string): string =>
  isHub(host) ? "registry-1.docker.io" : host;

/** The repository as the API knows it: Docker Hub's own images lie below `library`. */
export const repositoryAt = (host: string, repository: string): string =>
  isHub(host) && !repository.includes("/") ? `library/${repository}` : repository;

const isHub = (host: string): boolean => canonicalHost(host) === "docker.io";

/**
 * Whether it is this machine, by its name or address alone. @param hostname IPv6 in brackets or without
 */
export function isLoopback(hostname: string): boolean {
  const plain = hostname.replace(/^\[|\]$/g, "");
  return plain === "localhost" || plain === "::1" || /^127(\.\d+){3}$/.test(plain);
}

export interface HostCertificates {
  /** Authorities trusted for this host, as PEM. */
  readonly authorities: readonly string[];
  /** Certificates with their keys that this host knows the caller by. */
  readonly clients: readonly { readonly cert: string; readonly key: string }[];
}

/** The folders that the engine keeps certificates of hosts in, also the one without root. */
export const certificateFolders = (environment: NodeJS.ProcessEnv): readonly string[] => [
  "/etc/docker/certs.d",
  path.join(environment["HOME"] || homedir(), ".config/docker/certs.d"),
];

/**
 * What lies in `HOST:PORT` of these folders: `*.crt` are authorities, `NAME.cert` and `NAME.key` a
 * certificate of the caller.
 */
export function readHostCertificates(host: string, folders: readonly string[]): HostCertificates {
  const files = folders.flatMap((folder) => filesIn(path.join(folder, host)));
  const ending = (end: string) => files.filter((file) => file.endsWith(end));
  return {
    authorities: ending(".crt").map((file) => readFileSync(file, "utf8")),
    clients: ending(".cert")
      .map((cert) => ({ cert, key: cert.replace(/cert$/, "key") }))
      .filter(({ key }) => files.includes(key))
      .map(({ cert, key }) => ({
        cert: readFileSync(cert, "utf8"),
        key: readFileSync(key, "utf8"),
      })),
  };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    // Nobody keeps certificates for this host, or they are not for this user to read.
    return [];
  }
}
