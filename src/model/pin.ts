/**
 * What targets ask servers for by names that may come to stand for something else, and how a lock file
 * keeps what these stood for. Reading and writing that file is left to `pins/`.
 */
import type { Location } from "./diagnostic.ts";

export type Asked =
  /** A branch or a tag, or the remote's HEAD. */
  | { readonly kind: "git"; readonly url: string; readonly ref: string }
  /** Normalised, and without a digest. */
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "fetch"; readonly url: string };

/** A commit, or a digest with `sha256:` before it. */
export interface Pin {
  readonly value: string;
  /** In the lock file; absent where this run found it out. */
  readonly at?: Location;
}

/** What became of an entry of the lock file when servers were asked again. */
export type PinChange =
  | {
      readonly kind: "moved";
      readonly key: string;
      readonly from: string;
      readonly to: string;
      /** Of commits, where somebody here can tell. */
      readonly between?: CommitsBetween;
    }
  | { readonly kind: "stays" | "added"; readonly key: string; readonly to: string }
  /** Nothing names it any more. */
  | { readonly kind: "gone"; readonly key: string; readonly from: string };

/** How a commit came after another one. */
export type CommitsBetween =
  | { readonly kind: "ahead"; readonly commits: number }
  /** The one before is no ancestor of it. */
  | { readonly kind: "rewritten" };

/** What rules see of the lock while they act. */
export interface PinsView {
  known(asked: Asked): Pin | undefined;
  /**
   * @param by what `tbuild update` is to be called with
   * @throws DiagnosticError with `--locked`: all must be in the lock file already
   */
  refuseUnlocked(asked: Asked, by: string, at: Location): void;
  /** Asks once in a run, whoever wants to know; what nobody could tell is asked again. */
  find(asked: Asked, ask: () => Promise<string | undefined>): Promise<string | undefined>;
  /** @returns the value that counts: the first one that was noted */
  note(asked: Asked, value: string): string;
}

/**
 * `targets.lock` of `targets.yaml`: each root target file has one of its own.
 * @param files absolute paths, the root file first
 */
export const lockPathOf = ([root]: readonly { readonly path: string }[]): string =>
  (root?.path ?? "").replace(/(\.ya?ml)?$/, ".lock");

/** All of its digits: it stands for nothing else, ever. */
export const isWholeCommit = (ref: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);
