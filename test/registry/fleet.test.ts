import type { FleetTag } from "../../src/registry/fleet-tag.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import { digestsOf, fleet, Known, push } from "./fleets.ts";
import { problemOf, startRegistry } from "./room.ts";
import { pushThroughFaults } from "./through-faults.ts";

test("each blob is sent once, and taken over where other images share it", async () => {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const tags = fleet(source, 3);
  const report = await push({ registry, source, tags });
  expect(registry.tags()).toEqual(digestsOf(tags));
  expect([...registry.stored.values()]).toEqual(Array(7).fill(1));
  const configs = tags.reduce((sum, { content }) => sum + content.config.size, 0) / 2;
  expect(report).toMatchObject({
    written: 6,
    were: 0,
    traffic: { sent: 20_000 + 3 * 500 + configs, mounted: 40_000, there: 0, shared: 40_000 },
  });
});

test("the largest blob is the first to be sent, and tags are the last, `latest` after the others", async () => {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const tags = fleet(source, 2, "1", 3 << 20);
  await push({ registry, source, tags });
  const writes = registry.requests(/^(PUT|POST|PATCH)/);
  expect(writes.find((each) => each.startsWith("POST"))).toMatch(/uploads\/$/);
  const manifests = registry
    .requests(/^PUT .*manifests/)
    .map((each) => each.replace(/.*manifests./, ""));
  expect(manifests.map((each) => each.replace(/:.*/, ""))).toEqual([
    "sha256",
    "sha256",
    "1",
    "1",
    "latest",
    "latest",
  ]);
  expect(writes.slice(-6)).toEqual(registry.requests(/^PUT .*manifests/));
});

test("a push without changes sends nothing", async () => {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const tags = fleet(source, 3);
  await push({ registry, source, tags });
  registry.seen.length = 0;
  expect(await push({ registry, source, tags })).toMatchObject({
    written: 0,
    were: 6,
    traffic: { sent: 0 },
  });
  expect(registry.requests(/./)).toHaveLength(6);
  expect(registry.requests(/^(?!HEAD)/)).toEqual([]);
});

test("what an earlier push recorded is taken over by images of another name", async () => {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const known = new Known();
  const [first, , third] = fleet(source, 2) as [FleetTag, FleetTag, FleetTag];
  await push({ registry, source, tags: [first], known });
  source.opened.length = 0;
  const report = await push({ registry, source, tags: [third], known });
  expect(report.traffic.mounted).toBe(20_000);
  expect(source.opened).not.toContain(third.content.layers[0]?.digest);
});

test("where a registry takes nothing over, each repository is sent its own", async () => {
  const registry = await startRegistry();
  registry.mounts = false;
  const source = new FakeBlobs();
  const tags = fleet(source, 2);
  expect(await push({ registry, source, tags })).toMatchObject({
    written: 4,
    traffic: { mounted: 0 },
  });
  expect(registry.tags()).toEqual(digestsOf(tags));
});

test("with tokens, a base that may only be read is taken over", async () => {
  const registry = await startRegistry();
  registry.auth = { kind: "token" };
  const source = new FakeBlobs();
  const known = new Known();
  const tags = fleet(source, 2);
  await push({ registry, source, tags: tags.slice(0, 1), known });
  registry.auth = { kind: "token", readOnly: ["team/i0"] };
  registry.expireTokens();
  expect(await push({ registry, source, tags: tags.slice(2), known })).toMatchObject({
    traffic: { mounted: 20_000 },
  });
});

