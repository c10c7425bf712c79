// A build context of 500 MB that does not compress: packed and sent, beside `docker build`.
import { randomFillSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { engineVersion, leavingNothing, runBesideEngine, runHere } from "./engine.js";
import { race } from "./measure.js";
import { sideBySide, table } from "./table.js";

const megabytes = 500;
const theirs = "docker build";
const contenders = [
  {
    name: theirs,
    run: (_room, folder, limit) =>
      runBesideEngine(
        {
          argv: ["docker", "build", "--quiet", "--tag", "tbuild-bench/context:docker", "image"],
          folder,
        },
        limit,
      ),
  },
  {
    name: "tbuild",
    run: ({ tbuild }, folder, limit) =>
      runHere({ argv: ["node", `${tbuild}/bin/tbuild.js`], folder }, limit),
  },
];

export async function measureContext(room) {
  const version = await engineVersion();
  const unchanged = new Map(contenders.map(({ name }) => [name, []]));
  let copies = 0;
  await leavingNothing(async () => {
    const entries = contenders.map((contender) => ({
      name: contender.name,
      async run() {
        const folder = `${room.work}/context-${++copies}`;
        writeContext(folder);
        try {
          const first = await contender.run(room, folder, room.limit);
          const second = first && (await contender.run(room, folder, room.limit));
          if (second) unchanged.get(contender.name).push(second);
          return first?.seconds;
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    }));
    const results = await race(entries, Math.min(room.runs, 3), room.limit);
    const on = `${megabytes} MB, Docker ${version}`;
    room.print(`A new context, ${on}`, sideBySide(results, [theirs], room.limit));
    for (const { name, why } of results) if (why !== undefined) console.log(`${name}: ${why}\n`);
    printUnchanged(room, on, unchanged);
    const [docker, tbuild] = results.map(({ seconds }) => seconds);
    const share = docker === undefined || tbuild === undefined ? undefined : docker / tbuild;
    room.verdicts.judge(`a new context of ${on}, speed to ${theirs}`, share, {
      least: 0.5,
      unit: " ×",
    });
  });
}

/** Its own program and records are all that tbuild reads then. */
function printUnchanged(room, on, unchanged) {
  const rows = [...unchanged].map(([name, runs]) => {
    if (runs.length === 0) return [name, "", "", ""];
    const least = (key) => Math.min(...runs.map((run) => run[key]));
    return [
      name,
      `${least("seconds").toFixed(2)} s`,
      ...["read", "written"].map((key) => `${least(key).toFixed(1)} MB`),
    ];
  });
  room.print(`The same context again, ${on}`, table([["", "time", "read", "written"], ...rows]));
  const runs = unchanged.get("tbuild");
  const moved =
    runs.length > 0 ? Math.min(...runs.map(({ read, written }) => read + written)) : undefined;
  room.verdicts.judge(`the same context of ${on}, read and written`, moved, {
    most: 10,
    unit: " MB",
  });
}

function writeContext(folder) {
  mkdirSync(`${folder}/image/data`, { recursive: true });
  writeFileSync(`${folder}/image/Dockerfile`, "FROM scratch\nCOPY data /data\n");
  writeFileSync(
    `${folder}/targets.yaml`,
    'name: bench\ndefault: big\ntargets:\n  big: { image: image, tags: ["tbuild-bench/context:tbuild"] }\n',
  );
  const chunk = Buffer.alloc(1e6);
  for (let index = 0; index < megabytes; index++) {
    writeFileSync(`${folder}/image/data/${index}`, randomFillSync(chunk));
  }
}
