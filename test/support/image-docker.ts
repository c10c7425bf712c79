/** An engine in memory whose builds are images with bytes: they can be saved, and loaded into another one. */
import type { Readable } from "node:stream";
import type { BuildRequest } from "../../src/docker/docker.ts";
import { tarEntries } from "../../src/images/tar-entries.ts";
import type { Digest } from "../../src/model/artifact.ts";
import { FakeDocker } from "../rules/support/fake-docker.ts";
import { handMade, sha256 } from "./image-archive.ts";

export class ImageDocker extends FakeDocker {
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
      const layers = Layers.map(bytesOf);
      this.holdImage({ id: sha256(config), config, layers, references: RepoTags });
    }
  }
}
