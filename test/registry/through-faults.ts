/** A push of thirty images through a registry that fails one request in five, in ways that a seed decides. */
import { Random } from "../random/random-numbers.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import type { Fault } from "../support/registry-traffic.ts";
import { digestsOf, fleet, push } from "./fleets.ts";
import { startRegistry } from "./room.ts";

/** Succeeds, with each blob stored once and every tag as it should be. */
export async function pushThroughFaults(seed: number): Promise<void> {
  const registry = await startRegistry();
  registry.auth = seed % 2 === 0 ? { kind: "token" } : undefined;
  registry.onePost = seed % 3 !== 0;
  const random = new Random(seed);
  let stalls = seed % 5 === 0 ? 1 : 0;
  registry.plan = ({ path }) => {
    const fault = random.below(5) === 0 ? faults[random.below(faults.length)] : undefined;
    if (fault?.kind === "stall" && stalls-- <= 0) return undefined;
    if (fault?.kind === "expired" && path.startsWith("/token")) return undefined;
    return fault;
  };
  const source = new FakeBlobs();
  const tags = fleet(source, 30).filter(({ tag }) => tag === "1");
  await push({ registry, source, tags, patience: 400 });
  expect(registry.tags()).toEqual(digestsOf(tags));
  expect(Math.max(...registry.stored.values())).toBe(1);
  expect(registry.stored.size).toBe(61);
}

const faults: readonly Fault[] = [
  { kind: "status", status: 429, retryAfter: "1" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "reset" },
  { kind: "reset", done: true },
  { kind: "stall" },
  { kind: "torn", after: 100 },
  { kind: "truncated" },
  { kind: "expired" },
];
