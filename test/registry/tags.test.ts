import { readTags } from "../../src/registry/tags.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import { clientOf, problemOf, signal, startRegistry } from "./room.ts";

/** One image under all of these tags. */
async function holding(...tags: readonly string[]): Promise<FakeRegistry> {
  const registry = await startRegistry();
  const source = new FakeBlobs();
  const { manifest, config } = source.image("web", ["layer*5000"]);
  const repository = registry.repository("team/web");
  registry.blobs.set(config.digest, source.bytes.get(config.digest) as Buffer);
  repository.blobs.add(config.digest);
  repository.manifests.set(manifest.digest, {
    type: manifest.mediaType,
    bytes: Buffer.from(manifest.bytes),
  });
  for (const tag of tags) repository.tags.set(tag, manifest.digest);
  return registry;
}

const read = (registry: FakeRegistry, repository = "team/web") =>
  readTags({ client: clientOf(registry.host), repository, signal });

test("tags are told with digest, date and size, versions first and the newest at the top", async () => {
  const registry = await holding("1.9.0", "latest", "v1.10.0", "main");
  const tags = await read(registry);
  expect(tags?.map(({ tag }) => tag)).toEqual(["v1.10.0", "1.9.0", "latest", "main"]);
  expect(tags?.[0]).toMatchObject({
    digest: registry.repository("team/web").tags.get("latest"),
    created: "2026-01-02T03:04:05Z",
    size: 5000 + (registry.blobs.values().next().value?.length ?? 0),
  });
});

test("all pages are read", async () => {
  const names = Array.from({ length: 25 }, (_, nth) => `1.${nth}`);
  const registry = await holding(...names);
  registry.pageSize = 10;
  expect((await read(registry))?.map(({ tag }) => tag)).toEqual(names.reverse());
  expect(registry.requests(/tags\/list/)).toHaveLength(3);
});

test("a repository that is not there is told apart from one without tags", async () => {
  const registry = await holding();
  expect(await read(registry)).toEqual([]);
  expect(await read(registry, "team/other")).toBeUndefined();
});

test("a list that may not be read is told", async () => {
  const registry = await holding("1");
  registry.plan = () => ({ kind: "status", status: 403 });
  expect((await problemOf(read(registry))).replaceAll(registry.host, "HOST")).toBe(
    "cannot list the tags of `HOST/team/web`: `HOST` denies access (403); log in with `docker login HOST`, by an account that has access to `team/web`",
  );
});
