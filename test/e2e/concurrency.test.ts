/**
 * Two tbuilds in one workspace, and one that was killed: they wait for each other, and take over what is dead.
 *
 * @newer-engine: what waits is tbuild, not the engine.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFiles } from "../support/folder.ts";
import { processes, says, start, untilProcesses } from "./running.ts";
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
import { build, tbuild } from "./tbuild.ts";

/** A target that waits for a file `go`, and counts its runs. */
const waits = `
  slow:
    run: |
      echo run >>runs
      echo begun
      until test -e go; do sleep 0.05; done
      echo whole >out
    outputs: [out]`;

test("the second waits, says for whom, and makes nothing that the first has made", async () => {
  const folder = workspace(`targets:${waits}`);
  const first = start(folder, ["slow"]);
  await first.until(says("begun"));
  const second = start(folder, ["slow"]);

  const waiting = await second.until(({ kind }) => kind === "waiting");
  writeFiles(folder, { go: "" });
  const ends = await Promise.all([first.ended, second.ended]);

  expect(waiting).toEqual({
    kind: "waiting",
    pid: first.pid,
    command: "tbuild slow --log json",
  });
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(ends.map(({ finished }) => finished?.built)).toEqual([1, 0]);
  expect(readFileSync(path.join(folder, "runs"), "utf8")).toBe("run\n");
});

test("many jobs at once run at once, and nothing is said but what they are", async () => {
  const members = Array.from({ length: 24 }, (_, index) => index);
  // Each waits for all others: with fewer jobs none would end.
  const folder = workspace(`targets:
  each:
    matrix: { n: [${members.join(", ")}] }
    run: "touch here-$\{n}; until test $(ls here-* | wc -l) = 24; do sleep 0.05; done; echo > out-$\{n}"
    outputs: ["out-$\{n}"]
`);
  const { exitCode, stderr } = await tbuild(folder, ["each", "--jobs", "24"]);
  expect(exitCode).toBe(0);
  const others = stderr.split("\n").filter((line) => !line.startsWith("each["));
  expect(others.map((line) => line.replace(/\d+\.\d s/g, "0.0 s"))).toEqual(["built 24 in 0.0 s"]);
});

test("what only looks does not wait", async () => {
  const folder = workspace(`targets:${waits}`);
  const first = start(folder, ["slow"]);
  await first.until(says("begun"));

  const dry = await tbuild(folder, ["slow", "--dry-run"]);
  const list = await tbuild(folder, ["list"]);

  expect([dry.exitCode, list.exitCode]).toEqual([0, 0]);
  writeFiles(folder, { go: "" });
  expect(await first.ended).toMatchObject({ exitCode: 0 });
});

test("five at once make it once", async () => {
  const folder = workspace(`targets:${waits}`, { go: "" });

  const all = await Promise.all([1, 2, 3, 4, 5].map(() => start(folder, ["slow"]).ended));

  expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
  expect(all.reduce((sum, { finished }) => sum + (finished?.built ?? 0), 0)).toBe(1);
  expect(readFileSync(path.join(folder, "runs"), "utf8")).toBe("run\n");
});

describe("after a kill -9", () => {
  test("of a command: the lock is taken over at once, and what is half written is no artifact", async () => {
    const name = "host9";
    const folder = workspace(`
params: { wait: { default: "${forever(name)}" } }
targets:
  notes:
    run: echo half >out; echo begun; $WAIT; echo whole >out
    env: { WAIT: "\${wait}" }
    outputs: [out]`);
    const running = start(folder, ["notes"]);
    await running.until(says("begun"));
    await untilProcesses(forever(name), 1);
    running.signal("SIGKILL");
    // The pipes of the killed one are held by its command, as they would be on a terminal.
    for (const pid of processes(forever(name))) process.kill(pid, "SIGKILL");
    expect(await running.ended).toMatchObject({ by: "SIGKILL" });
    expect(existsSync(path.join(folder, ".tbuild/lock"))).toBe(true);
    writeFiles(folder, { out: "half\n" });

    const next = await build(folder, ["notes", "--wait", "true"]);

    expect(next).toMatchObject({ exitCode: 0, ran: ["notes"] });
    expect(next.events).not.toContainEqual(expect.objectContaining({ kind: "waiting" }));
    expect(readFileSync(path.join(folder, "out"), "utf8")).toBe("whole\n");
    expect((await build(folder, ["notes", "--wait", "true"])).ran).toEqual([]);
  });

  test("of an image build: the engine ends the step, and the next run makes the image", async () => {
    const name = "image9";
    const folder = workspace(
      `params: { wait: { default: "${forever(name)}" } }
targets:
  web: { image: web, args: { WAIT: "\${wait}" }, tags: [${tag(name)}] }`,
      {
        "web/Dockerfile": onBase(
          "ARG WAIT",
          `RUN echo begun ${run} && $WAIT`,
          "RUN echo whole >/state",
        ),
      },
    );
    const running = start(folder, ["web"]);
    await running.until(says(`begun ${run}`));
    running.signal("SIGKILL");
    await running.ended;

    const next = await build(folder, ["web", "--wait", "true"]);

    expect(next).toMatchObject({ exitCode: 0, ran: ["web"] });
    expect(await fileInImage(tag(name), "/state")).toBe("whole");
    expect(await imageId(tag(name))).toBeDefined();
    await untilProcesses(forever(name), 0);
  });

  test("of a command in a container: the next run is right, and `clean` removes what is left", async () => {
    const name = "in9";
    const folder = workspace(
      `params: { wait: { default: "${forever(name)}" } }
targets:${shellTarget}
  notes:
    run: echo begun; $WAIT; echo whole >out
    env: { WAIT: "\${wait}" }
    in: shell
    outputs: [out]
  clean: { clean: project, keep-images: true }`,
      shellFiles,
    );
    const running = start(folder, ["notes"]);
    await running.until(says("begun"));
    running.signal("SIGKILL");
    await running.ended;

    const next = await build(folder, ["notes", "--wait", "true"]);

    expect(next).toMatchObject({ exitCode: 0, ran: ["notes"] });
    expect(readFileSync(path.join(folder, "out"), "utf8")).toBe("whole\n");
    expect(await build(folder, ["clean"])).toMatchObject({ exitCode: 0 });
    expect(await containers()).toEqual([]);
  });
});
