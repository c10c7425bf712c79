// Images to a registry and into a layout: tbuild beside the engine's own push and save, and skopeo.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { leavingNothing } from "./engine.js";
import { apartFleet, changeOne, largeFleet, sharingFleet } from "./image-fleets.js";
import { peakOf, race, runOnce } from "./measure.js";
import { withRegistry } from "./registries.js";
import { sideBySide } from "./table.js";

/** Seconds: thirty images one by one take skopeo minutes. */
const limit = 1200;
const oneByOne = "docker push, one by one";
const atOnce = "docker push, all at once";
const skopeo = "skopeo, one by one";

export async function measureTransfer(room) {
  const tar = process.env.TBUILD_BENCH_BASE;
  await leavingNothing(async () => {
    for (const make of [sharingFleet, apartFleet]) {
      const fleet = await make(room, tar);
      await measurePush(room, fleet);
      await measureSave(room, fleet);
      rmSync(fleet.folder, { recursive: true });
    }
    await measureMemory(room, await largeFleet(room));
  });
}

async function measurePush(room, fleet) {
  const again = new Map();
  const first = await race(
    pushers(room, fleet).map(({ name, prepare, push, cleanUp }) => ({
      name,
      run: () =>
        withRegistry(room, async (host) => {
          prepare(host);
          const seconds = await push(host);
          const second = seconds && (await push(host));
          if (second) again.set(name, Math.min(second, again.get(name) ?? second));
          await cleanUp?.(host);
          return seconds;
        }),
    })),
    Math.min(room.runs, 2),
    limit,
  );
  const unchanged = first.map(({ name }) => ({ name, seconds: again.get(name) }));
  show(room, `Push of ${fleet.what} to an empty registry`, first, [oneByOne, atOnce]);
  show(room, `The same push again, ${fleet.what}`, unchanged, [oneByOne, atOnce]);
  judge(room, `push of ${fleet.what}, faster than ${oneByOne}`, first, [oneByOne, 2]);
  judge(room, `push of ${fleet.what}, faster than ${atOnce}`, first, [atOnce, 1]);
  judge(room, `push of ${fleet.what} that is there, faster than ${oneByOne}`, unchanged, [
    oneByOne,
    5,
  ]);
  await judgeOneChanged(room, fleet);
}

function pushers(room, { folder, names }) {
  const inEngine = (host) => {
    for (const name of names) docker("tag", `tbuild-bench/${name}:1`, `${host}/${name}:1`);
  };
  const outOfEngine = (host) => docker("rmi", ...names.map((name) => `${host}/${name}:1`));
  const engine = (processes) => async (host) => {
    const script = `printf '%s\\n' "$@" | xargs -P ${processes} -n 1 docker push --quiet`;
    const argv = ["bash", "-c", script, "bash", ...names.map((name) => `${host}/${name}:1`)];
    return runOnce({ argv, folder: room.work }, limit);
  };
  return [
    { name: oneByOne, prepare: inEngine, push: engine(1), cleanUp: outOfEngine },
    { name: atOnce, prepare: inEngine, push: engine(names.length), cleanUp: outOfEngine },
    {
      name: "tbuild",
      prepare: () => forgetBlobs(folder),
      push: (host) =>
        runOnce({ argv: [...tbuildOf(room), "send", "--registry", host], folder }, limit),
    },
  ];
}

