// How quick the API of `tbuild serve` is with 10,000 runs, while 200 readers follow what happens.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { table, time } from "./table.js";

const runs = 10_000;
const readers = 200;
const requests = 5_000;
const clients = 8;
/** Until the code is compiled, as it is in a server that has been up for a minute. */
const warmUp = 3_000;

export async function measureServe(room) {
  const outfile = `${room.work}/serve-api.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL("serve-api.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const server = fork(outfile, [String(runs)]);
  try {
    const [port] = await once(server, "message");
    await measureApi(room, server, port);
  } finally {
    server.kill();
  }
}

async function measureApi(room, server, port) {
  const paths = { "the newest 50": "/api/v1/runs", "a page of 200": "/api/v1/runs?limit=200" };
  paths["50 of the oldest"] = "/api/v1/runs?before=20261121T104935Z-000100";
  paths["one that matches nothing"] = "/api/v1/runs?branch=none";
  for (const path of Object.values(paths)) await manyTimes(port, path, warmUp);
  const before = await memoryOf(server);
  const following = Array.from({ length: readers }, () => follow(port));
  await Promise.all(following.map(({ begun }) => begun));
  const rows = [];
  for (const [name, path] of Object.entries(paths)) {
    const seconds = await manyTimes(port, path, requests);
    rows.push([
      name,
      ...[0.5, 0.99, 0.999].map((part) => time(seconds[Math.floor(requests * part)])),
    ]);
    room.verdicts.judge(`p99 of GET /runs, ${name}`, seconds[Math.floor(requests * 0.99)] * 1000, {
      most: 50,
      unit: " ms",
    });
  }
  const after = await memoryOf(server);
  for (const { request } of following) request.destroy();
  room.print(
    `GET /runs of ${runs} runs, ${clients} clients, ${readers} live readers told 20 times a second`,
    table([["", "median", "99 of 100", "999 of 1,000"], ...rows]),
  );
  const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  room.print(
    "Memory of the server",
    `${mb(before)} before the readers came, ${mb(after)} at the end`,
  );
}

/** @returns seconds of each, sorted */
async function manyTimes(port, path, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const seconds = [];
  const client = async () => {
    while (seconds.length < count) {
      const began = performance.now();
      await ask(port, path, agent);
      seconds.push((performance.now() - began) / 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return seconds.sort((a, b) => a - b);
}

function ask(port, path, agent) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, agent, headers: authorization };
    get(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.on("end", resolve).resume();
    }).on("error", reject);
  });
}

function follow(port) {
  let request;
  const begun = new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/api/v1/events", headers: authorization };
    request = get({ ...options, agent: false }, (response) =>
      response.once("data", resolve).resume(),
    );
    request.on("error", reject);
  });
  return { begun, request };
}

async function memoryOf(server) {
  server.send("memory");
  const [bytes] = await once(server, "message");
  return bytes;
}

const authorization = { authorization: "Bearer bench" };
