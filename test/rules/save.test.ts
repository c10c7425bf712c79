import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { Digest } from "../../src/model/artifact.ts";
import { handMade, hexOf, sha256 } from "../support/image-archive.ts";
import { name, noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const base = "base ".repeat(500);
const images = [name("web"), name("agent")];

function newRoom(): RuleRoom {
  const room = new RuleRoom();
  hold(room, "web", ["shop/web:1", "shop/web:latest"]);
  hold(room, "agent", ["localhost:5000/shop/agent:5.1.0-1"]);
  return room;
}

function hold(room: RuleRoom, target: string, references: readonly string[], version = 1): void {
  const image = handMade(
    `${target} ${version}`,
    [base, `layer of ${target} ${version}`],
    references,
  );
  room.docker.holdImage(image);
  room.made[target] = [{ kind: "image", digest: image.id, references }];
}

const idOf = (room: RuleRoom, target: string) => room.made[target]?.[0]?.digest as Digest;

const tarOut = (file: string, entry: string): string =>
  execFileSync("tar", ["-xOf", file, entry], { encoding: "utf8" });

const rowsIn = (room: RuleRoom, file: string): unknown =>
  JSON.parse(tarOut(`${room.root}/${file}`, "manifest.json"));

const save = (room: RuleRoom, more: Readonly<Record<string, unknown>> = {}) =>
  room.act("save", { save: images, to: `${room.root}/dist`, ...more });

test("each image gets an archive with all its tags, and the sums fit", async () => {
  const room = newRoom();
  const outcome = await save(room);
  expect(told(outcome)).toEqual([
    "dist/shop-agent_5.1.0-1.tar",
    "dist/shop-web_1.tar",
    "dist/images.json",
    "dist/SHA256SUMS",
  ]);
  expect(noteOf(outcome)).toBe("2 archives: 22 kB written");
  expect(rowsIn(room, "dist/shop-web_1.tar")).toMatchObject([
    { RepoTags: ["shop/web:1", "shop/web:latest"] },
  ]);
  execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
    cwd: `${room.root}/dist`,
    stdio: "ignore",
  });
});

test("archives are compressed when that is asked for", async () => {
  const room = newRoom();
  await save(room, { compress: "gzip" });
  const unpacked = execFileSync("gunzip", ["-c", `${room.root}/dist/shop-web_1.tar.gz`]);
  await save(room);
  expect(unpacked.equals(readFileSync(`${room.root}/dist/shop-web_1.tar`))).toBe(true);
});

test("only archives of images that changed are written again", async () => {
  const room = newRoom();
  await save(room);
  hold(room, "agent", ["localhost:5000/shop/agent:5.1.0-1"], 2);
  room.docker.saves.splice(0);
  expect(noteOf(await save(room))).toBe("2 archives, 1 kept: 11 kB written, 11 kB there");
  expect(room.docker.saves).toEqual([[idOf(room, "agent")]]);
  execFileSync("sha256sum", ["--check", "SHA256SUMS"], {
    cwd: `${room.root}/dist`,
    stdio: "ignore",
  });
});

test("an archive that somebody changed is written again", async () => {
  const room = newRoom();
  await save(room);
  room.write({ "dist/shop-web_1.tar": "edited" });
  expect(noteOf(await save(room))).toBe("2 archives, 1 kept: 11 kB written, 11 kB there");
  expect(room.read("dist/shop-web_1.tar")).toContain("layer of");
});

test("archives may go outside the workspace, and are told by their whole path then", async () => {
  const room = newRoom();
  const to = new RuleRoom().root;
  expect(told(await save(room, { save: [name("web")], to }))).toEqual([
    `${to}/shop-web_1.tar`,
    `${to}/images.json`,
    `${to}/SHA256SUMS`,
  ]);
});

