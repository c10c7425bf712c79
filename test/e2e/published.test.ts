/**
 * What a real registry has already is left alone, releases in it are asked about, and the inventory tells of all.
 *
 * @newer-engine: registries are asked here.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll } from "../support/git.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { onTerminal } from "./on-terminal.ts";
import { imageId, onBase, tag, workspace } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

let registry: LocalRegistry;

beforeEach(async () => {
  registry = await startRegistry(temporaryFolder());
});
afterEach(() => registry.stop());

const plain = (name: string): string => tag(name).replace(/:1$/, "");
const short = (name: string): string => plain(name).slice(plain(name).indexOf("/") + 1);

/** As the pipelines of a release engineer do: an app whose tag is in the registry is passed by. */
function pipeline(host = registry.host): string {
  const folder = workspace(
    `params: { rebuild: { type: flag, help: Build it all the same } }
targets:
  source: { git: code, to: out/source }
  image:
    image: web
    include: { app: source }
    tags: ["${plain("web")}:release-\${git.short}"]
    managed: automatic
  push-web: { push: image, registry: ${host}/team }
  web:
    first-of:
      - published: "${host}/team/${short("web")}:release-\${git.short}"
        unless: "\${rebuild}"
      - target: push-web
  backup:
    published: ${host}/team/backup:latest
    managed: manual
    help: Built on a laptop
`,
    {
      ".gitignore": ".tbuild\nout\ncode\n",
      "web/Dockerfile": onBase("COPY app /app"),
      "code/a.txt": "a",
    },
  );
  commitAll(`${folder}/code`);
  commitAll(folder);
  return folder;
}

async function digestIn(reference: string): Promise<string> {
  const inspect = ["inspect", "--tls-verify=false", `docker://${registry.host}/${reference}`];
  return JSON.parse((await execa("skopeo", inspect)).stdout).Digest;
}

test("what the registry has is neither checked out nor built nor pushed, and asks no engine", async () => {
  const folder = pipeline();
  const first = await build(folder, ["web"]);
  expect(first.ran).toEqual(["image", "push-web", "source", "web#1"]);
  rmSync(`${folder}/.tbuild`, { recursive: true });
  rmSync(`${folder}/out`, { recursive: true });
  const nowhere = { env: { DOCKER_HOST: "tcp://127.0.0.1:1" } };
  const second = await build(folder, ["web"], nowhere);
  expect(second).toMatchObject({ exitCode: 0, ran: ["web#1"] });
  expect(second.finished).toMatchObject({ built: 0, fresh: 1 });
  expect(existsSync(`${folder}/out`)).toBe(false);
  const told = await tbuild(folder, ["web"], nowhere);
  expect(told.stderr).toContain("fresh, already in the registry (1/1)\n");
  expect(told.stderr.split("\n").at(-1)).toBe("the target is fresh");
  expect((await build(folder, ["web", "--rebuild"])).ran).toEqual(["image", "push-web", "source"]);
  commitAgain(folder);
  expect((await build(folder, ["web"])).ran).toEqual(["image", "push-web", "web#1"]);
});

test("a registry that is gone stops the build before anything is made", async () => {
  const gone = await startRegistry(temporaryFolder());
  const folder = pipeline(gone.host);
  await gone.stop();
  const { exitCode, stderr } = await tbuild(folder, ["web", "--retries", "0"]);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(RegExp(`cannot look for \`${gone.host}/team/.*refuse`));
  expect(existsSync(`${folder}/out`)).toBe(false);
});

test("the inventory tells of each image, with its source, its tags and the manual one", async () => {
  const folder = pipeline();
  await build(folder, ["image"]);
  const { exitCode, stdout } = await tbuild(folder, ["inventory", "--format", "json"]);
  expect(exitCode).toBe(0);
  const { images, totals } = JSON.parse(stdout);
  expect(totals).toEqual({ images: 2, automatic: 1, make: 0, manual: 1 });
  expect(images[0]).toMatchObject({
    image: plain("web"),
    sources: [
      { kind: "git", url: "code", commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      { kind: "folder", path: "web" },
    ],
    tags: expect.arrayContaining([expect.stringMatching(/^release-[0-9a-f]{12}$/)]),
    size: expect.any(Number),
  });
  const table = await tbuild(folder, ["inventory"]);
  expect(table.stdout.split("\n").at(-1)).toBe("2 images: 1 automatic, 0 make-managed, 1 manual");
  const gone = await tbuild(folder, ["inventory"], { env: { DOCKER_HOST: "tcp://127.0.0.1:1" } });
  expect(gone.exitCode).toBe(0);
  expect(gone.stderr).toContain("tags in the engine, ages and sizes are left out");
});

describe("a release that names another image", () => {
  const name = (): string => `team/${short("web")}`;

  async function released(): Promise<{ folder: string; before: string }> {
    const folder = workspace(
      `targets:
  web: { image: web, tags: ["${plain("web")}:v1"] }
  push: { push: web, registry: ${registry.host}/team, releases: ["v*"] }
`,
      { "web/Dockerfile": onBase("RUN echo one >/one") },
    );
    expect((await build(folder, ["push"])).exitCode).toBe(0);
    writeFileSync(`${folder}/web/Dockerfile`, onBase("RUN echo two >/two"));
    return { folder, before: await digestIn(`${name()}:v1`) };
  }

  test("is refused without a terminal, pushed with `--yes`, and then asks nothing", async () => {
    const { folder, before } = await released();
    const refused = await tbuild(folder, ["push"]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      "1 tag would be overwritten, which cannot be undone, and there is no terminal to ask on",
    );
    expect(refused.stderr).toContain(`${registry.host}/${name()}:v1: a release`);
    expect(refused.stderr).toContain(`now  ${before}`);
    expect(await digestIn(`${name()}:v1`)).toBe(before);
    const given = await build(folder, ["push", "--yes"]);
    expect(given.exitCode).toBe(0);
    const now = await digestIn(`${name()}:v1`);
    expect(now).not.toBe(before);
    expect(given.events.find(({ kind }) => kind === "confirmation")).toMatchObject({
      state: "given",
      overwrites: [{ old: before, new: now, why: "a release" }],
    });
    const again = await build(folder, ["push"]);
    expect(again.exitCode).toBe(0);
    expect(again.events.map(({ kind }) => kind)).not.toContain("confirmation");
  });

  test.each([
    ["n\r", 1, "1 tag would be overwritten, and the answer was no"],
    ["\r", 1, "and the answer was no"],
    ["\x04", 1, "and the answer was no"],
    ["\x03", 130, "interrupted"],
  ])(
    "stays after %j on a terminal",
    async (answer, code, message) => {
      const { folder, before } = await released();
      const { exitCode, text } = await onTerminal(folder, ["push"], answer);
      expect(text).toContain("push: 1 tag would be overwritten, which cannot be undone");
      expect(text).toContain(`    now  ${before}`);
      expect(text).toContain("push all the same? [y/N] ");
      expect(text).toContain(message);
      expect(exitCode).toBe(code);
      expect(await digestIn(`${name()}:v1`)).toBe(before);
      expect(await imageId(`${registry.host}/${name()}:v1`)).toBeUndefined();
    },
    120_000,
  );

  test("is pushed after a yes on a terminal", async () => {
    const { folder, before } = await released();
    const { exitCode, text } = await onTerminal(folder, ["push"], "y\r");
    expect(text).toContain("1 tag pushed to");
    expect(exitCode).toBe(0);
    expect(await digestIn(`${name()}:v1`)).not.toBe(before);
  });
});
