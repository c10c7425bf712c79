/** The rest of the server as HTTP sees it, in memory: it keeps what it was asked, and tells what a test says. */
import { fail, ok, type Result } from "../../../../src/model/result.ts";
import type {
  LogPlace,
  RepositoryView,
  RunQuery,
  ServerCore,
  ServerEvent,
  StartRequest,
} from "../../../../src/server/core.ts";
import type { BranchInventory } from "../../../../src/server/records/branch-inventory.ts";
import type { Run, RunTarget } from "../../../../src/server/records/run.ts";

/** An event without its number. */
export type EventToTell = ServerEvent extends infer E
  ? E extends E
    ? Omit<E, "id">
    : never
  : never;

export class FakeCore implements ServerCore {
  runs: Run[] = [];
  readonly targets = new Map<string, readonly RunTarget[]>();
  /** By `RUN` or `RUN TARGET`. */
  readonly logs = new Map<string, LogPlace>();
  images: readonly BranchInventory[] = [];
  readonly hints: unknown[] = [];
  readonly started: StartRequest[] = [];
  readonly events: ServerEvent[] = [];
  text = "listen: 127.0.0.1:8095\n";
  problems: readonly string[] = [];
  /** A hint waits for this. */
  hinted: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  #heard: () => void = () => undefined;

  listRuns({ repository, branch, state, before, limit }: RunQuery): readonly Run[] {
    const found: Run[] = [];
    for (const run of this.runs) {
      if (found.length === limit) break;
      if (before !== undefined && run.id >= before) continue;
      if (repository !== undefined && run.repository !== repository) continue;
      if (branch !== undefined && run.branch !== branch) continue;
      if (state === undefined || run.state === state) found.push(run);
    }
    return found;
  }

  run(id: string): Run | undefined {
    return this.runs.find((run) => run.id === id);
  }

  async targetsOf(id: string): Promise<readonly RunTarget[] | undefined> {
    return this.targets.get(id);
  }

  async logOf(id: string, target?: string): Promise<LogPlace | undefined> {
    return this.logs.get(target === undefined ? id : `${id} ${target}`);
  }

  async start(request: StartRequest): Promise<Result<Run>> {
    if (request.repository !== "shop") return fail(noRepository(request.repository));
    if (request.branch === "gone") return fail(noBranch);
    this.started.push(request);
    return ok(aRun({ id: "20261121T120000Z-aaaa", state: "queued" }));
  }

  async cancel(id: string, by: string): Promise<Result<Run>> {
    const run = this.run(id);
    if (run === undefined) return fail(noRun);
    if (run.state !== "running") return fail(notRunning);
    return ok({ ...run, state: "cancelled", problem: `cancelled by ${by}` });
  }

  async retry(id: string, by: string): Promise<Result<Run>> {
    const run = this.run(id);
    if (run === undefined) return fail(noRun);
    const cause = { kind: "retry", of: id, by } as const;
    return ok(aRun({ id: "20261121T130000Z-bbbb", cause, state: "queued" }));
  }

  async hint(repository: string, push: object): Promise<void> {
    await this.hinted;
    this.hints.push({ repository, ...push });
  }

  repositories(): readonly RepositoryView[] {
    const lastRun = this.runs[0];
    const shop = { name: "shop", url: "https://git.example.org/shop.git", targets: ["push"] };
    return [{ ...shop, branches: ["main", "release/*"], ...(lastRun && { lastRun }) }];
  }

  inventories(): readonly BranchInventory[] {
    return this.images;
  }

  configText(): string {
    return this.text;
  }

