/** What the server and its starter tell each other. */
import type { ProgramRequest } from "./program.ts";

/** Told first: where output goes, and the word by which the server knows its starter. */
export interface Meeting {
  readonly socket: string;
  readonly key: string;
}

export interface ToStarter extends ProgramRequest {
  /** Ten digits. */
  readonly id: string;
}

export type FromStarter =
  | { readonly kind: "ready" }
  | { readonly kind: "started"; readonly id: string; readonly pid: number }
  | { readonly kind: "not-started"; readonly id: string; readonly why: string }
  | {
      readonly kind: "ended";
      readonly id: string;
      readonly code: number | null;
      readonly by: string | null;
    };
