// How quick the API of `tbuild serve` is with 10,000 runs, while 200 readers follow what happens.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { measureBuilding } from "./serve-building.js";
import { followersAside, manyTimes, quantile } from "./serve-requests.js";
import { table, time } from "./table.js";

const runs = 10_000;
const readers = 200;
const requests = 5_000;
/** Until the code is compiled, as it is in a server that has been up for a minute. */
const warmUp = 3_000;

export async function measureServe(room) {
  const [api, journal] = ["serve-api", "serve-journal"].map((name) => `${room.work}/${name}.mjs`);
  await build({
    entryPoints: ["serve-api", "serve-journal"].map((name) =>
      fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
    ),
    outdir: room.work,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const server = fork(api, [String(runs)]);
  try {
    const [port] = await once(server, "message");
    await measureApi(room, server, port);
  } finally {
    server.kill();
  }
  await measureBuilding(room, { journal, runs, readers });
}

async function measureApi(room, server, port) {
  const asked = { port, tokens: ["bench"] };
  const paths = { "the newest 50": "/api/v1/runs", "a page of 200": "/api/v1/runs?limit=200" };
  paths["50 of the oldest"] = "/api/v1/runs?before=20261121T104935Z-000100";
  paths["one that matches nothing"] = "/api/v1/runs?branch=none";
  for (const path of Object.values(paths)) await manyTimes(asked, path, warmUp);
  const before = await memoryOf(server);
  const leave = await followersAside(asked, readers);
  const rows = [];
  for (const [name, path] of Object.entries(paths)) {
    const seconds = await manyTimes(asked, path, requests);
    rows.push([name, ...[0.5, 0.99, 0.999].map((part) => time(quantile(seconds, part)))]);
    room.verdicts.judge(`p99 of GET /runs, ${name}`, quantile(seconds, 0.99) * 1000, {
      most: 50,
      unit: " ms",
    });
  }
  const after = await memoryOf(server);
  await leave();
  room.print(
    `GET /runs of ${runs} runs, 8 clients, ${readers} live readers told 20 times a second`,
    table([["", "median", "99 of 100", "999 of 1,000"], ...rows]),
  );
  const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  room.print(
    "Memory of the server",
    `${mb(before)} before the readers came, ${mb(after)} at the end`,
  );
}

async function memoryOf(server) {
  server.send("memory");
  const [bytes] = await once(server, "message");
  return bytes;
}
