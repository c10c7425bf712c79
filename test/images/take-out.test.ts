import { readdirSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type TakingParts, takeOut } from "../../src/images/take-out.ts";
import type { Digest } from "../../src/model/artifact.ts";
import { BlobRecords } from "../../src/store/blob-records.ts";
import { BlobStore } from "../../src/store/blob-store.ts";
import { LayerForms } from "../../src/store/layer-forms.ts";
import { temporaryFolder } from "../support/folder.ts";
import {
  arriving,
  entry,
  type HandMadeImage,
  handMade,
  hexOf,
  newForm,
  oldForm,
  sha256,
} from "../support/image-archive.ts";

const base = "base ".repeat(1000);
const web = handMade("web", [base, "web"]);
const agent = handMade("agent", [base, "agent", ""]);
const never = new AbortController().signal;

/** An engine that gives these bytes, and what was asked of it. */
class Engine {
  readonly asked: (readonly string[])[] = [];
  /** How many of the bytes were read. */
  sent = 0;
  readonly #images: readonly HandMadeImage[];
  readonly #archive: Buffer;

  constructor(images: readonly HandMadeImage[], archive: Buffer) {
    this.#images = images;
    this.#archive = archive;
  }

  async layersOf(id: string): Promise<readonly Digest[]> {
    return this.#images.find((image) => image.id === id)?.layers.map(sha256) ?? [];
  }

  async save(ids: readonly string[]): Promise<NodeJS.ReadableStream> {
    this.asked.push(ids);
    return arriving(this.#archive).on("data", (chunk: Buffer) => {
      this.sent += chunk.length;
    });
  }
}

function partsFor(docker: Engine, folder = temporaryFolder()): TakingParts {
  const store = new BlobStore(folder);
  const records = new BlobRecords(store);
  return { docker, store, records, forms: new LayerForms(store, records), signal: never };
}

async function bytesOf(parts: TakingParts, digest: Digest): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of parts.forms.open(digest)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const blobsIn = ({ store }: TakingParts): readonly string[] =>
  readdirSync(`${store.folder}/sha256`).sort();

describe.each([
  ["of engine 20.10", oldForm],
  ["of engines from 25 on", newForm],
])("the archive %s", (_, form) => {
  test("gives each layer once, and the images under the IDs that they had", async () => {
    const docker = new Engine([web, agent], form([web, agent]));
    const parts = partsFor(docker);
    const [first, second] = await takeOut([web.id, agent.id], parts);
    expect(docker.asked).toEqual([[web.id, agent.id]]);
    expect(first).toMatchObject({ id: web.id, diffIds: web.layers.map(sha256) });
    expect(second).toMatchObject({ id: agent.id, diffIds: agent.layers.map(sha256) });
    expect(await bytesOf(parts, sha256(base))).toBe(base);
    expect(await bytesOf(parts, web.id)).toBe(web.config.toString());
  });

  test("is not asked for again", async () => {
    const docker = new Engine([web], form([web]));
    const parts = partsFor(docker);
    await takeOut([web.id], parts);
    await takeOut([web.id], parts);
    expect(docker.asked).toHaveLength(1);
  });

  test("is read no further than the configuration when all layers are known", async () => {
    const big = handMade("big", ["x".repeat(100_000)]);
    const relabelled = { ...handMade("other", ["x".repeat(100_000)]) };
    const folder = temporaryFolder();
    await takeOut([big.id], partsFor(new Engine([big], form([big])), folder));
    const docker = new Engine([relabelled], form([relabelled]));
    const [record] = await takeOut([relabelled.id], partsFor(docker, folder));
    expect(record).toMatchObject({ id: relabelled.id, diffIds: big.layers.map(sha256) });
    expect(docker.sent).toBeLessThan(20_000);
  });

  test("keeps a layer that is there compressed in that form alone", async () => {
    const folder = temporaryFolder();
    const parts = partsFor(new Engine([web], form([web])), folder);
    await takeOut([web.id], parts);
    const { digest } = await parts.forms.make(sha256(base), "gzip", never);
    const more = partsFor(new Engine([agent], form([agent])), folder);
    await takeOut([agent.id], more);
    expect(blobsIn(more)).not.toContain(hexOf(sha256(base)));
    expect(blobsIn(more)).toContain(hexOf(digest));
    expect(await bytesOf(more, sha256(base))).toBe(base);
  });

  test.each([0, 100, 512, 1000, 5000, 6000, -1024, -512, -1])(
    "that breaks off at byte %p gives no image",
    async (end) => {
      const parts = partsFor(new Engine([web], form([web]).subarray(0, end)));
      await expect(takeOut([web.id], parts)).rejects.toThrow(
        "the archive is not whole: it breaks off",
      );
      expect(parts.records.image(web.id)).toBeUndefined();
    },
  );

  test("without one of its layers gives no image", async () => {
    const less = { ...web, layers: web.layers.slice(1) };
    await expect(takeOut([web.id], partsFor(new Engine([web], form([less]))))).rejects.toThrow(
      `the archive is not whole: layers of \`${web.id}\` are missing`,
    );
  });
});

