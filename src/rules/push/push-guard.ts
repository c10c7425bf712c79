/**
 * Which tags of a push nobody may move without being asked: releases that name another image, and tags
 * that belong to another branch. What they name in the registry is found out by the caller.
 */
import picomatch from "picomatch";
import { GitHead } from "../../files/git-head.ts";
import type { Digest } from "../../model/artifact.ts";
import type { Overwrite } from "../../model/overwrite.ts";
import type { ActContext } from "../rule.ts";
import type { PushValues } from "./push-fields.ts";

/** A tag of the registry, and what a push would do with it. */
export interface Move {
  /** HOST/NAME:TAG */
  readonly reference: string;
  readonly old: Digest | undefined;
  readonly new: Digest;
}

export class PushGuard {
  readonly #values: PushValues;
  readonly #context: ActContext;
  /** What was agreed to: another digest would be another question. */
  readonly #agreed = new Set<string>();

  constructor(values: PushValues, context: ActContext) {
    this.#values = values;
    this.#context = context;
  }

  /** Whether anything is to be looked at before the push. */
  guards(reference: string): boolean {
    return this.#isRelease(reference) || this.#otherBranch(reference) !== undefined;
  }

  /** Whether it is asked for before it names another image; one that is not there is no release yet. */
  mayAsk(reference: string, isThere: boolean): boolean {
    return isThere ? this.guards(reference) : this.#otherBranch(reference) !== undefined;
  }

  /**
   * @returns whether somebody was asked: time has passed then, and tags may have moved
   * @throws DiagnosticError where the answer is no, or nobody can be asked
   */
  async confirm(moves: readonly Move[]): Promise<boolean> {
    const overwrites = moves.flatMap((move) => this.#overwriteOf(move) ?? []);
    const open = overwrites.filter((it) => !this.#agreed.has(keyOf(it)));
    if (open.length === 0) return false;
    await this.#context.confirm(open);
    for (const overwrite of open) this.#agreed.add(keyOf(overwrite));
    return true;
  }

  #overwriteOf({ reference, old, new: next }: Move): Overwrite | undefined {
    if (old === next) return undefined;
    const release = old !== undefined && this.#isRelease(reference) ? ["a release"] : [];
    const why = [...release, ...(this.#otherBranch(reference) ?? [])].join(", ");
    if (why === "") return undefined;
    return { reference, ...(old !== undefined && { old }), new: next, why };
  }

  #isRelease(reference: string): boolean {
    const { releases = [] } = this.#values;
    return releases.some((pattern) => matches(pattern, tagOf(reference)));
  }

  /** Why the branch is not the right one for the tag. */
  #otherBranch(reference: string): readonly string[] | undefined {
    const wanted = Object.entries(this.#values["only-from"] ?? {})
      .filter(([pattern]) => matches(pattern, tagOf(reference)))
      .map(([, branch]) => branch);
    if (wanted.length === 0) return undefined;
    const branch = this.#branch;
    if (branch !== undefined && wanted.some((each) => matches(each, branch))) return undefined;
    const from = branch === undefined ? "no branch" : `\`${branch}\``;
    return [
      `pushed from ${from}, and not from ${wanted.map((each) => `\`${each}\``).join(" or ")}`,
    ];
  }

  get #branch(): string | undefined {
    const { branch } = this.#values;
    if (branch !== undefined) return branch === "" ? undefined : branch;
    const { project, environment } = this.#context;
    const found = new GitHead(project.root, environment).value("git.branch");
    return found.kind === "value" ? found.text : undefined;
  }
}

const keyOf = ({ reference, old, new: next }: Overwrite): string =>
  `${reference} ${old ?? ""} ${next}`;

const tagOf = (reference: string): string => reference.slice(reference.lastIndexOf(":") + 1);

const matches = (pattern: string, text: string): boolean =>
  picomatch.isMatch(text, pattern, { dot: true });