  async changeConfig(text: string): Promise<Result<void>> {
    if (text.includes("broken")) return fail(badConfig);
    this.text = text;
    return ok(undefined);
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#heard();
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Until somebody listens. */
  async untilHeard(): Promise<void> {
    if (this.#listeners.size > 0) return;
    await new Promise<void>((resolve) => {
      this.#heard = resolve;
    });
  }

  tell(event: EventToTell): void {
    const told = { ...event, id: (this.events.at(-1)?.id ?? 0) + 1 } as ServerEvent;
    this.events.push(told);
    for (const listener of [...this.#listeners]) listener(told);
  }

  eventsAfter(id: number): readonly ServerEvent[] | undefined {
    const first = this.events[0]?.id ?? 1;
    return id + 1 < first ? undefined : this.events.filter((event) => event.id > id);
  }

  health() {
    return { ok: this.problems.length === 0, problems: this.problems };
  }

  metrics() {
    return {
      queued: 2,
      running: 1,
      ended: { passed: 5, failed: 1 },
      runSeconds: { sum: 61.5, count: 6 },
      polls: { done: 40, failed: 3 },
    };
  }
}

export function aRun(more: Partial<Run> = {}): Run {
  return {
    id: "20261121T104935Z-7f3a",
    repository: "shop",
    branch: "main",
    commit: "3f2c1b0a9e8d7c6b5a493827160f5e4d3c2b1a09",
    subject: "Sell more",
    author: "Anna",
    cause: { kind: "push", noticed: "poll" },
    targets: ["push"],
    params: { registry: "registry.example.org/shop" },
    priority: 0,
    state: "passed",
    queuedAt: "2026-11-21T10:49:35.000Z",
    startedAt: "2026-11-21T10:49:36.000Z",
    finishedAt: "2026-11-21T10:50:36.000Z",
    attempts: 1,
    exitCode: 0,
    counts: { built: 2, fresh: 1, failed: 0, skipped: 0 },
    pushed: [{ reference: "registry.example.org/shop:1.2.3", digest: `sha256:${"a".repeat(64)}` }],
    ...more,
  };
}

/** Three images, one of each way. */
export function anInventory(more: Partial<BranchInventory> = {}): BranchInventory {
  const source = { kind: "git", url: "https://git.example.org/api.git", ref: "v1" } as const;
  const lastBuild = { at: "2026-11-21T10:50:00.000Z", seconds: 41.2 };
  const base = {
    managed: "automatic",
    sources: [{ kind: "folder", path: "images/base" }],
  } as const;
  return {
    repository: "shop",
    branch: "main",
    commit: "3f2c1b0a9e8d7c6b5a493827160f5e4d3c2b1a09",
    run: "20261121T104935Z-7f3a",
    inventory: {
      kind: "inventory",
      format: 1,
      project: "shop",
      at: "2026-11-21T10:51:00.000Z",
      engine: true,
      totals: { images: 3, automatic: 1, make: 1, manual: 1 },
      images: [
        {
          ...{ image: "shop/base", target: "base", ...base, lastBuild, tags: ["latest"] },
          ...{ created: "2026-11-20T10:50:00.000Z", size: 140_000_000 },
        },
        {
          ...{ image: "shop/api", target: "api", managed: "make", tags: ["1.4.2", "1.4"] },
          sources: [{ ...source, commit: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d" }],
        },
        {
          ...{
            image: "registry.example.org/team/db-backup",
            target: "db-backup",
            managed: "manual",
          },
          ...{ help: "Built on a laptop", sources: [], tags: [] },
          published: [{ repository: "registry.example.org/team/db-backup", tags: ["latest"] }],
        },
      ],
    },
    ...more,
  };
}

/** So many, the newest first. */
export const someRuns = (count: number, more: Partial<Run> = {}): Run[] =>
  Array.from({ length: count }, (_, at) =>
    aRun({ id: `20261121T104935Z-${String(count - at).padStart(6, "0")}`, ...more }),
  );

export const aTarget = (more: Partial<RunTarget> = {}): RunTarget => ({
  name: "image",
  title: "image",
  rule: "image",
  state: "built",
  why: "first build",
  startedMs: 10,
  seconds: 3.5,
  note: "1 tag",
  logBytes: 120,
  needs: ["install"],
  ...more,
});

const noRepository = (name: string) => ({
  code: "unknown-repository",
  blame: "usage" as const,
  message: `there is no repository \`${name}\``,
});
const noBranch = {
  code: "unknown-ref",
  blame: "usage",
  message: "there is no branch `gone`",
  hint: "push it first",
} as const;
const noRun = { code: "unknown-run", blame: "usage", message: "there is no such run" } as const;
const notRunning = {
  code: "not-running",
  blame: "usage",
  message: "the run has ended already",
} as const;
const badConfig = {
  code: "unknown-key",
  blame: "usage",
  message: "unknown key `broken`",
  at: { file: "server.yaml", line: 3, column: 1 },
} as const;
