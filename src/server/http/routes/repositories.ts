/** Routes of repositories: how they stand, which images they know, what they pushed, and badges. */
import { z } from "zod";
import type { Run, RunState } from "../../records/run.ts";
import { json } from "../answers/answer.ts";
import { type AnswerShape, type Room, type Route, route } from "../api/route.ts";
import { branch, branchInventory, name, pushedName, repository } from "../api/schemas.ts";
import { badgeSvg } from "../badge.ts";
import { unknownRepository } from "../refusal.ts";

const ofRepository = z.strictObject({ repository: name });

const listRepositories = route(
  {
    method: "GET",
    path: "/api/v1/repositories",
    summary: "The repositories that are watched",
    scope: "read",
    answers: {
      200: { what: "All of them", schema: z.object({ repositories: z.array(repository) }) },
    },
  },
  ({ room }) => json({ repositories: room.core.repositories() }),
);

const inventories: AnswerShape = {
  what: "By repository and branch",
  schema: z.object({ inventories: z.array(branchInventory) }),
};

const wholeInventory = route(
  {
    method: "GET",
    path: "/api/v1/inventory",
    summary: "All images of all repositories, at the newest commit of each branch that was built",
    scope: "read",
    answers: { 200: inventories },
  },
  ({ room }) => json({ inventories: room.core.inventories() }),
);

const inventory = route(
  {
    method: "GET",
    path: "/api/v1/repositories/{repository}/inventory",
    summary: "Its images, at the newest commit of each branch that was built",
    scope: "read",
    params: ofRepository,
    answers: { 200: inventories },
  },
  ({ params, room }) => {
    const { name } = mustBeThere(room, params.repository);
    return json({
      inventories: room.core.inventories().filter(({ repository }) => repository === name),
    });
  },
);

const pushed = route(
  {
    method: "GET",
    path: "/api/v1/repositories/{repository}/pushed",
    summary: "What its runs pushed: the newest digest of each reference",
    scope: "read",
    params: ofRepository,
    answers: {
      200: { what: "By reference", schema: z.object({ pushed: z.array(pushedName) }) },
    },
  },
  ({ params, room }) => {
    mustBeThere(room, params.repository);
    return json({ pushed: newestNames(runsOf(room, { repository: params.repository })) });
  },
);

const badge = route(
  {
    method: "GET",
    path: "/badges/{repository}.svg",
    summary:
      "The last outcome of a branch as a picture; of the first configured one without `branch`",
    scope: "read",
    params: ofRepository,
    query: z.strictObject({ branch: z.exactOptional(branch) }),
    answers: { 200: { what: "The badge", type: "image/svg+xml" } },
  },
  ({ params, query, room }) => {
    const found = mustBeThere(room, params.repository);
    const wanted = query.branch ?? found.branches.find((each) => !each.includes("*"));
    const state = lastOutcome(room, { repository: found.name, ...(wanted && { branch: wanted }) });
    return {
      kind: "text",
      type: "image/svg+xml",
      text: badgeSvg(wanted === undefined ? found.name : `${found.name} ${wanted}`, state),
      // Made to be shown elsewhere.
      headers: { "cache-control": "no-cache", "cross-origin-resource-policy": "cross-origin" },
    };
  },
);

export const repositoryRoutes: readonly Route[] = [
  listRepositories,
  wholeInventory,
  inventory,
  pushed,
  badge,
];

function mustBeThere(room: Room, repository: string) {
  const found = room.core.repositories().find((each) => each.name === repository);
  if (found === undefined) throw unknownRepository();
  return found;
}

interface Wanted {
  readonly repository: string;
  readonly branch?: string;
  readonly state?: RunState;
}

const pageOfRuns = 1000;

/** The newest first, as many as are asked for one after the other. */
function* runsOf(room: Room, wanted: Wanted): Generator<Run> {
  let before: string | undefined;
  for (;;) {
    const query = { ...wanted, ...(before !== undefined && { before }), limit: pageOfRuns };
    const runs = room.core.listRuns(query);
    yield* runs;
    before = runs.at(-1)?.id;
    if (runs.length < pageOfRuns) return;
  }
}

function newestNames(runs: Iterable<Run>): readonly z.infer<typeof pushedName>[] {
  const newest = new Map<string, z.infer<typeof pushedName>>();
  for (const { id, branch, commit, finishedAt, queuedAt, pushed = [] } of runs) {
    for (const { reference, digest } of pushed) {
      if (newest.has(reference)) continue;
      const at = finishedAt ?? queuedAt;
      newest.set(reference, { reference, digest, run: id, branch, commit, at });
    }
  }
  return [...newest.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

/** Runs that wait or were replaced say nothing. */
function lastOutcome(room: Room, wanted: Wanted): RunState | undefined {
  const ended = (["passed", "failed", "cancelled"] as const)
    .flatMap((state) => room.core.listRuns({ ...wanted, state, limit: 1 }))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  return ended[0]?.state;
}
