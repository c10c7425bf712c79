/** What may be asked of a server, without HTTP: a real one, whose runs end when the test says so. */
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Result } from "../../src/model/result.ts";
import { readConfigFile } from "../../src/server/config/config-file.ts";
import type { ServerCore } from "../../src/server/core.ts";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { LiveEvents } from "../../src/server/records/live-events.ts";
import type { Run } from "../../src/server/records/run.ts";
import { FoldedTargets } from "../../src/server/runs/fold-targets.ts";
import type { RunOutcome } from "../../src/server/runs/outcome.ts";
import { RunRecorder } from "../../src/server/runs/run-recorder.ts";
import { serve } from "../../src/server/serve.ts";
import { must, shown } from "../config/support/workspace.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAll } from "../support/git.ts";
import { FakeClock, settled } from "./fake-clock.ts";

const commit = "1".repeat(40);
const passed: RunOutcome = { kind: "ended", state: "passed", exitCode: 0 };

interface ServerRoom {
  readonly core: ServerCore;
  readonly clock: FakeClock;
  readonly data: DataFolder;
  readonly file: string;
  readonly text: string;
  readonly told: readonly string[];
  /** Ends runs, by their IDs. */
  readonly working: ReadonlyMap<string, (outcome: RunOutcome) => void>;
  readonly start: () => Promise<Run>;
}

const ending: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** One run at once, of a repository whose pushes nobody notices. */
async function room(): Promise<ServerRoom> {
  const repository = temporaryFolder({ "targets.yaml": "targets: { all: { run: 'true' } }\n" });
  commitAll(repository);
  const text = `# by hand
limits: { runs: 1 }
repositories:
  shop: { url: ${repository}, targets: [all], notice: { poll: false } }
`;
  const folder = temporaryFolder({ "server.yaml": text });
  const file = path.join(folder, "server.yaml");
  const clock = new FakeClock();
  const told: string[] = [];
  const working = new Map<string, (outcome: RunOutcome) => void>();
  const stop = new AbortController();
  const core = await new Promise<ServerCore>((ready) => {
    const served = serve({
      config: { file, shown: "server.yaml", read: must(readConfigFile(file, "server.yaml")) },
      ...{ program: [], environment: process.env, signal: stop.signal, clock, ready },
      fetch: () => Promise.reject(new Error("nobody is asked for events")),
      tell: (line) => told.push(line),
      execute: (run, { signal }) =>
        new Promise((resolve) => {
          working.set(run.id, resolve);
          signal.addEventListener("abort", () => resolve({ kind: "ended", state: "failed" }));
        }),
    });
    ending.push(async () => {
      for (const end of working.values()) end(passed);
      stop.abort();
      await settled();
      clock.advance(60_000);
      await served;
    });
  });
  const data = new DataFolder(path.join(folder, "data"));
  const start = async () => must(await core.start({ repository: "shop", commit, by: "anna" }));
  return { core, clock, data, file, text, told, working, start };
}

const words = (result: Result<unknown>): string => shown(result).join("\n");

