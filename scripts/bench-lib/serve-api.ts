/**
 * A server with as many runs as are asked for, in a process of its own: bundled by serve.js, it prints its port.
 * While it runs, targets change twenty times a second, as beside running builds.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createHttpServer } from "../../src/server/http/http-server.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { hashToken } from "../../src/server/records/token.ts";
import { RunList } from "../../src/server/runs/run-list.ts";
import { aTarget, FakeCore, someRuns } from "../../test/server/http/support/fake-core.ts";

const [runs = "10000"] = process.argv.slice(2);
const folder = new DataFolder(mkdtempSync(path.join(tmpdir(), "tbuild-bench-")));
process.on("exit", () => rmSync(folder.path, { recursive: true, force: true }));
process.on("SIGTERM", () => process.exit());
const list = new RunList(folder, { date: () => new Date() }, () => undefined);
const core = new FakeCore();
list.add(someRuns(Number(runs), { cause: { kind: "request", by: "anna" } }).reverse());
core.runs = [...list.list({ limit: 1 })];
core.listRuns = (query) => list.list(query);
const settings = {
  listen: { host: "127.0.0.1", port: 0 },
  read: "token",
  tokens: [{ name: "bench", hash: hashToken("bench"), scopes: ["read"] }],
  hookOf: () => undefined,
} as const;
const server = createHttpServer(core, {
  settings: () => settings,
  pageFolder: "/nowhere",
  audit: { write: () => undefined },
  deliveries: { knows: () => false, remember: async () => undefined },
  clock: {
    date: () => new Date(),
    now: () => performance.now(),
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  },
  limits: { rate: { perSecond: 1e6, burst: 1e6 } },
  onBug: (error) => console.error(error),
});
const { port } = await server.listen();
setInterval(() => {
  core.tell({ kind: "target-changed", run: core.runs[0]?.id ?? "", target: aTarget() });
  if (core.events.length > 1000) core.events.splice(0, 500);
}, 50);
process.on("message", () => process.send?.(process.memoryUsage().rss));
process.send?.(port);
