/** Routes that list, show, start and end runs. What a run is and does is the core's. */
import { z } from "zod";
import type { Run, RunTarget } from "../../records/run.ts";
import type { Caller } from "../access/callers.ts";
import { json } from "../answers/answer.ts";
import { type Route, type RouteShape, route } from "../api/route.ts";
import {
  branch,
  graph,
  name,
  run,
  runId,
  runList,
  runState,
  runTarget,
  start,
} from "../api/schemas.ts";
import { defaultLimits } from "../options.ts";
import { unknownRun, valueIn } from "../refusal.ts";

const ofRun = z.strictObject({ run: runId });

const listQuery = z.strictObject({
  repository: z.exactOptional(name),
  branch: z.exactOptional(branch),
  state: z.exactOptional(runState),
  before: z.exactOptional(runId),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const listRuns = route(
  {
    method: "GET",
    path: "/api/v1/runs",
    summary: "Runs, the newest first",
    scope: "read",
    query: listQuery,
    answers: { 200: { what: "A page of them", schema: runList } },
  },
  ({ query, room }) => {
    // One more than is wanted tells whether there are others.
    const found = room.core.listRuns({ ...query, limit: query.limit + 1 });
    const runs = found.slice(0, query.limit);
    const last = runs.at(-1);
    const next = found.length > runs.length && last ? `,"next":${JSON.stringify(last.id)}` : "";
    const text = `{"runs":[${runs.map(textOf).join(",")}]${next}}\n`;
    return { kind: "text", type: "application/json", text };
  },
);

/** A run is never changed, but put in the place of another: what it is as text stays true. */
const texts = new WeakMap<Run, string>();

function textOf(run: Run): string {
  const text = texts.get(run) ?? JSON.stringify(run);
  texts.set(run, text);
  return text;
}

const startRun = route(
  {
    method: "POST",
    path: "/api/v1/runs",
    summary: "Starts a run of a branch or a commit, of all its targets or of some",
    scope: "run",
    body: { kind: "json", limit: defaultLimits.bodyBytes, schema: start },
    answers: { 201: { what: "The run, which waits now", schema: run } },
  },
  async ({ body, caller, room }) => {
    const started = valueIn(await room.core.start({ ...body, by: nameOf(caller) }));
    return { ...json(started, { status: 201 }), ...locationOf(started) };
  },
);

const showRun = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}",
    summary: "A run",
    scope: "read",
    params: ofRun,
    answers: { 200: { what: "The run", schema: run } },
  },
  ({ params, room }) => json(room.core.run(params.run) ?? notThere()),
);

const showTargets = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}/targets",
    summary: "The targets of a run",
    scope: "read",
    params: ofRun,
    answers: { 200: { what: "All of them", schema: z.object({ targets: z.array(runTarget) }) } },
  },
  async ({ params, room }) => {
    return json({ targets: (await room.core.targetsOf(params.run)) ?? notThere() });
  },
);

const showGraph = route(
  {
    method: "GET",
    path: "/api/v1/runs/{run}/graph",
    summary: "The targets of a run, and which needs which",
    scope: "read",
    params: ofRun,
    answers: { 200: { what: "The graph", schema: graph } },
  },
  async ({ params, room }) => {
    const targets = (await room.core.targetsOf(params.run)) ?? notThere();
    return json({ targets, dependencies: dependenciesOf(targets) });
  },
);

const cancelRun = route(actOn("cancel", "Ends a run that waits or runs"), async (call) => {
  const { params, caller, room } = call;
  const cancelled = valueIn(await room.core.cancel(params.run, nameOf(caller)));
  return json(cancelled, { result: `run ${cancelled.id}` });
});

const retryRun = route(actOn("retry", "Starts a run for the same commit again"), async (call) => {
  const { params, caller, room } = call;
  const retried = valueIn(await room.core.retry(params.run, nameOf(caller)));
  return { ...json(retried, { status: 201 }), ...locationOf(retried) };
});

export const runRoutes: readonly Route[] = [
  listRuns,
  startRun,
  showRun,
  showTargets,
  showGraph,
  cancelRun,
  retryRun,
];

function actOn(
  action: "cancel" | "retry",
  summary: string,
): RouteShape<z.infer<typeof ofRun>, unknown, unknown> {
  const status = action === "retry" ? 201 : 200;
  return {
    method: "POST",
    path: `/api/v1/runs/{run}/${action}`,
    summary,
    scope: "run",
    params: ofRun,
    answers: { [status]: { what: "The run", schema: run } },
  };
}

function notThere(): never {
  throw unknownRun();
}

/** A scope above reading is given with a token only. */
function nameOf({ token }: Caller): string {
  if (token === undefined) throw new Error("a caller without a token was let in");
  return token.name;
}

const locationOf = ({ id }: Run) => ({
  headers: { location: `/api/v1/runs/${id}` },
  result: `run ${id}`,
});

const dependenciesOf = (targets: readonly RunTarget[]) =>
  targets.flatMap(({ name, needs }) => needs.map((to) => ({ from: name, to })));