test("an archive that breaks off does not appear, and the old sums are gone", async () => {
  const room = newRoom();
  await save(room);
  for (const [index, target] of ["web", "agent"].entries()) {
    hold(room, target, [`shop/${target}:1`], index + 2);
  }
  // Ends with a layer, which ends in zeros as a whole archive does.
  room.docker.breaksOffAfter = 1024;
  expect(problemOf(await save(room))).toMatchObject({
    blame: "surroundings",
    message: "the archive is not whole: it breaks off",
  });
  expect(room.has("dist/shop-agent_1.tar")).toBe(false);
  expect(room.has("dist/.shop-agent_1.tar.w1.part")).toBe(false);
  expect(room.has("dist/SHA256SUMS")).toBe(false);
});

test("a cancelled save leaves nothing half written", async () => {
  const room = newRoom();
  room.abort.abort();
  await expect(save(room)).rejects.toMatchObject({ name: "AbortError" });
  expect(room.has("dist/shop-web_1.tar")).toBe(false);
});

test("two images with one name for their archives are a mistake", async () => {
  const room = newRoom();
  hold(room, "agent", ["shop-web:1"]);
  expect(told(await save(room))).toBe(
    "`shop/web:1` and `shop-web:1` would both be saved as `shop-web_1.tar`",
  );
});

test("a target that makes no image is a mistake", async () => {
  const room = newRoom();
  room.made["agent"] = [];
  expect(told(await save(room))).toBe("`agent` makes no image, and `save` needs one");
});

test("a folder that cannot be written to is the surroundings' problem", async () => {
  const room = newRoom();
  room.write({ dist: "a file" });
  expect(problemOf(await save(room))).toMatchObject({
    blame: "surroundings",
    message: "cannot write to `dist`: it is a file",
  });
});

test("a link in the workspace that leads outside is not followed", async () => {
  const room = newRoom();
  const other = new RuleRoom().root;
  symlinkSync(other, `${room.root}/dist`);
  expect(told(await save(room))).toBe(
    `\`dist\` lies outside the workspace: a folder above it is a link to \`${other}\``,
  );
});

test("what a killed run left is no obstacle", async () => {
  const room = newRoom();
  mkdirSync(`${room.root}/dist`);
  room.write({ "dist/.shop-web_1.tar.w1.part": "half" });
  await save(room);
  expect(room.has("dist/.shop-web_1.tar.w1.part")).toBe(false);
});

test("layers leave the engine once, whatever is written of them", async () => {
  const room = newRoom();
  await save(room);
  await save(room, { compress: "gzip" });
  await save(room, { to: `${room.root}/layout`, format: "oci" });
  expect(room.docker.saves).toEqual([[idOf(room, "web"), idOf(room, "agent")]]);
});

test("the same images make the same bytes, also where one layer was compressed before", async () => {
  const [one, other] = [newRoom(), newRoom()];
  await save(one, { format: "oci" });
  await save(one);
  await save(other);
  for (const name of ["shop-web_1.tar", "shop-agent_5.1.0-1.tar", "SHA256SUMS"]) {
    expect(one.read(`dist/${name}`)).toBe(other.read(`dist/${name}`));
  }
});

test("entries of an archive are sorted, of nobody, and of no time", async () => {
  const room = newRoom();
  await save(room);
  const listed = execFileSync("tar", ["--utc", "-tvf", `${room.root}/dist/shop-web_1.tar`], {
    encoding: "utf8",
  }).trimEnd();
  const lines = listed.split("\n").map((line) => line.split(/\s+/));
  expect(
    new Set(lines.map(([mode, who, , ...when]) => [mode, who, ...when.slice(0, 2)].join(" "))),
  ).toEqual(new Set(["-rw-r--r-- 0/0 1970-01-01 00:00"]));
  const names = lines.map((words) => words.at(-1) as string);
  expect(names).toEqual([...names].sort());
});

test("what was saved is told for programs", async () => {
  const room = newRoom();
  await save(room, { save: [name("web")] });
  const { images: rows } = JSON.parse(room.read("dist/images.json"));
  const layers = [base, "layer of web 1"].map((text) => ({
    digest: sha256(text),
    size: text.length,
  }));
  const [sum] = room.read("dist/SHA256SUMS").split(" ");
  expect(rows).toMatchObject([
    {
      id: idOf(room, "web"),
      references: ["shop/web:1", "shop/web:latest"],
      config: { digest: idOf(room, "web") },
      layers,
      file: { name: "shop-web_1.tar", sha256: sum },
    },
  ]);
});

