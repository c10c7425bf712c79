/** What goes over the API, declared once: validation, types and the OpenAPI document come from here. */
import { z } from "zod";
import {
  type ImageSource,
  type InventoryImage,
  inventoryFormat,
  managedWays,
} from "../../../model/inventory.ts";
import type { RepositoryView, ServerEvent } from "../../core.ts";
import type { BranchInventory } from "../../records/branch-inventory.ts";
import { isBranch, isTarget } from "../../records/names.ts";
import type { Run, RunCause, RunCounts, RunTarget } from "../../records/run.ts";

const count = z.int().min(0);
const seconds = z.number().min(0);
const time = z.string().meta({ format: "date-time", description: "ISO 8601, UTC" });

export const runState = z.enum(["queued", "running", "passed", "failed", "cancelled", "replaced"]);

/** Names come from configurations and target files. They are looked up, never made into paths. */
export const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, "must hold no control characters");

export const runId = z.string().regex(/^[0-9A-Za-z-]{1,64}$/, "must be the ID of a run");

export const branch = z.string().min(1).max(200).refine(isBranch, "must be the name of a branch");

const commit = z.string().regex(/^[0-9a-f]{7,64}$/, "must be a commit: 7 to 64 hexadecimal digits");

const targetName = z.string().max(200).refine(isTarget, "must be the name of a target");

const params = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,99}$/, "must be the name of a parameter"),
  z.union(
    [z.string().max(10_000), z.number(), z.boolean()],
    "must be a text, a number, `true` or `false`",
  ),
);

const noticed = z.enum(["poll", "events", "webhook"]);

const cause: z.ZodType<RunCause> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("push"), noticed, delivery: z.exactOptional(z.string()) }),
  z.object({ kind: z.literal("schedule"), cron: z.string() }),
  z.object({ kind: z.literal("request"), by: z.string() }),
  z.object({
    kind: z.literal("follow"),
    of: z.string(),
    run: z.exactOptional(z.string()),
    commit: z.exactOptional(z.string()),
  }),
  z.object({ kind: z.literal("retry"), of: z.string(), by: z.string() }),
]);

const counts: z.ZodType<RunCounts> = z.object({
  built: count,
  fresh: count,
  failed: count,
  skipped: count,
  restored: z.exactOptional(count),
});

const pushedTag = z.object({
  reference: z.string(),
  digest: z.templateLiteral(["sha256:", z.string()]),
});

export const run: z.ZodType<Run> = z
  .object({
    id: runId,
    repository: z.string(),
    branch: z.string(),
    commit: z.string(),
    subject: z.exactOptional(z.string()).meta({ description: "Text of whoever pushed" }),
    author: z.exactOptional(z.string()),
    cause,
    targets: z.array(z.string()),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    priority: z.number(),
    state: runState,
    queuedAt: time,
    startedAt: z.exactOptional(time),
    finishedAt: z.exactOptional(time),
    attempts: count,
    exitCode: z.exactOptional(z.int()),
    problem: z.exactOptional(z.string()),
    replacedBy: z.exactOptional(runId),
    counts: z.exactOptional(counts),
    pushed: z.exactOptional(z.array(pushedTag)),
  })
  .meta({ id: "Run" });

const targetState = z.enum([
  "waiting",
  "running",
  "built",
  "restored",
  "fresh",
  "failed",
  "unavailable",
  "skipped",
  "cancelled",
]);

export const runTarget: z.ZodType<RunTarget> = z
  .object({
    name: z.string(),
    title: z.string(),
    rule: z.string(),
    state: targetState,
    why: z.exactOptional(z.string()),
    startedMs: z.exactOptional(z.number()),
    seconds: z.exactOptional(seconds),
    note: z.exactOptional(z.string()),
    logBytes: z.exactOptional(count),
    needs: z.array(z.string()),
  })
  .meta({ id: "RunTarget" });

export const graph = z.object({
  targets: z.array(runTarget),
  dependencies: z.array(z.object({ from: z.string(), to: z.string() })),
});

export const repository: z.ZodType<RepositoryView> = z
  .object({
    name: z.string(),
    url: z.string(),
    branches: z.array(z.string()),
    targets: z.array(z.string()),
    lastRun: z.exactOptional(run),
    problem: z.exactOptional(z.string()),
  })
  .meta({ id: "Repository" });

const imageSource: z.ZodType<ImageSource> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("git"),
    url: z.string(),
    ref: z.exactOptional(z.string()),
    commit: z.exactOptional(z.string()),
  }),
  z.object({ kind: z.literal("folder"), path: z.string() }),
]);

const inventoryImage: z.ZodType<InventoryImage> = z.object({
  image: z.string(),
  target: z.string(),
  managed: z.enum(managedWays),
  help: z.exactOptional(z.string()),
  sources: z.array(imageSource),
  lastBuild: z.exactOptional(z.object({ at: time, seconds })),
  tags: z.array(z.string()),
  published: z.exactOptional(
    z.array(z.object({ repository: z.string(), tags: z.array(z.string()) })),
  ),
  created: z.exactOptional(time),
  size: z.exactOptional(count),
});

/** What `tbuild inventory --format json` says in the work folder of a branch. */
export const branchInventory: z.ZodType<BranchInventory> = z
  .object({
    repository: z.string(),
    branch: z.string(),
    commit: z.string(),
    run: runId,
    inventory: z.object({
      kind: z.literal("inventory"),
      format: z.literal(inventoryFormat),
      project: z.string(),
      at: time,
      engine: z.boolean(),
      totals: z.object({ images: count, automatic: count, make: count, manual: count }),
      images: z.array(inventoryImage),
    }),
  })
  .meta({ id: "BranchInventory" });

/** The newest digest that each reference was pushed with, as far as runs are kept. */
export const pushedName = z
  .object({
    reference: z.string(),
    digest: z.string(),
    run: runId,
    branch: z.string(),
    commit: z.string(),
    at: time,
  })
  .meta({ id: "PushedName" });

export const serverEvent: z.ZodType<ServerEvent> = z
  .discriminatedUnion("kind", [
    z.object({ id: count, kind: z.literal("run-changed"), run }),
    z.object({ id: count, kind: z.literal("graph-known"), run: runId }),
    z.object({ id: count, kind: z.literal("target-changed"), run: runId, target: runTarget }),
    z.object({
      id: count,
      kind: z.literal("log-grown"),
      run: runId,
      target: z.exactOptional(z.string()),
      bytes: count,
    }),
    z.object({ id: count, kind: z.literal("config-changed") }),
  ])
  .meta({ id: "ServerEvent" });

export const start = z
  .strictObject({
    repository: name,
    branch: z.exactOptional(branch),
    commit: z.exactOptional(commit),
    targets: z.exactOptional(z.array(targetName).min(1).max(100)),
    params: z.exactOptional(params),
    priority: z.exactOptional(z.int().min(-1000).max(1000)),
  })
  .meta({ id: "Start" });

export const runList = z.object({
  runs: z.array(run),
  next: z.exactOptional(runId).meta({ description: "What to give as `before` for older ones" }),
});

const problem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.exactOptional(z.string()),
  line: z.exactOptional(z.int()),
  column: z.exactOptional(z.int()),
});

export const failure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      hint: z.exactOptional(z.string()),
      problems: z.exactOptional(z.array(problem)),
    }),
  })
  .meta({ id: "Error" });
export type Failure = z.infer<typeof failure>;