test("a blob that is not what its name says is not kept", async () => {
  const archive = Buffer.concat([
    entry({ path: `blobs/sha256/${hexOf(sha256("true"))}` }, Buffer.from("false")),
    Buffer.alloc(1024),
  ]);
  const parts = partsFor(new Engine([web], archive));
  await expect(takeOut([web.id], parts)).rejects.toThrow(
    `${sha256("true")} is ${sha256("false")}, 5 bytes`,
  );
  expect(parts.store.sizeOf(sha256("true"))).toBeUndefined();
});

test("an image without layers is one", async () => {
  const empty = handMade("empty", []);
  const [record] = await takeOut([empty.id], partsFor(new Engine([empty], oldForm([empty]))));
  expect(record).toMatchObject({ id: empty.id, diffIds: [] });
});

test("an image that is kept as registries do keeps its manifest as it is", async () => {
  const layer = Buffer.from("compressed elsewhere");
  const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: [sha256("unpacked")] } }));
  const manifest = Buffer.from(
    JSON.stringify({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "config", digest: sha256(config), size: config.length },
      layers: [{ mediaType: "layer", digest: sha256(layer), size: layer.length }],
    }),
  );
  const archive = Buffer.concat([
    ...[manifest, config, layer].map((bytes) =>
      entry({ path: `blobs/sha256/${hexOf(sha256(bytes))}` }, bytes),
    ),
    Buffer.alloc(1024),
  ]);
  const [record] = await takeOut([sha256(manifest)], partsFor(new Engine([], archive)));
  expect(record).toMatchObject({
    id: sha256(manifest),
    given: {
      manifest: { digest: sha256(manifest), size: manifest.length },
      layers: [{ mediaType: "layer", digest: sha256(layer), size: layer.length }],
    },
  });
});

test("a layer is compressed once, and the same bytes come back", async () => {
  const parts = partsFor(new Engine([web], newForm([web])));
  await takeOut([web.id], parts);
  const made = await parts.forms.make(sha256(base), "gzip", never);
  expect(made.rawSize).toBe(base.length);
  expect(await parts.forms.make(sha256(base), "gzip", never)).toEqual(made);
  expect(gunzipSync(parts.store.read(made.digest) as Buffer).toString()).toBe(base);
  expect(await bytesOf(parts, sha256(base))).toBe(base);
});

test("a blob that changed on the disk is found out when it is read", async () => {
  const parts = partsFor(new Engine([web], newForm([web])));
  await takeOut([web.id], parts);
  writeFileSync(parts.store.pathOf(sha256("web")), "wet");
  await expect(bytesOf(parts, sha256("web"))).rejects.toThrow(
    `${sha256("web")} is ${sha256("wet")}, 3 bytes`,
  );
});