describe("to a name that is one of an archive", () => {
  test("all images go into one file, with its sum beside it", async () => {
    const room = newRoom();
    const outcome = await save(room, { to: `${room.root}/dist/shop.tar` });
    expect(told(outcome)).toEqual(["dist/shop.tar", "dist/shop.tar.json", "dist/shop.tar.sha256"]);
    expect(noteOf(outcome)).toBe("2 images in one archive: 15 kB written");
    expect(rowsIn(room, "dist/shop.tar")).toMatchObject([
      { RepoTags: ["shop/web:1", "shop/web:latest"] },
      { RepoTags: ["localhost:5000/shop/agent:5.1.0-1"] },
    ]);
    execFileSync("sha256sum", ["--check", "shop.tar.sha256"], {
      cwd: `${room.root}/dist`,
      stdio: "ignore",
    });
  });

  test("the name says the compression", async () => {
    const room = newRoom();
    await save(room, { to: `${room.root}/shop.tar.gz` });
    await save(room, { to: `${room.root}/shop.tar` });
    const unpacked = execFileSync("gunzip", ["-c", `${room.root}/shop.tar.gz`]);
    expect(unpacked.equals(readFileSync(`${room.root}/shop.tar`))).toBe(true);
  });

  test("a file of the same images is kept", async () => {
    const room = newRoom();
    const to = `${room.root}/shop.tar`;
    await save(room, { to });
    room.docker.saves.splice(0);
    await save(room, { to });
    expect(room.docker.saves).toEqual([]);
  });

  test("`compress` may say nothing else", () => {
    const room = newRoom();
    const check = (fields: Readonly<Record<string, unknown>>) =>
      room.check("save", { save: images, ...fields });
    expect(check({ to: "/x/shop.tar.gz", compress: "none" })).toEqual([
      "`compress: none` does not go with the name `shop.tar.gz`",
    ]);
    expect(check({ to: "/x/shop.tar.gz", format: "oci" })).toEqual([
      "the layers in `shop.tar.gz` are compressed, and `gzip` around them does nothing",
    ]);
    expect(check({ to: "/x/shop.tar", format: "oci", compress: "gzip" })).toEqual([]);
    expect(check({ to: "/x", compress: "zstd" })).toEqual([]);
  });
});

describe("to standard output", () => {
  test("goes one archive of all", async () => {
    const room = newRoom();
    const chunks: Buffer[] = [];
    room.pipe.on("data", (chunk: Buffer) => chunks.push(chunk));
    const outcome = await save(room, { to: "-" });
    expect(told(outcome)).toEqual([]);
    expect(noteOf(outcome)).toBe("2 images written to standard output");
    await save(room, { to: `${room.root}/shop.tar` });
    expect(Buffer.concat(chunks).equals(readFileSync(`${room.root}/shop.tar`))).toBe(true);
  });

  test("a reader that ends is told", async () => {
    const room = newRoom();
    room.pipe.write = ((_: unknown, done: (error: Error) => void) => {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    }) as never;
    expect(problemOf(await save(room, { to: "-" }))).toMatchObject({
      blame: "surroundings",
      message: "cannot write to standard output: whoever reads it ended",
    });
  });
});

describe("as an OCI layout", () => {
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

test("a blob of the store that is damaged is told, and not used again", async () => {
  const room = newRoom();
  await save(room, { save: [name("web")] });
  const file = room.blobs.pathOf(sha256("layer of web 1"));
  writeFileSync(file, "layer of wet 1");
  const outcome = await save(room, { save: [name("web")], to: `${room.root}/other` });
  expect(told(outcome)).toBe(
    `a blob in \`.tbuild\` is damaged: ${sha256("layer of web 1")} is ${sha256("layer of wet 1")}, 14 bytes`,
  );
  await save(room, { save: [name("web")], to: `${room.root}/other` });
  expect(room.has("other/SHA256SUMS")).toBe(true);
});
