/**
 * Starts runs of repositories that follow others, when those have news: a run that passed, or, where nothing is built
 * of them, a push. What was dealt with stands with the cursors, after its run is in the journal.
 */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Result } from "../model/result.ts";
import type { Cursors } from "./notice/cursors.ts";
import { type RepositoryConfig, type ServerConfig, usualBranch } from "./records/config.ts";
import type { Run, RunCause } from "./records/run.ts";
import { Turns } from "./records/turns.ts";
import type { NewRun, RunList } from "./runs/run-list.ts";

interface FollowingParts {
  readonly config: () => Pick<ServerConfig, "repositories">;
  readonly cursors: Cursors;
  readonly runs: Pick<RunList, "list" | "open">;
  /** The run is on the disk when it resolves. */
  readonly add: (run: NewRun) => Promise<Result<Run>>;
  /** A line for whoever runs the server. */
  readonly tell: (line: string) => void;
}

type News = RunCause & { readonly kind: "follow" };

/** Runs by request stand between a run and the newest one that counts. */
const mostLooked = 100;

export class Following {
  readonly #parts: FollowingParts;
  /** Why repositories cannot follow at the moment, so that it is told once. */
  readonly #told = new Map<string, string>();
  readonly #turns = new Turns(() => this.#look());

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /** To be called whenever there may be news: what was dealt with is known. Resolves when all of it was. */
  look(): Promise<void> {
    return this.#turns.again();
  }

  /** Resolves when nothing is being queued any more. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  async #look(): Promise<void> {
    const { repositories } = this.#parts.config();
    for (const repository of repositories) {
      for (const name of repository.follows) {
        const other = repositories.find((each) => each.name === name);
        const mark = other && this.#markOf(other);
        if (mark !== undefined) await this.#follow(repository, name, mark);
      }
    }
  }

  /** What is newest of it; undefined where that is not known yet. */
  #markOf(other: RepositoryConfig): Mark | undefined {
    const { cursors, runs } = this.#parts;
    const branch = usualBranch(other);
    if (other.targets.length === 0) {
      const { heads } = cursors.of(other.name, other.url);
      return heads && { kind: "commit", value: heads[branch] ?? "" };
    }
    const passed = runs
      .list({ repository: other.name, branch, state: "passed", limit: mostLooked })
      .find(({ cause }) => cause.kind !== "request");
    return { kind: "run", value: passed?.id ?? "" };
  }

  async #follow(repository: RepositoryConfig, of: string, mark: Mark): Promise<void> {
    const { cursors } = this.#parts;
    const { name, url } = repository;
    const known = cursors.of(name, url).followed?.[of];
    if (!isFirst(known, mark)) {
      if (!isNewer(known, mark)) return;
      const problem = await this.#queue(repository, {
        kind: "follow",
        of,
        [mark.kind]: mark.value,
      });
      this.#tellOnce(name, problem);
      // It is news the next time again.
      if (problem !== undefined) return;
    }
    const cursor = cursors.of(name, url);
    const followed = { ...cursor.followed, [of]: `${mark.kind} ${mark.value}` };
    cursors.set(name, { ...cursor, followed });
  }

  /** Of the newest commit that was accepted: a newer one is a push, and has a run of its own. */
  async #queue(repository: RepositoryConfig, cause: News): Promise<string | undefined> {
    const { cursors, runs, add } = this.#parts;
    const { name, url, targets, params, priority } = repository;
    const branch = usualBranch(repository);
    const isWaiting = (run: Run) =>
      run.repository === name && run.state === "queued" && run.cause.kind === "follow";
    // It asks what is newest when it begins.
    if (runs.open().some(isWaiting)) return undefined;
    const commit = cursors.of(name, url).heads?.[branch];
    if (commit === undefined) return `its branch \`${branch}\` was not seen yet`;
    const added = await add({ repository: name, branch, commit, targets, params, priority, cause });
    return added.ok ? undefined : messageOf(added.problems);
  }

  #tellOnce(name: string, problem: string | undefined): void {
    if (problem === undefined) this.#told.delete(name);
    else if (this.#told.get(name) !== problem) {
      this.#told.set(name, problem);
      this.#parts.tell(`${name} cannot follow: ${problem}`);
    }
  }
}

/** The ID of a run, or a commit; nothing while there is none. */
interface Mark {
  readonly kind: "run" | "commit";
  readonly value: string;
}

/** What was there before anybody followed it is no news. */
const isFirst = (known: string | undefined, { kind }: Mark): boolean =>
  known?.startsWith(`${kind} `) !== true;

/** Runs that are kept no more make no news of those before them. */
function isNewer(known = "", { kind, value }: Mark): boolean {
  const last = known.slice(kind.length + 1);
  return value !== "" && (kind === "run" ? value > last : value !== last);
}

const messageOf = ([problem]: readonly Diagnostic[]): string => problem?.message ?? "";
