import { gzipSync } from "node:zlib";
import type { PackedFile } from "../../src/docker/docker.ts";
import { packFiles } from "../../src/docker/pack-context.ts";
import { sha256 } from "../support/image-archive.ts";
import { ImageDocker } from "../support/image-docker.ts";
import { digestOf } from "../support/registry-traffic.ts";
import { counts, place, registry, warnings, workspace } from "../support/shared-cache.ts";

describe("an entry is not believed", () => {
  const manifestOf = (): { readonly digest: string; readonly json: EntryManifest } => {
    const repository = registry.repository("team/cache");
    const [, digest = ""] = [...repository.tags].find(([tag]) => tag.endsWith(".entry")) ?? [];
    const bytes = repository.manifests.get(digest)?.bytes ?? Buffer.of();
    return { digest, json: JSON.parse(bytes.toString()) };
  };

  interface Json {
    readonly artifacts: readonly object[];
    readonly images: Readonly<Record<string, object>>;
  }

  interface EntryManifest {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  }

  const spoil = (digest: string, change: (bytes: Buffer) => Buffer): void => {
    registry.blobs.set(digest, change(Buffer.from(registry.blobs.get(digest) as Buffer)));
  };

  const flipped = (bytes: Buffer): Buffer => {
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

  const layerOf = (): string => manifestOf().json.layers[0]?.digest ?? "";

  test.each<[string, () => void, RegExp]>([
    [
      "whose manifest is no manifest",
      () => {
        const { manifests } = registry.repository("team/cache");
        for (const manifest of manifests.values()) manifest.bytes.fill(0x20);
      },
      /: its manifest cannot be read$/,
    ],
    [
      "whose configuration was altered",
      () => spoil(manifestOf().json.config.digest, flipped),
      /: blob sha256:\w+ is sha256:\w+, \d+ bytes$/,
    ],
    ["whose layer was altered", () => spoil(layerOf(), flipped), /: blob sha256:\w+ is /],
    [
      "whose layer goes on and on",
      () => spoil(layerOf(), (bytes) => Buffer.concat([bytes, bytes])),
      /: a blob has more than its \d+ bytes$/,
    ],
    [
      "whose layer is gone",
      () => registry.blobs.delete(layerOf()),
      /: blob `sha256:\w+` is missing$/,
    ],
  ])("%s", async (_, damage, expected) => {
    await workspace(true).build("copy");
    damage();
    const one = workspace(false);
    const run = await one.build("copy");
    expect(counts(run)).toMatchObject({ built: 1, restored: 0, failed: 0 });
    expect(warnings(run)).toEqual([
      expect.stringMatching(
        `^the entry of target \`copy\` in the shared cache \`${place()}\` is not used`,
      ),
    ]);
    expect(warnings(run)[0]).toMatch(expected);
    expect(one.read("out/a")).toBe("one\n");
  });

  test("that is the one of another target, under the wrong tag", async () => {
    await workspace(true).build("copy");
    const repository = registry.repository("team/cache");
    const wrong = [...repository.tags][0]?.[1] as string;
    await workspace(true).build("tree");
    for (const tag of repository.tags.keys()) repository.tags.set(tag, wrong);
    const run = await workspace(false).build("tree");
    expect(counts(run)).toMatchObject({ built: 1, restored: 0 });
    expect(warnings(run)[0]).toMatch(/: it is an entry of something else$/);
  });

  /** An entry that was put together anew, with digests that all fit. */
  const rewrite = (change: (json: Json) => object, layers?: readonly object[]): void => {
    const repository = registry.repository("team/cache");
    const { json } = manifestOf();
    const config = blobOf(
      JSON.stringify(change(JSON.parse(String(registry.blobs.get(json.config.digest))))),
    );
    const bytes = Buffer.from(JSON.stringify({ ...json, config, ...(layers && { layers }) }));
    const type = "application/vnd.oci.image.manifest.v1+json";
    repository.manifests.set(digestOf(bytes), { type, bytes });
    for (const tag of repository.tags.keys()) {
      if (tag.endsWith(".entry")) repository.tags.set(tag, digestOf(bytes));
    }
  };

  const blobOf = (content: string | Buffer) => {
    const bytes = Buffer.from(content);
    registry.blobs.set(digestOf(bytes), bytes);
    registry.repository("team/cache").blobs.add(digestOf(bytes));
    return { mediaType: "application/x", digest: digestOf(bytes), size: bytes.length };
  };

  const packed = async (files: readonly PackedFile[]): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of packFiles(files)) chunks.push(chunk as Buffer);
    return gzipSync(Buffer.concat(chunks));
  };

  test("whose files are others, though all digests of blobs fit", async () => {
    const built = workspace(true);
    await built.build("copy");
    const layer = await packed([{ name: "a", source: `${built.root}/web/Dockerfile` }]);
    rewrite((json) => json, [blobOf(layer)]);
    const run = await workspace(false).build("copy");
    expect(counts(run)).toMatchObject({ built: 1, restored: 0 });
    expect(warnings(run)[0]).toMatch(/: `out\/a` is not what it tells of$/);
  });

  test("that holds more than the output, and nothing of it is written", async () => {
    const built = workspace(true);
    await built.build("copy");
    const files = ["a", "evil"].map((name) => ({ name, source: `${built.root}/out/a` }));
    rewrite((json) => json, [blobOf(await packed(files))]);
    const other = workspace(false);
    const run = await other.build("copy");
    expect(warnings(run)[0]).toMatch(/: `out\/a` holds `evil`, which is no part of it$/);
    expect(() => other.read("out/evil")).toThrow("ENOENT");
  });

  test("that tells of other outputs than the target has", async () => {
    await workspace(true).build("copy");
    rewrite((json) => ({ ...json, artifacts: [{ ...json.artifacts[0], path: ".git/hooks/x" }] }));
    const run = await workspace(false).build("copy");
    expect(counts(run)).toMatchObject({ built: 1, restored: 0 });
    expect(warnings(run)[0]).toMatch(/: it tells of other outputs than the target has$/);
  });

  test.each<[string, (json: Json) => object, RegExp]>([
    [
      "whose image is another one",
      (json) => ({
        ...json,
        artifacts: [{ ...json.artifacts[0], digest: sha256("x") }],
        images: { [sha256("x")]: Object.values(json.images)[0] },
      }),
      /: its image is `sha256:\w+`, and should be `sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881`$/,
    ],
    [
      "whose image is not there",
      ({ images, ...json }) => ({
        ...json,
        images: Object.fromEntries(
          Object.keys(images).map((id) => [
            id,
            { mediaType: "x", digest: sha256("gone"), size: 1 },
          ]),
        ),
      }),
      /: manifest `sha256:\w+` is missing$/,
    ],
  ])("%s", async (_, change, expected) => {
    const image = "\ntargets: { web: { image: web, tags: [shop/web:1] } }\n";
    const [built, other] = [workspace(true, image), workspace(false, image)];
    for (const each of [built, other]) {
      const engine = new ImageDocker();
      each.docker = async () => engine;
    }
    await built.build("web");
    rewrite(change);
    const run = await other.build("web");
    expect(counts(run)).toMatchObject({ built: 1, restored: 0 });
    expect(warnings(run)[0]).toMatch(expected);
  });
});
