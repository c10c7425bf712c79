/** Ctrl-C and SIGTERM: a build ends within two seconds, whatever it was at, and leaves nothing behind. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { startEngineProxy } from "./engine-proxy.ts";
import { hangingRegistry } from "./hanging-registry.ts";
import { processes, type Running, says, start, untilProcesses } from "./running.ts";
import {
  containers,
  fileInImage,
  forever,
  imageId,
  onBase,
  run,
  shellFiles,
  shellTarget,
  tag,
  workspace,
} from "./small-workspace.ts";
import { build, docker } from "./tbuild.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Sends the signal, and holds tbuild to what it promises about its end. */
async function interrupt(running: Running, signal: NodeJS.Signals): Promise<void> {
  running.signal(signal);
  const { exitCode, stderr, finished, milliseconds } = await running.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: "" });
  expect(milliseconds).toBeLessThan(2000);
  expect(running.events).toContainEqual({ kind: "interrupted" });
  expect(finished).toMatchObject({ built: 0, failed: 0 });
}

/** Files below a folder of the workspace, but for what tbuild keeps. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => !name.startsWith(".tbuild"))
    .sort();

const wait = (name: string): string => `${forever(name)} &\n${forever(name)} &\nwait`;

describe.each(signals)("%s", (signal) => {
  test("ends the RUN step of an image build in the engine", async () => {
    const name = `img${signal.toLowerCase()}`;
    const folder = workspace(
      `params: { wait: { default: "${forever(name)}" } }
targets:
  web: { image: web, args: { WAIT: "\${wait}" }, tags: [${tag(name)}] }`,
      { "web/Dockerfile": onBase("ARG WAIT", "RUN echo begun && $WAIT", "RUN echo whole >/state") },
    );
    const running = start(folder, ["web"]);
    await running.until(says("begun"));
    await untilProcesses(forever(name), 1);

    await interrupt(running, signal);

    await untilProcesses(forever(name), 0);
    expect(await imageId(tag(name))).toBeUndefined();
    expect(await build(folder, ["web", "--wait", "true"])).toMatchObject({ ran: ["web"] });
    expect(await fileInImage(tag(name), "/state")).toBe("whole");
    expect(await build(folder, ["web", "--wait", "true"])).toMatchObject({ ran: [] });
  });

  test("ends a command on the host with its children, and removes what it had half written", async () => {
    const name = `host${signal}`;
    const folder = workspace(`
params: { wait: { type: flag, default: true } }
targets:
  notes:
    run: |
      echo half >out/notes
      echo begun
      if \${wait}; then ${wait(name).replaceAll("\n", "\n      ")}; fi
      echo whole >out/notes
    outputs: [out/notes]`);
    const running = start(folder, ["notes"]);
    await running.until(says("begun"));
    await untilProcesses(forever(name), 2);

    await interrupt(running, signal);

    expect(processes(forever(name))).toEqual([]);
    expect(existsSync(path.join(folder, "out/notes"))).toBe(false);
    expect(await build(folder, ["notes", "--no-wait"])).toMatchObject({ ran: ["notes"] });
    expect(await build(folder, ["notes", "--no-wait"])).toMatchObject({ ran: [] });
  });

  test("removes the container of a command, and brings no output of it back", async () => {
    const name = `in${signal}`;
    const folder = workspace(
      `params: { wait: { default: "${forever(name)}" } }
targets:${shellTarget}
  notes:
    run: trap '' TERM; echo half >out/notes; echo begun; $WAIT; echo whole >out/notes
    env: { WAIT: "\${wait}" }
    in: shell
    outputs: [out/notes]`,
      shellFiles,
    );
    await build(folder, ["shell"]);
    const running = start(folder, ["notes"]);
    await running.until(says("begun"));
    expect(await containers()).toHaveLength(1);

    await interrupt(running, signal);

    expect(await containers()).toEqual([]);
    await untilProcesses(forever(name), 0);
    expect(filesIn(folder)).toEqual(["shell", "shell/Dockerfile", "targets.yaml"]);
    expect(await build(folder, ["notes", "--wait", "true"])).toMatchObject({ ran: ["notes"] });
  });

  test("ends the wait for another tbuild, which goes on", async () => {
    const name = `lock${signal}`;
    const folder = workspace(`
targets:
  long: { run: "echo begun; ${forever(name)}" }
  short: { run: "true" }`);
    const first = start(folder, ["long"]);
    await first.until(says("begun"));
    const second = start(folder, ["short"]);
    await second.until(({ kind }) => kind === "waiting");

    await interrupt(second, signal);

    await untilProcesses(forever(name), 1);
    await interrupt(first, signal);
    expect(processes(forever(name))).toEqual([]);
    expect(await build(folder, ["short"])).toMatchObject({ ran: ["short"] });
  });
});

test("a command that ignores SIGTERM is ended by force, in time", async () => {
  const folder = workspace(`
targets:
  stubborn: { run: "trap '' TERM; echo begun; ${forever("trap")}; ${forever("trap")}" }`);
  const running = start(folder, ["stubborn"]);
  await running.until(says("begun"));

  await interrupt(running, "SIGINT");

  expect(processes(forever("trap"))).toEqual([]);
});

describe("a transfer that takes long", () => {
  test("of a pull is ended", async () => {
    const registry = await hangingRegistry();
    const folder = workspace(`
targets:
  base: { pull: "${registry.host}/${run}/base:1" }`);
    const running = start(folder, ["base"]);
    await registry.downloading;

    await interrupt(running, "SIGINT");

    expect(await imageId(`${registry.host}/${run}/base:1`)).toBeUndefined();
    await registry.stop();
  });

  test("of a push is ended, and the name that was only for it is gone", async () => {
    const registry = await hangingRegistry();
    const folder = workspace(
      `targets:
  web: { image: web, tags: [${tag("pushed")}] }
  push: { push: web, registry: ${registry.host}/team }`,
      { "web/Dockerfile": onBase("RUN echo web >/web") },
    );
    await build(folder, ["web"]);
    const running = start(folder, ["push"]);
    await registry.uploading;

    await interrupt(running, "SIGINT");

    expect(await imageId(`${registry.host}/team/${tag("pushed").split("/")[1]}`)).toBeUndefined();
    expect(await imageId(tag("pushed"))).toBeDefined();
    await registry.stop();
  });

  test("of a save is ended, and leaves no archive and no part of one", async () => {
    const proxy = await startEngineProxy("/images/get");
    const folder = workspace(
      `targets:
  web: { image: web, tags: [${tag("saved")}] }
  save: { save: web, to: out }`,
      { "web/Dockerfile": "FROM scratch\nCOPY data /\n", "web/data": "0123456789".repeat(100_000) },
    );
    await build(folder, ["web"]);
    const running = start(folder, ["save"], { env: { DOCKER_HOST: proxy.address } });
    await proxy.held;

    await interrupt(running, "SIGINT");

    await proxy.stop();
    expect(readdirSync(path.join(folder, "out"))).toEqual([]);
    expect(await build(folder, ["save"])).toMatchObject({ ran: ["save"] });
    expect(readdirSync(path.join(folder, "out")).sort()).toHaveLength(3);
    expect(await docker("load", "--input", path.join(folder, "out", archiveIn(folder)))).toContain(
      tag("saved"),
    );
  });
});

const archiveIn = (folder: string): string =>
  readdirSync(path.join(folder, "out")).find((name) => name.endsWith(".tar")) as string;
