/** A repository of a registry, and until when it is asked. */
import type { RegistryClient } from "./client.ts";

export interface Place {
  readonly client: RegistryClient;
  /** As the registry knows it, without the host. */
  readonly repository: string;
  readonly signal: AbortSignal;
}
