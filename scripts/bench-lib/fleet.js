// Thirty small images on one base: tbuild beside `docker buildx bake` and `docker compose build`.
import { mkdirSync, writeFileSync } from "node:fs";
import { engineVersion, leavingNothing, runBesideEngine, runHere } from "./engine.js";
import { race } from "./measure.js";
import { sideBySide } from "./table.js";

const images = Array.from({ length: 30 }, (_, index) => `image-${index}`);
const bake = "buildx bake";
const references = [bake, "compose build"];

const contenders = [
  {
    name: bake,
    write(folder) {
      const target = (name) => ({
        context: `images/${name}`,
        tags: [`tbuild-bench/bake/${name}:1`],
      });
      write(`${folder}/docker-bake.json`, {
        group: { default: { targets: images } },
        target: Object.fromEntries(images.map((name) => [name, target(name)])),
      });
    },
    run: (_room, folder, limit) =>
      runBesideEngine({ argv: ["docker", "buildx", "bake", "--progress", "quiet"], folder }, limit),
  },
  {
    name: "compose build",
    write(folder) {
      const service = (name) => ({
        build: `images/${name}`,
        image: `tbuild-bench/compose/${name}:1`,
      });
      write(`${folder}/compose.yaml`, {
        name: "bench",
        services: Object.fromEntries(images.map((name) => [name, service(name)])),
      });
    },
    run: (_room, folder, limit) =>
      runBesideEngine({ argv: ["docker", "compose", "build", "--quiet"], folder }, limit),
  },
  {
    name: "tbuild",
    write(folder) {
      writeFileSync(
        `${folder}/targets.yaml`,
        `name: bench
default: fleet
targets:
  fleet:
    matrix: { name: [${images.join(", ")}] }
    image: images/\${name}
    tags: ["tbuild-bench/tbuild/\${name}:1"]
`,
      );
    },
    run: ({ tbuild }, folder, limit) =>
      runHere({ argv: ["node", `${tbuild}/bin/tbuild.js`], folder }, limit),
  },
];

export async function measureFleet(room) {
  const version = await engineVersion();
  await leavingNothing(async () => {
    for (const each of contenders) writeFleet(folderOf(room, each), each);
    const first = await raceOf(room, (folder, edit) => {
      for (const name of images) change(folder, name, edit);
    });
    const unchanged = await raceOf(room, () => {});
    const changed = await raceOf(room, (folder, edit) => change(folder, "image-7", edit));
    const on = `30 images, Docker ${version}`;
    show(room, `First build, ${on}`, first);
    show(room, `Nothing changed, ${on}`, unchanged);
    show(room, `One file changed, ${on}`, changed);
    judge(room, `first build, ${on}, to bake`, first, { most: 1, unit: " ×" });
    judge(room, `nothing changed, ${on}, faster than bake`, unchanged, { least: 8, unit: " ×" });
    judge(room, `one file changed, ${on}, faster than bake`, changed, { least: 3, unit: " ×" });
  });
}

const folderOf = ({ work }, { name }) => `${work}/fleet-${name.replace(/\W+/g, "-")}`;

function writeFleet(folder, contender) {
  for (const name of images) {
    mkdirSync(`${folder}/images/${name}`, { recursive: true });
    write(
      `${folder}/images/${name}/Dockerfile`,
      "FROM tbuild-bench/base:bookworm\nCOPY data /opt/data\nRUN cat /opt/data >/opt/made\n",
    );
  }
  contender.write(folder);
}

/** Content that no other build has had, so that the engine's cache answers none of it. */
function change(folder, name, edit) {
  write(`${folder}/images/${name}/data`, `${folder} ${name} ${edit}\n`);
}

let edits = 0;

function raceOf(room, prepare) {
  const entries = contenders.map((contender) => ({
    name: contender.name,
    async run() {
      const folder = folderOf(room, contender);
      prepare(folder, ++edits);
      return (await contender.run(room, folder, room.limit))?.seconds;
    },
  }));
  return race(entries, room.runs, room.limit);
}

function show(room, title, results) {
  room.print(title, sideBySide(results, references, room.limit));
  for (const { name, why } of results) if (why !== undefined) console.log(`${name}: ${why}\n`);
}

function judge(room, what, results, bound) {
  const [ours, theirs] = ["tbuild", bake].map(
    (wanted) => results.find(({ name }) => name === wanted)?.seconds,
  );
  const known = ours !== undefined && theirs !== undefined;
  const found = bound.most === undefined ? theirs / ours : ours / theirs;
  room.verdicts.judge(what, known ? found : undefined, bound);
}

const write = (file, content) =>
  writeFileSync(
    file,
    typeof content === "string" ? content : JSON.stringify(content, undefined, 1),
  );
