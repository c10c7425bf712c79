import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { sha256 } from "../support/image-archive.ts";
import { name, noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";
import { base, hold, idOf, newRoom, rowsIn, save } from "./support/saved-images.ts";

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
