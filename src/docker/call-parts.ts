/** What a long call needs of whoever makes it. */
import type { CredentialLookup } from "../model/credentials.ts";
import type { ProgressSink } from "./docker.ts";

export interface CallParts {
  readonly credentials: CredentialLookup;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
}
