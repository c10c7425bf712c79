import { type CacheSubject, cacheKey } from "../../src/cache/cache-key.ts";

const subject: CacheSubject = {
  target: "web",
  folder: "",
  kind: "image",
  fingerprint: "sha256:abc",
  outputs: [{ kind: "image", reference: "shop/web:1" }],
  platform: "linux/amd64",
  project: "shop",
};

test("a key is the same for the same, and may be a tag", () => {
  expect(cacheKey({ ...subject })).toBe(cacheKey(subject));
  expect(cacheKey(subject)).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Partial<CacheSubject>]>([
  ["target", { target: "agent" }],
  ["folder that it runs in", { folder: "sub" }],
  ["rule kind", { kind: "rootfs" }],
  ["fingerprint", { fingerprint: "sha256:abd" }],
  ["reference of its image", { outputs: [{ kind: "image", reference: "shop/web:2" }] }],
  ["kind of output", { outputs: [{ kind: "file", path: "shop/web:1" }] }],
  ["platform", { platform: "linux/arm64" }],
  ["project that its label names", { project: "store" }],
])("another %s is another key", (_, change) => {
  expect(cacheKey({ ...subject, ...change })).not.toBe(cacheKey(subject));
});
