// How quick the API of `tbuild serve` is while it builds: the program itself, runs that put out lines, live readers.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { authorization, followers, manyTimes, quantile } from "./serve-requests.js";
import { table, time } from "./table.js";

const requests = 2_000;
const repositories = ["one", "two"];
/** Each may send 50 requests a second: they take turns. */
const tokens = Array.from({ length: 60 }, (_, at) => `token${at}`);
/** More than are built while it is measured. */
const queuedRuns = 60;

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
  const server = spawn(process.execPath, [`${room.tbuild}/bin/tbuild.js`, "serve"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const port = await portOf(server);
    await measureAnswers(room, { server, port, tokens }, { runs, readers });
  } finally {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
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

async function portOf(server) {
  for await (const line of createInterface(server.stderr)) {
    const port = /listening on .*:(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    server.stderr.resume();
    return Number(port);
  }
  throw new Error("the server ended before it listened");
}

async function measureAnswers(room, { server, ...asked }, { runs, readers }) {
  const first = await startRuns(asked);
  const paths = {
    "the newest 50 runs": "/api/v1/runs",
    "50 of the oldest": "/api/v1/runs?before=20261121T104935Z-000100",
    "targets of a run": `/api/v1/runs/${first}/targets`,
  };
  const before = memoryOf(server);
  const leave = await followers(asked, readers);
  const rows = [];
  for (const [name, path] of Object.entries(paths)) {
    const seconds = await manyTimes(asked, path, requests);
    rows.push([name, ...[0.5, 0.99, 0.999].map((part) => time(quantile(seconds, part)))]);
    room.verdicts.judge(`p99 beside running builds, ${name}`, quantile(seconds, 0.99) * 1000, {
      most: 50,
      unit: " ms",
    });
  }
  const after = memoryOf(server);
  leave();
  const { runs: running } = await api(asked, "/api/v1/runs?state=running");
  if (running.length === 0) throw new Error("nothing was built any more at the end");
  room.print(
    `tbuild serve with ${runs} runs while it builds two, 8 clients, ${readers} live readers`,
    table([["", "median", "99 of 100", "999 of 1,000"], ...rows]),
  );
  room.print(
    "Memory of the server while it builds",
    `${before} MB before the readers came, ${after} MB at the end`,
  );
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

/** Of the system: the server tells nobody. */
const memoryOf = ({ pid }) =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1000,
  );
