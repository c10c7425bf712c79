// How quick the API of `tbuild serve` is while it builds: the program itself, runs that put out lines, live readers;
// and a peer that tells what the machine lets a server on Node do in the same moment.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  authorization,
  besideEachOther,
  bytesOf,
  followersAside,
  quantile,
  steadily,
} from "./serve-requests.js";
import { ratio, table, time } from "./table.js";

const requests = 2_000;
const perSecond = 200;
const repositories = ["one", "two"];
/** Each may send 50 requests a second: they take turns. */
const tokens = Array.from({ length: 60 }, (_, at) => `token${at}`);
/** More than are built while it is measured. */
const queuedRuns = 120;

const targetFile = `params: { n: {} }
targets:
  all: { needs: [work] }
  work:
    matrix: { part: ${JSON.stringify(Array.from({ length: 40 }, (_, at) => `p${at}`))} }
    run: "seq 500; sleep 0.1; echo \${part} \${n}"
`;

export async function measureBuilding(room, { journal, runs, readers }) {
  const folder = `${room.work}/serve`;
  prepare(folder, journal, runs);
  const server = start(folder, [`${room.tbuild}/bin/tbuild.js`, "serve"]);
  const peer = start(folder, [fileURLToPath(new URL("serve-peer.js", import.meta.url))]);
  try {
    const asked = { port: await portOf(server.stderr), tokens };
    const beside = { port: await portOf(peer.stdout), tokens };
    await measureAnswers(room, { server, peer, asked, beside }, { runs, readers });
  } finally {
    for (const child of [server, peer]) {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With the probe in it, which is asked and answers over IPC. */
function start(cwd, argv) {
  const probe = new URL("serve-probe.js", import.meta.url).href;
  return spawn(process.execPath, ["--import", probe, ...argv], {
    cwd,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

function prepare(folder, journal, runs) {
  rmSync(folder, { recursive: true, force: true });
  const entries = repositories.map((name) => {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    writeFileSync(`${folder}/${name}/targets.yaml`, targetFile);
    const git = (...args) => execFileSync("git", args, { cwd: `${folder}/${name}` });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "--all");
    git("-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "one");
    return `  ${name}: { url: ${folder}/${name}, targets: [all], notice: { poll: false } }\n`;
  });
  const lines = execFileSync(process.execPath, [
    journal,
    `${folder}/data`,
    String(runs),
    ...tokens,
  ]);
  writeFileSync(
    `${folder}/server.yaml`,
    `listen: 127.0.0.1:0\nlimits: { stop: 1 s }\nkeep: { runs: 100000, for: 3650 d }\ntokens:\n${lines}repositories:\n${entries.join("")}`,
  );
}

/** The first line that ends with a number tells it. */
async function portOf(stream) {
  for await (const line of createInterface(stream)) {
    const port = /(?:listening on .*:|^)(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    stream.resume();
    return Number(port);
  }
  throw new Error("the server ended before it listened");
}

async function measureAnswers(room, { server, peer, asked, beside }, { runs, readers }) {
  const first = await startRuns(asked);
  const paths = {
    "the newest 50 runs": "/api/v1/runs",
    "50 of the oldest": "/api/v1/runs?before=20261121T104935Z-000100",
    "targets of a run": `/api/v1/runs/${first}/targets`,
  };
  const memory = [(await probed(server)).memory];
  const leave = await followersAside(asked, readers);
  const rows = [];
  const steadyRows = [];
  const lateness = [];
  for (const [name, path] of Object.entries(paths)) {
    const both = [
      { server: asked, path },
      { server: beside, path: `/${await bytesOf(asked, path)}` },
    ];
    for (const child of [server, peer]) child.send("begin");
    const began = performance.now();
    const [own, others] = await besideEachOther(both, requests);
    const lasted = (performance.now() - began) / 1000;
    rows.push([name, ...besidePeer(own, others)]);
    const found = [await probed(server), await probed(peer)];
    lateness.push([name, ...found.flatMap((each) => loopOf(each, lasted))]);
    const [steady, ofPeer] = await steadily(both, requests, perSecond);
    steadyRows.push([name, ...besidePeer(steady, ofPeer)]);
    memory.push(found[0].memory);
    const judge = (load, seconds) =>
      room.verdicts.judge(
        `p99 beside running builds, ${name}, ${load}`,
        quantile(seconds, 0.99) * 1000,
        {
          most: 50,
          unit: " ms",
        },
      );
    judge("8 clients", own);
    judge(`${perSecond} a second`, steady);
  }
  const { least, most } = await leave();
  const { runs: running } = await api(asked, "/api/v1/runs?state=running");
  if (running.length === 0) throw new Error("nothing was built any more at the end");
  const what = `tbuild serve with ${runs} runs while it builds two, ${readers} live readers`;
  const parts = ["median", "99 of 100", "999 of 1,000"];
  const head = ["", ...parts, ...parts.map((part) => `peer, ${part}`), "99 of 100, to the peer"];
  room.print(
    `${what}, 8 clients, beside a server on Node that answers as many bytes and does nothing else`,
    table([head, ...rows]),
  );
  room.print(`The same, asked ${perSecond} times a second`, table([head, ...steadyRows]));
  const loop = ["late", "at most", "own work", "at most", "without a processor"];
  room.print(
    "Their event loops, looked at each millisecond: 99 of 100, and at most",
    table([["beside", ...loop, ...loop.map((part) => `peer, ${part}`)], ...lateness]),
  );
  room.print(
    "Readers and memory while it builds",
    `each reader was told ${least === most ? least : `${least} to ${most}`} events; ${memory
      .map((bytes) => `${Math.round(bytes / 1e6)} MB`)
      .join(", ")} before the readers came and after each part`,
  );
}

function besidePeer(own, others) {
  const parts = [0.5, 0.99, 0.999];
  const shown = (seconds) => parts.map((part) => time(quantile(seconds, part)));
  return [...shown(own), ...shown(others), ratio(quantile(own, 0.99), quantile(others, 0.99))];
}

const loopOf = ({ late, own, waited }, seconds) => [
  ...[...late, ...own].map(time),
  `${Math.round((waited / seconds) * 100)} %`,
];

/** What the probe found since it was told to begin. */
async function probed(child) {
  child.send("tell");
  const [found] = await once(child, "message");
  return found;
}

/** @returns the ID of the first, once it runs */
async function startRuns(asked) {
  const ids = [];
  for (let n = 0; n < queuedRuns; n++) {
    for (const repository of repositories) {
      const run = await api(asked, "/api/v1/runs", { repository, params: { n } });
      ids.push(run.id);
    }
  }
  return ids[0];
}

let sent = 0;

async function api({ port }, path, body) {
  const headers = authorization(tokens[sent++ % tokens.length]);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { ...headers, "content-type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${answer.error.message}`);
  return answer;
}
