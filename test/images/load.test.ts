import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { type LoadedImage, loadImages } from "../../src/images/load-images.ts";
import { savedSources } from "../../src/images/saved-sources.ts";
import type { Digest } from "../../src/model/artifact.ts";
import { name, RuleRoom } from "../rules/support/rule-room.ts";
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

const web = handMade("web", ["base", "web"], ["shop/web:1", "shop/web:latest"]);
const agent = handMade("agent", ["base", ""], ["localhost:5000/agent:2"]);
const never = new AbortController().signal;

/** An engine that takes what is loaded, and remembers of which images that was. */
class Engine {
  readonly held = new Map<string, Digest>();
  readonly loaded: string[] = [];
  readonly tagged: string[] = [];
  /** Whether it says that all went well, and keeps nothing. */
  forgets = false;

  hold(image: HandMadeImage, references = image.references): void {
    for (const reference of references) this.held.set(reference, image.id);
  }

  async images() {
    return [...this.held].map(([reference, id]) => ({
      id,
      references: [reference],
      labels: {},
      created: 0,
      size: 1,
    }));
  }

  async tag(id: string, reference: string): Promise<void> {
    this.tagged.push(reference);
    this.held.set(reference, id as Digest);
  }

  async load(archive: Readable): Promise<void> {
    const file = `${temporaryFolder()}/loaded.tar`;
    writeFileSync(file, Buffer.concat(await archive.toArray()));
    const out = (path: string) => execFileSync("tar", ["-xOf", file, path]);
    for (const { Config, RepoTags, Layers } of JSON.parse(out("manifest.json").toString())) {
      const config = out(Config);
      expect(Layers.map((layer: string) => layer.slice(-64))).toHaveLength(
        JSON.parse(config.toString()).rootfs.diff_ids.length,
      );
      for (const reference of RepoTags) {
        this.loaded.push(reference);
        if (!this.forgets) this.held.set(reference, sha256(config));
      }
    }
  }
}

async function load(place: string, docker: Engine, dryRun = false, input = Readable.from([])) {
  const loaded: LoadedImage[] = [];
  for await (const source of savedSources(place, input, never)) {
    loaded.push(...(await loadImages(source, { docker, dryRun, signal: never })));
  }
  return loaded.map(({ references, action }) => `${action} ${references.join(" ")}`);
}

const file = (bytes: Buffer, name = "saved.tar"): string => {
  const place = `${temporaryFolder()}/${name}`;
  writeFileSync(place, bytes);
  return place;
};

describe.each([
  ["the form of engine 20.10", oldForm],
  ["the form of engines from 25 on", newForm],
])("an archive in %s", (_, form) => {
  const bytes = form([web, agent]);

  test("brings the images that the engine lacks, and their names", async () => {
    const docker = new Engine();
    docker.hold(agent);
    expect(await load(file(bytes), docker)).toEqual([
      "loaded shop/web:1 shop/web:latest",
      "there localhost:5000/agent:2",
    ]);
    expect(docker.loaded).toEqual(["shop/web:1", "shop/web:latest"]);
    expect(await load(file(bytes), docker)).toEqual([
      "there shop/web:1 shop/web:latest",
      "there localhost:5000/agent:2",
    ]);
  });

  test("gives an image that is there the names that it lacks", async () => {
    const docker = new Engine();
    docker.hold(agent);
    docker.hold(web, ["shop/web:1"]);
    expect(await load(file(bytes), docker)).toEqual([
      "tagged shop/web:1 shop/web:latest",
      "there localhost:5000/agent:2",
    ]);
    expect(docker.loaded).toEqual([]);
    expect(docker.tagged).toEqual(["shop/web:latest"]);
  });

  test("is read compressed, and from a pipe", async () => {
    expect(await load(file(gzipSync(bytes)), new Engine())).toHaveLength(2);
    expect(await load("-", new Engine(), false, arriving(gzipSync(bytes)))).toHaveLength(2);
    expect(await load("-", new Engine(), false, arriving(bytes, 3))).toHaveLength(2);
  });

  test("changes nothing when one only asks", async () => {
    const docker = new Engine();
    docker.hold(web, ["shop/web:1"]);
    expect(await load(file(bytes), docker, true)).toEqual([
      "tagged shop/web:1 shop/web:latest",
      "loaded localhost:5000/agent:2",
    ]);
    expect(docker.loaded).toEqual([]);
    expect(docker.tagged).toEqual([]);
  });

  test("that is cut off brings nothing", async () => {
    const docker = new Engine();
    await expect(load(file(bytes.subarray(0, -700)), docker)).rejects.toThrow(
      "the archive is not whole: it breaks off",
    );
    const cut = gzipSync(bytes).subarray(0, -100);
    await expect(load(file(cut), docker)).rejects.toThrow("the archive is not whole");
    expect(docker.loaded).toEqual([]);
  });
});