/** What may be sent: the blobs of one image that no other has, and its manifest's configuration. */
async function judgeOneChanged(room, fleet) {
  const { folder } = fleet;
  await withRegistry(room, async (host) => {
    const push = () => {
      const argv = [...tbuildOf(room), "send", "--registry", host, "--log", "json"];
      const out = execFileSync(argv[0], argv.slice(1), {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      const events = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      return events.find((event) => event.kind === "target-finished" && event.target === "send");
    };
    push();
    await changeOne(room, fleet);
    const before = new Set(readdirSync(`${folder}/.tbuild/blobs/sha256`));
    const { sent } = push().traffic;
    const after = readdirSync(`${folder}/.tbuild/blobs/sha256`).filter((name) => !before.has(name));
    const fresh = after.reduce(
      (sum, name) => sum + statSync(`${folder}/.tbuild/blobs/sha256/${name}`).size,
      0,
    );
    room.verdicts.judge(
      `one image of ${fleet.what} changed, sent beyond its new blobs`,
      (sent - fresh) / 1e6,
      { most: 0, unit: " MB" },
    );
  });
}

async function measureSave(room, fleet) {
  const { folder, images } = fleet;
  const layout = `${folder}/layout`;
  let again;
  const results = await race(
    [
      {
        name: skopeo,
        run: () => {
          rmSync(`${room.work}/skopeo`, { recursive: true, force: true });
          return runSkopeo(room, images, (name) => `oci:${room.work}/skopeo:${name}`);
        },
      },
      {
        name: "docker save, one archive",
        run: () =>
          runOnce(
            { argv: ["docker", "save", "-o", `${room.work}/saved.tar`, ...images], folder },
            limit,
          ),
      },
      {
        name: "tbuild",
        async run() {
          forgetBlobs(folder);
          rmSync(layout, { recursive: true, force: true });
          const argv = [...tbuildOf(room), "layout"];
          const seconds = await runOnce({ argv, folder }, limit);
          const second = await runOnce({ argv, folder }, limit);
          again = Math.min(second, again ?? second);
          return seconds;
        },
      },
    ],
    Math.min(room.runs, 2),
    limit,
  );
  rmSync(`${room.work}/skopeo`, { recursive: true, force: true });
  rmSync(`${room.work}/saved.tar`, { force: true });
  show(room, `Save of ${fleet.what}`, results, [skopeo]);
  judge(room, `save of ${fleet.what} as an OCI layout, faster than skopeo`, results, [skopeo, 5]);
  room.verdicts.judge(`save of ${fleet.what} again`, again, { most: 0.5, unit: " s" });
  room.verdicts.judge(
    `layout of ${fleet.what}, size to the sum of its blobs`,
    sizeOf(layout) / blobsOf(layout),
    { most: 1.02, unit: " ×" },
  );
}

async function measureMemory(room, { folder, what }) {
  const peaks = {};
  const run = async (name, ...argv) => {
    forgetBlobs(folder);
    peaks[name] = await peakOf({ argv: [...tbuildOf(room), ...argv], folder }, limit);
    room.verdicts.judge(`memory of a ${name} of ${what}`, peaks[name], { most: 250, unit: " MB" });
  };
  await withRegistry(room, (host) => run("push", "send", "--registry", host));
  await run("save", "layout");
}

const tbuildOf = ({ tbuild }) => ["node", `${tbuild}/bin/tbuild.js`];

const docker = (...argv) =>
  execFileSync("docker", argv, { stdio: ["ignore", "ignore", "inherit"] });

/** What an earlier run took out and compressed would be no work any more. */
const forgetBlobs = (folder) => {
  for (const name of ["blobs", "blobs.size", "pushed.json"])
    rmSync(`${folder}/.tbuild/${name}`, { recursive: true, force: true });
};

function runSkopeo({ work }, images, toOf) {
  const script =
    'while [ $# -gt 0 ]; do skopeo copy -q --src-daemon-host "$DOCKER_HOST" "$1" "$2"; shift 2; done';
  const pairs = images.flatMap((image) => [
    `docker-daemon:${image}`,
    toOf(image.replace(/^.*\/|:1$/g, "")),
  ]);
  return runOnce({ argv: ["bash", "-ec", script, "bash", ...pairs], folder: work }, limit);
}

/** Every byte in the folder, and those of all distinct blobs that its images name. */
const sizeOf = (folder) =>
  Number(
    execFileSync("du", ["-sb", "--apparent-size", folder], { encoding: "utf8" }).split("\t")[0],
  );

function blobsOf(layout) {
  const { images } = JSON.parse(readFileSync(`${layout}/images.json`, "utf8"));
  const blobs = new Map();
  for (const { manifest, config, layers } of images) {
    for (const { digest, size } of [manifest, config, ...layers]) blobs.set(digest, size);
  }
  const lost = [...blobs.keys()].filter(
    (digest) => !existsSync(`${layout}/blobs/${digest.replace(":", "/")}`),
  );
  if (lost.length > 0) throw new Error(`${lost.length} blobs are not in ${layout}`);
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}

function show(room, title, results, references) {
  room.print(title, sideBySide(results, references, limit));
  for (const { name, why } of results) if (why !== undefined) console.log(`${name}: ${why}\n`);
}

function judge(room, what, results, [peer, least]) {
  const secondsOf = (wanted) => results.find(({ name }) => name === wanted)?.seconds;
  room.verdicts.judge(what, secondsOf(peer) / secondsOf("tbuild") || undefined, {
    least,
    unit: " ×",
  });
}
