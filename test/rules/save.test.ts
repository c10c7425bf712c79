import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import { TarCheck } from "../../src/rules/tar-check.ts";
import { digestOf, tarOf } from "./support/fake-docker.ts";
import { name, noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const images = [name("web"), name("agent")];

function newRoom(): RuleRoom {
  const room = new RuleRoom();
  hold(room, "web", ["shop/web:1", "shop/web:latest"]);
  hold(room, "agent", ["localhost:5000/shop/agent:5.1.0-1"]);
  return room;
}

function hold(room: RuleRoom, target: string, references: readonly string[], version = 1): void {
  const digest = digestOf(`${target} ${version}`);
  room.docker.hold(digest, references);
  room.made[target] = [{ kind: "image", digest, references }];
}

const save = (room: RuleRoom, more: Readonly<Record<string, unknown>> = {}) =>
  room.act("save", { save: images, to: `${room.root}/dist`, ...more });

test("each image gets an archive with all its tags, and the sums fit", async () => {
  const room = newRoom();
  const outcome = await save(room);
  expect(told(outcome)).toEqual([
    "dist/shop-agent_5.1.0-1.tar",
    "dist/shop-web_1.tar",
    "dist/SHA256SUMS",
  ]);
  expect(noteOf(outcome)).toBe("2 archives written");
  expect(room.docker.saves).toContainEqual(["shop/web:1", "shop/web:latest"]);
  execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
    cwd: `${room.root}/dist`,
    stdio: "ignore",
  });
});

test("archives are compressed when that is asked for", async () => {
  const room = newRoom();
  await save(room, { compress: "gzip" });
  const listed = execFileSync("tar", ["-tzf", `${room.root}/dist/shop-web_1.tar.gz`], {
    encoding: "utf8",
  });
  expect(listed).toBe("layer.tar\nmanifest.json\n");
});

test("only archives of images that changed are written again", async () => {
  const room = newRoom();
  await save(room);
  hold(room, "agent", ["localhost:5000/shop/agent:5.1.0-1"], 2);
  room.docker.saves.splice(0);
  expect(noteOf(await save(room))).toBe("1 archive written, 1 kept");
  expect(room.docker.saves).toEqual([["localhost:5000/shop/agent:5.1.0-1"]]);
  execFileSync("sha256sum", ["--check", "SHA256SUMS"], {
    cwd: `${room.root}/dist`,
    stdio: "ignore",
  });
});

test("an archive that somebody changed is written again", async () => {
  const room = newRoom();
  await save(room);
  room.write({ "dist/shop-web_1.tar": "edited" });
  expect(noteOf(await save(room))).toBe("1 archive written, 1 kept");
  expect(room.read("dist/shop-web_1.tar")).toContain("layer of");
});

test("archives may go outside the workspace, and are told by their whole path then", async () => {
  const room = newRoom();
  const to = new RuleRoom().root;
  expect(told(await save(room, { save: [name("web")], to }))).toEqual([
    `${to}/shop-web_1.tar`,
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
    message: "the archive of the image is not whole: the engine broke it off",
  });
  expect(room.has("dist/shop-agent_1.tar")).toBe(false);
  expect(room.has("dist/.shop-agent_1.tar.part")).toBe(false);
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

describe("a docker-archive", () => {
  const check = (bytes: Buffer, size = 100): Promise<void> => {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    return pipeline(Readable.from(chunks), new TarCheck(), sink);
  };
  const whole = tarOf({ "layer.tar": "x".repeat(3000), "manifest.json": "[]" });

  test("that is whole passes, however it is cut", async () => {
    for (const size of [1, 511, 512, 513, 100_000]) await check(whole, size);
  });

  test.each([
    0,
    100,
    512,
    700,
    4096,
    4608,
    whole.length - 1024,
    whole.length - 512,
    whole.length - 1,
  ])("of which only %p bytes came does not", async (length) => {
    await expect(check(whole.subarray(0, length))).rejects.toThrow(
      "the archive of the image is not whole: the engine broke it off",
    );
  });

  test("that holds no index, or something else at the end, does not", async () => {
    await expect(check(tarOf({ "layer.tar": "x" }))).rejects.toThrow("the engine broke it off");
    const said = Buffer.concat([
      whole.subarray(0, -1024),
      Buffer.from('{"errorDetail":{}}'.padEnd(512)),
    ]);
    await expect(check(said)).rejects.toThrow("it holds something else");
  });

  test("may have the size of an entry in the record before it", async () => {
    const header = Buffer.alloc(512);
    new Header({ path: "big", type: "File", mode: 0o644, size: 0, mtime: new Date(0) }).encode(
      header,
    );
    const pax = new Pax({ path: "big", size: 600 } as never).encode();
    await check(
      Buffer.concat([pax, header, Buffer.alloc(1024, "x"), tarOf({ "manifest.json": "" })]),
    );
  });
});

test("what a killed run left is no obstacle", async () => {
  const room = newRoom();
  mkdirSync(`${room.root}/dist`);
  room.write({ "dist/.shop-web_1.tar.part": "half" });
  await save(room);
  expect(room.has("dist/.shop-web_1.tar.part")).toBe(false);
});
