/** Time-outs of what an engine does, and images that go while a build runs. */
import { hangingRegistry } from "./hanging-registry.ts";
import { untilProcesses } from "./running.ts";
import {
  containers,
  forever,
  imageId,
  onBase,
  shellFiles,
  shellTarget,
  tag,
  workspace,
} from "./small-workspace.ts";
import { baseImage, build, tbuild } from "./tbuild.ts";

const timedOut = (seconds: number) => ({
  kind: "target-finished",
  outcome: "failed",
  problem: expect.objectContaining({
    code: "timed-out",
    message: `timed out after ${seconds} s`,
    details: expect.arrayContaining(["begun"]),
  }),
});

test("a RUN step that takes too long is ended in the engine, and there is no image", async () => {
  const wait = forever("step");
  const folder = workspace(
    `targets: { web: { image: web, args: { WAIT: "${wait}" }, tags: [${tag("late")}], timeout: 4 } }\n`,
    { "web/Dockerfile": onBase("ARG WAIT", "RUN echo begun && $WAIT") },
  );
  const { events, exitCode } = await build(folder, ["web"]);
  expect(exitCode).toBe(1);
  expect(events).toContainEqual(expect.objectContaining(timedOut(4)));
  await untilProcesses(wait, 0);
  expect(await imageId(tag("late"))).toBeUndefined();
});

test("a command in a container that takes too long goes with its container", async () => {
  const wait = forever("in");
  const folder = workspace(
    `
targets:${shellTarget}
  notes:
    run: trap '' TERM; echo half >out; echo begun; ${wait}
    in: shell
    outputs: [out]
    timeout: 3
    retries: { times: 1, wait: 0 }`,
    shellFiles,
  );
  const { events, exitCode } = await build(folder, ["notes"]);
  expect(exitCode).toBe(1);
  expect(events.filter(({ kind }) => kind === "attempt-failed")).toMatchObject([
    { attempt: 1, of: 2, problem: { code: "timed-out" }, wait: 0 },
  ]);
  expect(await containers()).toEqual([]);
  await untilProcesses(wait, 0);
});

test("a registry that does not answer in time is passed over", async () => {
  const registry = await hangingRegistry();
  try {
    const folder = workspace(
      `
targets:
  base:
    first-of:
      - { pull: "${registry.host}/never:1", timeout: 2 }
      - { image: shell, tags: [${tag("own")}] }`,
      shellFiles,
    );
    const { exitCode, stderr } = await tbuild(folder, ["base", "--log", "plain"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`pull ${registry.host}/never:1 (timed out after 2 s)`);
  } finally {
    await registry.stop();
  }
});

describe("an image that somebody removes while the build runs", () => {
  const files = {
    "base/Dockerfile": onBase("RUN echo base >/base"),
    "web/Dockerfile": "ARG BASE\nFROM $BASE\nRUN cat /base >/web\n",
  };
  const targets = (name: string, remove: string) => `
targets:
  base: { image: base, tags: [${tag(name)}] }
  other: { run: "${remove}", after: [base], pass-env: [DOCKER_HOST] }
  web: { image: web, base: base, tags: [${tag(`${name}-web`)}], after: [other] }`;

  test("is built again before it is built upon, and all is fresh afterwards", async () => {
    const remove = `docker rmi -f ${tag("gone")} >/dev/null`;
    const folder = workspace(targets("gone", remove), files);
    const { exitCode, stderr } = await tbuild(folder, ["web", "--log", "plain"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `warning: image \`${tag("gone")}\` is missing in the engine, which \`web\` needs: \`base\` is made again\n`,
    );
    expect(await build(folder, ["web"])).toMatchObject({ ran: [] });
  });

  test("and whose name is given to another one is built again", async () => {
    const remove = `docker tag ${baseImage} ${tag("moved")}`;
    const folder = workspace(targets("moved", remove), files);
    const { exitCode, stderr } = await tbuild(folder, ["web", "--log", "plain"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `warning: \`${tag("moved")}\` names another image now, which \`web\` needs: \`base\` is made again\n`,
    );
    expect(await build(folder, ["web"])).toMatchObject({ ran: [] });
  });
});