describe("a change of the configuration", () => {
  test("is written as the text that was sent, takes effect at once, and keeps the mode of the file", async () => {
    const { core, file, text, told } = await room();
    chmodSync(file, 0o640);
    const next = text.replace("shop:", "toys:");
    expect(await core.changeConfig(next, "anna")).toEqual({ ok: true, value: undefined });
    expect([readFileSync(file, "utf8"), core.configText()]).toEqual([next, next]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(core.repositories().map(({ name }) => name)).toEqual(["toys"]);
    expect(told.at(-1)).toBe("the configuration is another one");
  });

  test("that is wrong changes nothing, and says where; so does one that needs a restart", async () => {
    const { core, file, text } = await room();
    const broken = text.replace("targets: [all]", "targets: [all], branchs: [x]");
    expect(words(await core.changeConfig(broken, "anna"))).toContain(
      "repository `shop` has no key `branchs`",
    );
    expect(words(await core.changeConfig(`data: elsewhere\n${text}`, "anna"))).toContain(
      "`listen` and `data` of `server.yaml` cannot change while the server runs",
    );
    expect([readFileSync(file, "utf8"), core.configText()]).toEqual([text, text]);
    expect(core.health()).toEqual({ ok: true, problems: [] });
  });

  test("does not overwrite an edit of the file that came in between: who sent it is told, and it counts", async () => {
    const { core, file, text } = await room();
    const edited = text.replace("shop:", "edited:");
    writeFileSync(file, edited);
    expect(words(await core.changeConfig(text.replace("shop:", "sent:"), "anna"))).toContain(
      "`server.yaml` was edited meanwhile",
    );
    expect([readFileSync(file, "utf8"), core.configText()]).toEqual([edited, edited]);
    expect(core.repositories().map(({ name }) => name)).toEqual(["edited"]);
  });

  test("mends a file whose edit was broken, which is told as long as it is", async () => {
    const { core, file, text, clock, told } = await room();
    writeFileSync(file, "repositories: 7\n");
    clock.advance(10_000);
    expect(core.health().ok).toBe(false);
    expect(told.at(-1)).toMatch(/^the configuration stays: server\.yaml:1:15: /);
    expect(core.configText()).toBe(text);
    expect((await core.changeConfig(text, "anna")).ok).toBe(true);
    expect([core.health().ok, readFileSync(file, "utf8")]).toEqual([true, text]);
  });

  test("writes a file that is gone, which is told once", async () => {
    const { core, file, text, clock, told } = await room();
    rmSync(file);
    for (let looks = 0; looks < 3; looks++) clock.advance(10_000);
    expect(told.filter((line) => line.includes("stays"))).toEqual([
      "the configuration stays: cannot read `server.yaml`: there is no such file",
    ]);
    expect((await core.changeConfig(text, "anna")).ok).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

test("a run that waits is cancelled at once; one that works is ended first; one that ended stays as it is", async () => {
  const { core, start } = await room();
  const [first, second] = [await start(), await start()];
  expect(core.run(second.id)?.state).toBe("queued");
  expect(must(await core.cancel(second.id, "ben"))).toMatchObject({
    ...{ state: "cancelled", problem: "cancelled by `ben`", attempts: 0 },
    finishedAt: "2026-11-21T12:00:00.000Z",
  });
  expect(must(await core.cancel(first.id, "ben")).state).toBe("running");
  await settled();
  expect(core.run(first.id)).toMatchObject({ state: "cancelled", problem: "cancelled by `ben`" });
  expect(words(await core.cancel(first.id, "ben"))).toContain(
    `run \`${first.id}\` is \`cancelled\` already`,
  );
  expect(words(await core.cancel("none", "ben"))).toContain("there is no run `none`");
});

test("a retry does the same once more, for whoever asks; not while the run is open, nor without its repository", async () => {
  const { core, start, working, text } = await room();
  const run = await start();
  expect(words(await core.retry(run.id, "ben"))).toContain(`run \`${run.id}\` has not ended`);
  working.get(run.id)?.({ kind: "ended", state: "failed", problem: "no luck" });
  await settled();
  const again = must(await core.retry(run.id, "ben"));
  expect(core.run(again.id)).toMatchObject({
    ...{ repository: "shop", branch: "main", commit, targets: ["all"], state: "running" },
    cause: { kind: "retry", of: run.id, by: "ben" },
  });
  expect(core.run(again.id)?.problem).toBeUndefined();
  await core.changeConfig(text.replace("shop:", "toys:"), "anna");
  expect(words(await core.retry(run.id, "ben"))).toContain("there is no repository `shop`");
  expect(words(await core.retry("none", "ben"))).toContain("there is no run `none`");
});

const lines = [
  { kind: "target-started", target: "web[a/b]", title: "web[a/b]", rule: "run", why: "never made" },
  { kind: "output", target: "web[a/b]", line: "hello" },
].map((line) => JSON.stringify(line));

test("a run tells its targets with the bytes of their logs; a log is found by a name that it has, and by no path", async () => {
  const { core, start, working, data, clock } = await room();
  const { id } = await start();
  expect(await core.targetsOf(id)).toEqual([]);
  expect(await core.logOf(id)).toBeUndefined();
  const live = new LiveEvents(0);
  const parts = { folder: data, live, clock, secrets: [], elapsed: () => 5 };
  const recorder = new RunRecorder(id, new FoldedTargets(), parts);
  await recorder.take(lines);
  await recorder.close();
  expect(await core.targetsOf(id)).toEqual([
    {
      ...{ name: "web[a/b]", title: "web[a/b]", rule: "run", state: "running", why: "never made" },
      ...{ startedMs: 5, needs: [], logBytes: 6 },
    },
  ]);
  const log = { path: data.targetLog(id, "web[a/b]"), bytes: 6 };
  expect(await core.logOf(id, "web[a/b]")).toEqual({ ...log, isGrowing: true });
  expect(await core.logOf(id)).toMatchObject({ path: data.output(id), isGrowing: true });

  mkdirSync(path.join(data.path, "runs", "stray"));
  writeFileSync(path.join(data.path, "runs", "stray", "output.log"), "not of a run");
  expect(await core.logOf(id, "../output")).toBeUndefined();
  expect(await core.logOf("stray")).toBeUndefined();
  expect(await core.targetsOf("../stray")).toBeUndefined();
  working.get(id)?.(passed);
  await settled();
  expect(await core.logOf(id, "web[a/b]")).toEqual({ ...log, isGrowing: false });
});
