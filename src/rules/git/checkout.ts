/** What is told of a checkout among those who make it. Plain data. */
import type { WantedCommit } from "./clone.ts";

export interface Checkout {
  readonly url: string;
  readonly wanted: WantedCommit;
  /** Absolute; not there, or empty. */
  readonly folder: string;
  readonly submodules: boolean;
}

/** A commit whose files lie in a folder. */
export interface Written {
  readonly url: string;
  /** Its clone, absolute. */
  readonly clone: string;
  readonly commit: string;
  readonly folder: string;
  /** Git's list of what it wrote. */
  readonly index: string;
}