test("a blob that is not what its name says keeps all from the engine", async () => {
  const docker = new Engine();
  const bytes = Buffer.concat([
    entry({ path: `blobs/sha256/${hexOf(sha256("true"))}` }, Buffer.from("false")),
    newForm([web]),
  ]);
  await expect(load(file(bytes), docker)).rejects.toThrow(
    `the archive is not whole: \`blobs/sha256/${hexOf(sha256("true"))}\` is ${sha256("false")}`,
  );
  expect(docker.loaded).toEqual([]);
});

test("an engine that does not hold what it loaded is found out", async () => {
  const docker = new Engine();
  docker.forgets = true;
  await expect(load(file(newForm([web])), docker)).rejects.toThrow(
    "the engine does not hold `shop/web:1` after loading it",
  );
});

test("a place that is not there, or holds nothing to load, is told by its name", async () => {
  const empty = temporaryFolder();
  await expect(load("/nowhere/at/all", new Engine())).rejects.toThrow(
    "there is no `/nowhere/at/all`",
  );
  await expect(load(empty, new Engine())).rejects.toThrow(
    `there is no OCI layout and no archive in \`${empty}\``,
  );
});

describe("what `save` wrote is loaded again", () => {
  async function saved(fields: Readonly<Record<string, unknown>>): Promise<RuleRoom> {
    const room = new RuleRoom();
    for (const image of [web, agent]) {
      room.docker.holdImage(image);
      const target = image === web ? "web" : "agent";
      room.made[target] = [{ kind: "image", digest: image.id, references: image.references }];
    }
    const to = `${room.root}/dist`;
    const outcome = await room.act("save", { save: [name("web"), name("agent")], to, ...fields });
    expect(outcome.kind).toBe("made");
    return room;
  }
  const all = ["loaded localhost:5000/agent:2", "loaded shop/web:1 shop/web:latest"];

  test.each([
    ["archives", {}],
    ["compressed archives", { compress: "gzip" }],
    ["a layout", { format: "oci" }],
    ["a layout with plain layers", { format: "oci", compress: "none" }],
  ])("from %s", async (_, fields) => {
    const room = await saved(fields);
    const docker = new Engine();
    expect((await load(`${room.root}/dist`, docker)).sort()).toEqual(all);
    expect(docker.held.get("shop/web:latest")).toBe(web.id);
  });

  test("from one archive with compressed layers", async () => {
    const to = `${temporaryFolder()}/shop.tar`;
    await saved({ format: "oci", to });
    expect((await load(to, new Engine())).sort()).toEqual(all);
  });

  test("but a layout with a blob that was altered is not", async () => {
    const room = await saved({ format: "oci" });
    const blobs = `${room.root}/dist/blobs/sha256`;
    const blob = readdirSync(blobs).find(
      (each) => readFileSync(`${blobs}/${each}`).subarray(0, 2).toString("hex") === "1f8b",
    ) as string;
    const before = readFileSync(`${blobs}/${blob}`);
    writeFileSync(`${blobs}/${blob}`, Buffer.concat([before, Buffer.from("x")]));
    const docker = new Engine();
    await expect(load(`${room.root}/dist`, docker)).rejects.toThrow(
      `what was saved cannot be loaded: blob sha256:${blob} is `,
    );
    expect(docker.loaded).toEqual([]);
  });
});
