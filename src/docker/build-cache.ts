/** The build cache of an engine: what is in it, and how it is emptied. Its records name no project and no workspace. */
import type Dockerode from "dockerode";
import { dial } from "./dial.ts";
import type { CacheRecord } from "./docker.ts";

/** As the engine reports it; engines before 20.10 leave `LastUsedAt` out of records that were never used again. */
interface ReportedRecord {
  readonly InUse?: boolean;
  readonly Shared?: boolean;
  readonly Size?: number;
  readonly CreatedAt?: string;
  readonly LastUsedAt?: string | null;
}

/**
 * All records. Engines from API 1.42 on are spared looking at anything else.
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemDataUsage
 */
export async function buildCache(engine: Dockerode): Promise<readonly CacheRecord[]> {
  const answer = (await dial(engine, {
    path: "/system/df?",
    method: "GET",
    options: { type: "build-cache" },
    statusCodes: { 200: true },
  })) as { readonly BuildCache?: readonly ReportedRecord[] | null };
  return (answer.BuildCache ?? []).map((record) => ({
    inUse: record.InUse === true,
    shared: record.Shared === true,
    size: record.Size ?? 0,
    usedAt: Date.parse(record.LastUsedAt ?? record.CreatedAt ?? "") || 0,
  }));
}

/**
 * `all`: what images share too, and what was made for a frontend. `until` is how long a record was not used.
 * @param before milliseconds since the epoch
 * @returns bytes freed, as the engine says
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/BuildPrune
 */
export async function pruneBuildCache(engine: Dockerode, before?: number): Promise<number> {
  const seconds = before === undefined ? 0 : Math.max(1, Math.ceil((Date.now() - before) / 1000));
  const filters = before === undefined ? {} : { until: [`${seconds}s`] };
  const answer = (await dial(engine, {
    path: "/build/prune?",
    method: "POST",
    options: { all: true, filters: JSON.stringify(filters) },
    statusCodes: { 200: true },
  })) as { readonly SpaceReclaimed?: number };
  return answer.SpaceReclaimed ?? 0;
}
