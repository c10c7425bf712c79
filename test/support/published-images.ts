/** Images put into a registry of a test without a push. */
import type { FakeRegistry } from "./fake-registry.ts";
import { FakeBlobs } from "./fleet-images.ts";

/** Lets a tag name an image that is made from the name. @returns the digest of its manifest */
export function publish(registry: FakeRegistry, reference: string, image: string): string {
  const [repository = "", tag = ""] = reference.split(":");
  const source = new FakeBlobs();
  const { manifest, config } = source.image(image, ["layer*5000000"]);
  registry.blobs.set(config.digest, source.bytes.get(config.digest) as Buffer);
  const held = registry.repository(repository);
  held.blobs.add(config.digest);
  held.manifests.set(manifest.digest, { type: "x", bytes: Buffer.from(manifest.bytes) });
  held.tags.set(tag, manifest.digest);
  return manifest.digest;
}
