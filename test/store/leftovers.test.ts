/** What runs that were killed leave behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { endLeftovers, workspaceVariable } from "../../src/store/leftovers.ts";
import { takeLock } from "../../src/store/lock.ts";
import { StateFolder } from "../../src/store/state-folder.ts";
import { TraceStore } from "../../src/store/trace-store.ts";
import { temporaryFolder } from "../support/folder.ts";

const never = new AbortController().signal;

test("processes of the workspace are ended, and no others", async () => {
  const start = (id: string) =>
    spawn("sleep", ["60"], { env: { ...process.env, [workspaceVariable]: id } });
  const [own, other] = [start(`own-${process.pid}`), start(`own-${process.pid}0`)];
  await Promise.all([once(own, "spawn"), once(other, "spawn")]);
  const ended = once(own, "exit");

  await endLeftovers(`own-${process.pid}`);

  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(other.exitCode).toBeNull();
  other.kill();
});

test("a lock tells whether its last owner gave it back", async () => {
  const file = `${temporaryFolder()}/lock`;
  const first = await takeLock(file, "tbuild", () => undefined, never);
  expect(first.takenOver).toBe(false);
  first.release();
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22, startedAt: "1", command: "tbuild" }));
  const second = await takeLock(file, "tbuild", () => undefined, never);
  expect(second.takenOver).toBe(true);
});

test("half-written files of the state go; a file of one who waits for the lock stays", () => {
  const state = new StateFolder(temporaryFolder());
  state.create();
  const waiting = `lock.${process.pid}.0badcafe`;
  for (const name of ["traces", "traces.12.new", "workspace.new", waiting, `lock.${2 ** 22}.00`]) {
    writeFileSync(`${state.path}/${name}`, "");
  }
  state.sweep();
  expect(readdirSync(state.path).sort()).toEqual([".gitignore", waiting, "logs", "traces"]);
});

test("what a target began to make is known to the next run", () => {
  const file = `${temporaryFolder()}/traces`;
  const store = new TraceStore(file);
  store.begin(["out/a", "out/b/"]);
  store.begin(["out/a"]);
  store.close();
  const next = new TraceStore(file);
  expect([...next.begunFiles()]).toEqual(["out/a", "out/b/"]);
  next.keepOnly(new Set(), { keepImages: true });
  expect([...new TraceStore(file).begunFiles()]).toEqual([]);
});