describe("all or nothing", () => {
  test("a failure before the tags leaves every tag as it was", async () => {
    const registry = await startRegistry();
    const source = new FakeBlobs();
    const before = fleet(source, 3);
    await push({ registry, source, tags: before });
    registry.plan = ({ method, path }) =>
      method === "PUT" && path.includes("i2/manifests")
        ? { kind: "status", status: 403 }
        : undefined;
    const told = await problemOf(push({ registry, source, tags: fleet(source, 3, "2") }));
    expect(told.replaceAll(registry.host, "HOST").replace(/sha256:\w+/, "DIGEST")).toBe(
      "cannot write `HOST/team/i2@DIGEST`: `HOST` denies access (403); log in with `docker login HOST`, by an account that has access to `team/i2`",
    );
    expect(registry.tags()).toEqual(digestsOf(before));
  });

  test("a tag that cannot be written brings all of them back, and removes new ones", async () => {
    const registry = await startRegistry();
    const source = new FakeBlobs();
    const before = fleet(source, 2);
    await push({ registry, source, tags: before });
    registry.plan = ({ method, path }) =>
      method === "PUT" && path.endsWith("i1/manifests/latest")
        ? { kind: "status", status: 403 }
        : undefined;
    const after = fleet(source, 3, "2");
    expect(
      (await problemOf(push({ registry, source, tags: after }))).replaceAll(registry.host, "HOST"),
    ).toBe(
      "cannot write `HOST/team/i1:latest`: `HOST` denies access (403); one tag does not name what it should; push again to write all tags: the images are there already",
    );
    expect(registry.tags()).toEqual(digestsOf(before));
  });

  test("tags that cannot be brought back are told by name", async () => {
    const registry = await startRegistry();
    registry.removesTags = false;
    const source = new FakeBlobs();
    registry.plan = ({ method, path }) =>
      method === "PUT" && path.endsWith("i1/manifests/latest")
        ? { kind: "status", status: 403 }
        : undefined;
    const tags = fleet(source, 2);
    const { diagnostic } = await push({ registry, source, tags }).catch((error) => error);
    const digest = (nth: number) => tags[nth]?.content.manifest.digest;
    expect(diagnostic.code).toBe("tags-incomplete");
    expect(
      diagnostic.details.map((line: string) => line.replaceAll(registry.host, "HOST")).sort(),
    ).toEqual([
      `\`HOST/team/i0:1\` is new and cannot be removed; to complete: tbuild tag HOST/team/i0@${digest(0)} 1`,
      `\`HOST/team/i0:latest\` is new and cannot be removed; to complete: tbuild tag HOST/team/i0@${digest(0)} latest`,
      `\`HOST/team/i1:1\` is new and cannot be removed; to complete: tbuild tag HOST/team/i1@${digest(2)} 1`,
      `\`HOST/team/i1:latest\` is as it was before; to complete: tbuild tag HOST/team/i1@${digest(2)} latest`,
    ]);
  });

  test("an interruption does not wait long for a registry that is silent", async () => {
    const registry = await startRegistry();
    const source = new FakeBlobs();
    const stop = new AbortController();
    registry.plan = ({ method, path }) => {
      if (method !== "PUT" || !/manifests\/(1|latest)$/.test(path)) return undefined;
      stop.abort();
      return { kind: "stall" };
    };
    const tags = fleet(source, 1);
    const pushed = push({ registry, source, tags, signal: stop.signal });
    await expect(pushed).rejects.toMatchObject({ name: "AbortError" });
    expect(registry.tags()).toEqual({});
  });

  test("a push that is interrupted at any of its requests leaves no mixture of tags", async () => {
    const source = new FakeBlobs();
    const [before, after] = [fleet(source, 2), fleet(source, 2, "2")];
    const registry = await startRegistry();
    await push({ registry, source, tags: before });
    const held = registry.copy();
    registry.seen.length = 0;
    await push({ registry, source, tags: after });
    const stages = new Set<string>();
    for (const nth of registry.seen.keys()) {
      const found = JSON.stringify(await tagsAfterInterruption({ nth, held, source, tags: after }));
      expect([before, after].map((tags) => JSON.stringify(digestsOf(tags)))).toContain(found);
      stages.add(found);
    }
    expect(stages.size).toBe(2);
  });
});

/** What the tags of a registry name when a push to it is interrupted at its nth request. */
async function tagsAfterInterruption({ nth, held, source, tags }: Interruption) {
  const registry = await startRegistry(held.copy());
  const stop = new AbortController();
  let left = nth;
  registry.plan = () => {
    if (left-- === 0) stop.abort();
    return undefined;
  };
  await push({ registry, source, tags, signal: stop.signal }).catch(() => undefined);
  return registry.tags();
}

interface Interruption {
  readonly nth: number;
  readonly held: FakeRegistry;
  readonly source: FakeBlobs;
  readonly tags: readonly FleetTag[];
}

test.each([1, 2, 5])(
  "seed %d: a push gets through a registry that fails one request in five",
  async (seed) => {
    await pushThroughFaults(seed);
  },
);
