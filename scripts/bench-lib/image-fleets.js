// The images of the transfer part: thirty on one base, ten that share nothing, one with a large layer.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runOnce } from "./measure.js";

const importScript = fileURLToPath(new URL("../lib/engine-import.js", import.meta.url));
const limit = 900;

/**
 * @typedef {object} ImageFleet
 * @property {string} what
 * @property {string} folder with a target file: `fleet`, `push --registry`, `layout`
 * @property {readonly string[]} images their names in the engine
 */

/** Debian and 20 MB that do not compress make 190 MB; each image adds 2 MB. */
export async function sharingFleet(room, tar) {
  const names = Array.from({ length: 30 }, (_, index) => `shared-${index}`);
  importWith(room, tar, "base");
  const fleet = await makeFleet(room, "30 images on a base of 190 MB", names, () => "base");
  return fleet;
}

/** Each of its own 190 MB: the same files of Debian, and others besides, in one layer. */
export async function apartFleet(room, tar) {
  const names = Array.from({ length: 10 }, (_, index) => `apart-${index}`);
  for (const name of names) importWith(room, tar, `base-${name}`);
  return makeFleet(room, "10 images that share nothing", names, (name) => `base-${name}`);
}

/** One layer of 2 GB, half of it zeros. */
export async function largeFleet(room) {
  const folder = `${room.work}/large`;
  const tar = `${folder}/large.tar`;
  mkdirSync(`${folder}/files`, { recursive: true });
  const script =
    "for i in 1 2 3 4; do head -c 256M /dev/urandom; head -c 256M /dev/zero; done >files/large; tar -cf large.tar files; rm -r files";
  execFileSync("bash", ["-c", script], { cwd: folder });
  importTar(tar, "base-large");
  rmSync(tar);
  return makeFleet(room, "one layer of 2 GB", ["large"], () => "base-large");
}

/** Something new in one image: the others stay as they are. */
export async function changeOne({ tbuild }, { folder, names }) {
  writeFileSync(`${folder}/images/${names[0]}/data`, randomBytes(2_000_000));
  await runOnce({ argv: ["node", `${tbuild}/bin/tbuild.js`, "fleet"], folder }, limit);
}

function importWith({ work }, tar, name) {
  const copy = `${work}/base.tar`;
  copyFileSync(tar, copy);
  writeFileSync(`${work}/of-its-own`, randomBytes(20_000_000));
  execFileSync("tar", ["-rf", copy, "-C", work, "of-its-own"]);
  importTar(copy, name);
  rmSync(copy);
}

const importTar = (tar, name) =>
  execFileSync(process.execPath, [
    importScript,
    process.env.DOCKER_HOST,
    `tbuild-bench/${name}`,
    "1",
    tar,
  ]);

async function makeFleet({ work, tbuild }, what, names, baseOf) {
  const folder = `${work}/fleet-${names[0]}`;
  for (const name of names) {
    const image = `${folder}/images/${name}`;
    mkdirSync(image, { recursive: true });
    writeFileSync(`${image}/Dockerfile`, `FROM tbuild-bench/${baseOf(name)}:1\nCOPY data /data\n`);
    writeFileSync(`${image}/data`, randomBytes(2_000_000));
  }
  writeFileSync(`${folder}/targets.yaml`, targetFile(names));
  await runOnce({ argv: ["node", `${tbuild}/bin/tbuild.js`, "fleet"], folder }, limit);
  return { what, folder, names, images: names.map((name) => `tbuild-bench/${name}:1`) };
}

const targetFile = (names) => `name: bench
params:
  registry: { default: "127.0.0.1:1", help: Registry }
targets:
  image:
    matrix: { name: [${names.join(", ")}] }
    image: images/\${name}
    tags: ["tbuild-bench/\${name}:1"]
  fleet: { needs: [image] }
  send: { push: [fleet], registry: "\${registry}" }
  layout: { save: [fleet], to: layout, format: oci }
`;
