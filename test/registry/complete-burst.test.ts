/** Completing what a kill cut off: what is old moves, what others did stays. */
import type { TagMove } from "../../src/model/tag-move.ts";
import { completeBurst } from "../../src/registry/complete-burst.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import { digestsOf, fleet, push } from "./fleets.ts";
import { clientOf, problemOf, signal, startRegistry } from "./room.ts";

/** A registry whose push of a second version stopped after some tags; the moves as its journal has them. */
async function cutOff(written: number, removes = true) {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const [before, after] = [fleet(source, 3), fleet(source, 4, "2")];
  await push({ registry, source, tags: before });
  let moves: readonly TagMove[] = [];
  const journal = (begun: readonly TagMove[]) => {
    moves = begun;
    return { end: () => undefined, leave: () => undefined };
  };
  await push({ registry, source, tags: after, journal });
  for (const { repository, tag, old } of moves.slice(written)) {
    const { tags } = registry.repository(repository);
    if (old === undefined) tags.delete(tag);
    else tags.set(tag, old);
  }
  registry.seen.length = 0;
  registry.removesTags = removes;
  return { registry, source, before, after, moves };
}

const complete = (registry: FakeRegistry, moves: readonly TagMove[]) =>
  completeBurst(moves, { client: clientOf(registry.host), signal });

test.each([0, 1, 3, 7, 8])("after %d of 8 tags, all of them name the new images", async (count) => {
  const { registry, after, moves } = await cutOff(count);
  expect(moves).toHaveLength(8);
  const { moved, were, leftAlone } = await complete(registry, moves);
  expect([moved.length, were, leftAlone]).toEqual([8 - count, count, []]);
  expect(registry.tags()).toEqual(digestsOf(after));
  const writes = registry.requests(/^PUT/);
  expect(writes).toHaveLength(8 - count);
  const firstLatest = writes.findIndex((each) => each.endsWith("latest"));
  expect(writes.slice(firstLatest).every((each) => each.endsWith("latest"))).toBe(true);
});

test("a tag that something else moved meanwhile, or removed, stays as it is", async () => {
  const { registry, source, after, moves } = await cutOff(2);
  const foreign = fleet(source, 1, "3")[0]?.content.manifest.digest as string;
  const [third, fourth] = moves.slice(2) as [TagMove, TagMove];
  const { tags, manifests } = registry.repository(third.repository);
  manifests.set(foreign, { type: "x", bytes: Buffer.from("{}") });
  tags.set(third.tag, foreign);
  registry.repository(fourth.repository).tags.delete(fourth.tag);
  const { moved, leftAlone } = await complete(registry, moves);
  expect(moved).toEqual(moves.slice(4));
  expect(leftAlone).toEqual([
    { move: third, names: foreign, isGone: false },
    { move: fourth, names: undefined, isGone: false },
  ]);
  const expected: Record<string, string> = digestsOf(after);
  expected[`${third.repository}:${third.tag}`] = foreign;
  delete expected[`${fourth.repository}:${fourth.tag}`];
  expect(registry.tags()).toEqual(expected);
});

test("a new image that is gone meanwhile is told, and the others are completed", async () => {
  const { registry, moves } = await cutOff(0);
  const [first] = moves as [TagMove];
  registry.repository(first.repository).manifests.delete(first.new);
  const { moved, leftAlone } = await complete(registry, moves);
  expect(leftAlone.map(({ move, isGone }) => [move.repository, isGone])).toEqual([
    [first.repository, true],
    [first.repository, true],
  ]);
  expect(moved).toHaveLength(6);
});

test("a registry that refuses a tag is told, and once it takes it the rest is completed", async () => {
  const { registry, after, moves } = await cutOff(3);
  registry.plan = ({ method, path }) =>
    method === "PUT" && path.endsWith("latest") ? { kind: "status", status: 403 } : undefined;
  expect(await problemOf(complete(registry, moves))).toMatch(/^cannot write `.*:latest`: /);
  registry.plan = () => undefined;
  await complete(registry, moves);
  expect(registry.tags()).toEqual(digestsOf(after));
});
