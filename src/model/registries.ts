/** What is known of registries before any of them is asked: what the project says of each, and the caller. */
import type { CredentialLookup } from "./credentials.ts";

export interface RegistrySettings {
  /** Whether it may be spoken to without TLS. */
  readonly insecure: boolean;
  /** HOST or HOST/NAME that images of it are read from first, in this order. */
  readonly mirrors: readonly string[];
}

/** By host, as references name it. */
export type Registries = Readonly<Record<string, RegistrySettings>>;

/** How registries are reached: what a client of any of them is made from. */
export interface RegistryAccess {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialLookup;
  readonly registries?: Registries | undefined;
  /** Tries of one request in all; absent: eight. */
  readonly tries?: number | undefined;
  /** Milliseconds without a byte; absent: as for a push. */
  readonly patience?: number;
}

const hub = "docker.io";
const hubHosts = new Set([hub, "index.docker.io", "registry-1.docker.io"]);

/** The host that settings are kept under: Docker Hub has several names. */
export const canonicalHost = (host: string): string => (hubHosts.has(host) ? hub : host);
