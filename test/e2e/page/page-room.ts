/** The HTTP side of the server with the built page, on runs that were recorded from a real tbuild, steered by a test. */
import path from "node:path";
import type { Event } from "../../../src/model/event.ts";
import { ok, type Result } from "../../../src/model/result.ts";
import type { StartRequest } from "../../../src/server/core.ts";
import { createHttpServer } from "../../../src/server/http/http-server.ts";
import { defaultLimits } from "../../../src/server/http/options.ts";
import type { Run, RunTarget } from "../../../src/server/records/run.ts";
import { hashToken } from "../../../src/server/records/token.ts";
import { FoldedTargets } from "../../../src/server/runs/fold-targets.ts";
import { aRun, FakeCore } from "../../server/http/support/fake-core.ts";
import { FakeTimers } from "../../support/fake-timers.ts";
import { checkout } from "../tbuild.ts";

export const token = "runner-token";

/** Runs that are asked for are there, and are told of. */
export class PageCore extends FakeCore {
  override async start(request: StartRequest): Promise<Result<Run>> {
    const { repository, branch = "main", targets = ["all"], by } = request;
    this.started.push(request);
    const cause = { kind: "request", by } as const;
    const more = { repository, branch, targets, cause, state: "queued" } as const;
    return ok(this.add(waiting("20261121T120000Z-aaaa", more)));
  }

  override async cancel(id: string, by: string): Promise<Result<Run>> {
    const run = this.run(id) as Run;
    return ok(this.change({ ...run, state: "cancelled", problem: `cancelled by ${by}` }));
  }

  override async retry(id: string, by: string): Promise<Result<Run>> {
    const cause = { kind: "retry", of: id, by } as const;
    return ok(this.add(waiting("20261121T130000Z-bbbb", { cause, state: "queued" })));
  }

  add(run: Run): Run {
    this.runs.unshift(run);
    this.tell({ kind: "run-changed", run });
    return run;
  }

  change(run: Run): Run {
    this.runs = this.runs.map((each) => (each.id === run.id ? run : each));
    this.tell({ kind: "run-changed", run });
    return run;
  }

  changeTarget(run: string, target: RunTarget): void {
    const before = this.targets.get(run) ?? [];
    this.targets.set(
      run,
      before.map((each) => (each.name === target.name ? target : each)),
    );
    this.tell({ kind: "target-changed", run, target });
  }
}

const waiting = (id: string, more: Partial<Run>): Run => {
  const { startedAt, finishedAt, exitCode, counts, pushed, ...run } = aRun({ id, ...more });
  return run;
};

export interface PageRoom {
  readonly core: PageCore;
  readonly url: string;
  readonly bugs: unknown[];
  close(): Promise<void>;
}

const open = new Set<PageRoom>();

afterEach(async () => {
  for (const room of open) await room.close();
});

export async function startPageRoom(
  given: {
    readonly read?: "public" | "token";
    readonly port?: number;
    readonly core?: PageCore;
  } = {},
): Promise<PageRoom> {
  const { core = new PageCore(), read = "public", port = 0 } = given;
  const timers = new FakeTimers();
  const bugs: unknown[] = [];
  const server = createHttpServer(core, {
    settings: () => ({
      listen: { host: "127.0.0.1", port },
      read,
      tokens: [{ name: "anna", hash: hashToken(token), scopes: ["run"] }],
      hookOf: () => undefined,
    }),
    pageFolder: path.join(checkout, "dist/page"),
    // Browsers keep many connections; how many may come is tested elsewhere.
    limits: { rate: { perSecond: 10_000, burst: 10_000 } },
    clock: {
      date: () => new Date("2026-11-21T12:00:00Z"),
      now: () => timers.now(),
      // What happens is told without a wait.
      after: (milliseconds, act) => {
        const stop = timers.after(milliseconds, act);
        if (milliseconds === defaultLimits.gatherMs)
          setImmediate(() => timers.advance(milliseconds));
        return stop;
      },
    },
    audit: { write: () => undefined },
    deliveries: { knows: () => false, remember: async () => undefined },
    onBug: (error) => bugs.push(error),
  });
  const address = await server.listen();
  const room: PageRoom = {
    core,
    bugs,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      open.delete(room);
      const closed = server.close(1000);
      timers.advance(1000);
      await closed;
    },
  };
  open.add(room);
  return room;
}

/** Targets as the server folds them from the events of a real tbuild, with what they need. */
export function foldedTargets(
  events: readonly (Event & { readonly ms?: number })[],
  needs: Readonly<Record<string, readonly string[]>>,
): readonly RunTarget[] {
  const folded = new FoldedTargets();
  const edges = Object.entries(needs).flatMap(([from, tos]) =>
    tos.map((to) => ({ from, to, kind: "dependency" as const })),
  );
  const targets = Object.keys(needs).map((name) => ({ name, title: name, rule: "run" }));
  folded.expect({ targets, edges });
  let ms = 0;
  for (const event of events) {
    folded.take({ ms, ...event });
    if (event.kind === "target-finished") ms += event.seconds * 1000;
  }
  return folded.targets;
}
