/** One tag of a registry that a push moves from one image to another. Plain data. */
import type { Digest } from "./artifact.ts";

export interface TagMove {
  /** As the registry knows it, without the host. */
  readonly repository: string;
  readonly tag: string;
  /** What it named before; absent where it was not there. */
  readonly old?: Digest;
  readonly new: Digest;
}
