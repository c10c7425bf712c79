/** An engine in memory whose builds are images with bytes: they can be saved, and loaded into another one. */
import type { Readable } from "node:stream";
import type { BuildRequest } from "../../src/docker/docker.ts";
import { tarEntries } from "../../src/images/tar-entries.ts";
import type { Digest } from "../../src/model/artifact.ts";
import { FakeDocker, problem } from "../rules/support/fake-docker.ts";
import { type HandMadeImage, handMade, sha256 } from "./image-archive.ts";

export class ImageDocker extends FakeDocker {
  /** How many layers each image that was loaded came with. */
  readonly loads: number[] = [];
  readonly #layers = new Map<string, Buffer>();

  override async build(request: BuildRequest): Promise<Digest> {
    this.builds.push(request);
    const image = handMade(request.tags[0] ?? "", ["a base", `built of ${request.context.length}`]);
    this.holdImage({ ...image, references: request.tags });
    return image.id;
  }

  override async load(archive: Readable): Promise<void> {
    const files = new Map<string, Buffer>();
    for await (const { name, content } of tarEntries(archive)) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    }
    const bytesOf = (name: string): Buffer => files.get(name) ?? Buffer.of();
    for (const { Config, Layers, RepoTags } of JSON.parse(bytesOf("manifest.json").toString())) {
      const config = bytesOf(Config);
      const layers = Layers.map((name: string) => files.get(name) ?? this.#layerNamed(name));
      this.loads.push(Layers.filter((name: string) => files.has(name)).length);
      this.holdImage({ id: sha256(config), config, layers, references: RepoTags });
    }
  }

  /** As engines do, one that it has need not be in the archive. */
  #layerNamed(name: string): Buffer {
    const layer = this.#layers.get(`sha256:${name.replace(/^.*\//, "")}`);
    if (layer === undefined) throw problem("load-failed", `cannot load the images: no ${name}`);
    return layer;
  }

  override holdImage(image: HandMadeImage): void {
    for (const layer of image.layers) this.#layers.set(sha256(layer), layer);
    super.holdImage(image);
  }

  /** Its image is still listed for whoever asked before. */
  loseLayers(): void {
    this.#layers.clear();
  }
}
