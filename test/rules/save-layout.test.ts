import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Digest } from "../../src/model/artifact.ts";
import { hexOf, sha256 } from "../support/image-archive.ts";
import { name, noteOf, type RuleRoom, told } from "./support/rule-room.ts";
import { hold, idOf, newRoom, save } from "./support/saved-images.ts";

describe("`save` as an OCI layout", () => {
  const saveLayout = (room: RuleRoom, more: Readonly<Record<string, unknown>> = {}) =>
    save(room, { format: "oci", ...more });
  const indexOf = (room: RuleRoom) => JSON.parse(room.read("dist/index.json")).manifests;
  const namesIn = (room: RuleRoom): readonly string[] =>
    indexOf(room).map(
      ({ annotations }: { annotations: Record<string, string> }) =>
        annotations["org.opencontainers.image.ref.name"],
    );
  const blobsOf = (room: RuleRoom) => readdirSync(`${room.root}/dist/blobs/sha256`);

  test("each blob lies once, and every tag is a name", async () => {
    const room = newRoom();
    const outcome = await saveLayout(room);
    // Two manifests, two configurations, a layer of each and the one of both.
    expect(noteOf(outcome)).toMatch(
      /^2 images, 7 new blobs: [\d.]+ kB written, 50 B saved by sharing$/,
    );
    expect(blobsOf(room)).toHaveLength(7);
    expect(indexOf(room).map(({ annotations }: { annotations: unknown }) => annotations)).toEqual([
      {
        "io.containerd.image.name": "localhost:5000/shop/agent:5.1.0-1",
        "org.opencontainers.image.ref.name": "localhost:5000/shop/agent:5.1.0-1",
      },
      {
        "io.containerd.image.name": "docker.io/shop/web:1",
        "org.opencontainers.image.ref.name": "shop/web:1",
      },
      {
        "io.containerd.image.name": "docker.io/shop/web:latest",
        "org.opencontainers.image.ref.name": "shop/web:latest",
      },
    ]);
    for (const blob of blobsOf(room)) {
      const bytes = readFileSync(`${room.root}/dist/blobs/sha256/${blob}`);
      expect(hexOf(sha256(bytes))).toBe(blob);
    }
  });

  test("what others put there stays, but for names that are given anew", async () => {
    const room = newRoom();
    await saveLayout(room);
    hold(room, "web", ["shop/web:2", "shop/web:latest"], 2);
    await saveLayout(room, { save: [name("web")] });
    expect(namesIn(room)).toEqual([
      "localhost:5000/shop/agent:5.1.0-1",
      "shop/web:1",
      "shop/web:2",
      "shop/web:latest",
    ]);
    const rows = JSON.parse(room.read("dist/images.json")).images;
    expect(rows.map(({ references }: { references: unknown }) => references)).toEqual([
      ["localhost:5000/shop/agent:5.1.0-1"],
      ["shop/web:1"],
      ["shop/web:2", "shop/web:latest"],
    ]);
  });

  test("only blobs that are not there, or not what they were, are written", async () => {
    const room = newRoom();
    await saveLayout(room);
    const blob = `${room.root}/dist/blobs/sha256/${hexOf(idOf(room, "web"))}`;
    writeFileSync(blob, "edited");
    expect(noteOf(await saveLayout(room))).toMatch(
      /^2 images, 1 new blob: \d+ B written, [\d.]+ kB there, 50 B saved by sharing$/,
    );
    expect(hexOf(sha256(readFileSync(blob)))).toBe(hexOf(idOf(room, "web")));
  });

  test("two that write at the same time both have their images in it", async () => {
    const [one, other] = [newRoom(), newRoom()];
    const to = `${one.root}/dist`;
    other.more = { workspaceId: "w2" };
    await Promise.all([
      saveLayout(one, { save: [name("web")] }),
      saveLayout(other, { save: [name("agent")], to }),
    ]);
    expect(namesIn(one)).toEqual([
      "localhost:5000/shop/agent:5.1.0-1",
      "shop/web:1",
      "shop/web:latest",
    ]);
    expect(readdirSync(to).sort()).toEqual(["blobs", "images.json", "index.json", "oci-layout"]);
    const rows = JSON.parse(one.read("dist/images.json")).images;
    expect(rows.map(({ id }: { id: Digest }) => id)).toEqual([
      idOf(other, "agent"),
      idOf(one, "web"),
    ]);
  });

  test("a folder whose index is none is not written over", async () => {
    const room = newRoom();
    room.write({ "dist/index.json": "{}" });
    expect(told(await saveLayout(room))).toBe(
      `\`${room.root}/dist/index.json\` is not the index of an OCI layout`,
    );
    expect(room.read("dist/index.json")).toBe("{}");
  });

  test("of which the engine breaks off leaves no index", async () => {
    const room = newRoom();
    room.docker.breaksOffAfter = 1024;
    expect(told(await saveLayout(room))).toBe("the archive is not whole: it breaks off");
    expect(room.has("dist/index.json")).toBe(false);
  });
});
