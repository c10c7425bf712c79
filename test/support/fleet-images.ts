/** Images for tests of registries: small layers of random bytes, and a source that reads them. */
import { createCipheriv, createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Digest } from "../../src/model/artifact.ts";
import type { BlobSource, Descriptor, ImageContent } from "../../src/model/image-content.ts";
import { digestOf } from "./registry-traffic.ts";

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

export class FakeBlobs implements BlobSource {
  readonly bytes = new Map<Digest, Buffer>();
  /** How often each one was opened. */
  readonly opened: Digest[] = [];

  open(digest: Digest, from = 0): Readable {
    this.opened.push(digest);
    const bytes = this.bytes.get(digest);
    if (bytes === undefined) throw new Error(`${digest} is not there`);
    return Readable.from(pieces(bytes.subarray(from)));
  }

  add(bytes: Buffer, mediaType: string): Descriptor {
    const digest = digestOf(bytes);
    this.bytes.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** An image of these layers, each random bytes made from its name; sizes follow the name as `base*300000`. */
  image(name: string, layers: readonly string[]): ImageContent {
    const text = JSON.stringify({
      architecture: "amd64",
      os: "linux",
      created: "2026-01-02T03:04:05Z",
      author: name,
    });
    const config = this.add(Buffer.from(text), types.config);
    const parts = layers.map((layer) => this.add(randomBytes(layer), types.layer));
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, config, layers: parts }),
    );
    const manifest = {
      mediaType: types.manifest,
      digest: digestOf(bytes),
      size: bytes.length,
      bytes,
    };
    return { id: config.digest, manifest, config, layers: parts };
  }
}

function* pieces(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** The same bytes for the same name. */
export function randomBytes(name: string): Buffer {
  const size = Number(/\*(\d+)$/.exec(name)?.[1] ?? 1000);
  const key = createHash("sha256").update(name).digest().subarray(0, 16);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
