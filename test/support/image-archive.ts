/** Images made by hand, and the archives in which engines give them: the form of 20.10 and that of 25 and later. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Header, type HeaderData } from "tar/header";
import type { Digest } from "../../src/model/artifact.ts";

export interface HandMadeImage {
  readonly id: Digest;
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
  readonly references: readonly string[];
}

export const sha256 = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export const hexOf = (digest: Digest): string => digest.slice("sha256:".length);

/** An image whose layers are these bytes. */
export function handMade(
  name: string,
  layers: readonly (Buffer | string)[],
  references: readonly string[] = [`${name}:1`],
): HandMadeImage {
  const bytes = layers.map((layer) => Buffer.from(layer));
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { name } },
      rootfs: { type: "layers", diff_ids: bytes.map(sha256) },
    }),
  );
  return { id: sha256(config), config, layers: bytes, references };
}

/** As engine 20.10 gives it: a folder for each layer, a link where a layer was there before. */
export function oldForm(images: readonly HandMadeImage[]): Buffer {
  const held = new Map<Digest, string>();
  const entries = images.flatMap(({ id, config, layers, references }, image) => {
    const paths = layers.map((_, at) => `${hexOf(sha256(`${image} ${at}`))}/layer.tar`);
    const files = layers.flatMap((layer, at) => {
      const path = paths[at] as string;
      const known = held.get(sha256(layer));
      held.set(sha256(layer), known ?? path);
      return [
        entry({ path: path.replace("layer.tar", ""), type: "Directory" }),
        entry({ path: path.replace("layer.tar", "VERSION") }, Buffer.from("1.0")),
        known === undefined
          ? entry({ path }, layer)
          : entry({ path, type: "SymbolicLink", linkpath: `../${known}` }),
      ];
    });
    const row = { Config: `${hexOf(id)}.json`, RepoTags: references, Layers: paths };
    return [{ files: [entry({ path: row.Config }, config), ...files], row }];
  });
  const rows = Buffer.from(JSON.stringify(entries.map(({ row }) => row)));
  const files = entries.flatMap((each) => each.files);
  return Buffer.concat([...files, entry({ path: "manifest.json" }, rows), Buffer.alloc(1024)]);
}

/** As engines from 25 on give it, where images are kept the classic way. */
export function newForm(images: readonly HandMadeImage[]): Buffer {
  const blobs = new Map<Digest, Buffer>();
  const manifests = images.map(({ config, layers }) => {
    for (const bytes of [config, ...layers]) blobs.set(sha256(bytes), bytes);
    const named = (bytes: Buffer, mediaType: string) => ({
      mediaType,
      digest: sha256(bytes),
      size: bytes.length,
    });
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: named(config, "application/vnd.oci.image.config.v1+json"),
        layers: layers.map((layer) => named(layer, "application/vnd.oci.image.layer.v1.tar")),
      }),
    );
    blobs.set(sha256(manifest), manifest);
    return named(manifest, "application/vnd.oci.image.manifest.v1+json");
  });
  const rows = images.map(({ id, layers, references }) => ({
    Config: `blobs/sha256/${hexOf(id)}`,
    RepoTags: references,
    Layers: layers.map((layer) => `blobs/sha256/${hexOf(sha256(layer))}`),
  }));
  const json = (path: string, value: unknown) =>
    entry({ path }, Buffer.from(JSON.stringify(value)));
  return Buffer.concat([
    entry({ path: "blobs/", type: "Directory" }),
    ...[...blobs].map(([digest, bytes]) => entry({ path: `blobs/sha256/${hexOf(digest)}` }, bytes)),
    json("index.json", { schemaVersion: 2, manifests }),
    json("manifest.json", rows),
    json("oci-layout", { imageLayoutVersion: "1.0.0" }),
    Buffer.alloc(1024),
  ]);
}

/** One entry of a tar. */
export function entry(header: HeaderData, content: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(512);
  const defaults = { type: "File" as const, mode: 0o644, mtime: new Date(0) };
  new Header({ ...defaults, ...header, size: content.length }).encode(head);
  return Buffer.concat([head, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The bytes as they might come over a connection. */
export const arriving = (bytes: Buffer, size = 700): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );
