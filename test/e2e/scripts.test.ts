/** The scripts that a person runs, as far as they need no root. @newer-engine: they build nothing. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "tbuild-scripts-"));
const root = join(import.meta.dirname, "../..");

function script(name: string, args: string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, TBUILD_REGISTRY_DIR: join(folder, "registry"), ...environment };
  const { status, stdout, stderr } = spawnSync(join(root, "scripts", name), args, {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, stdout, stderr };
}

afterAll(() => {
  script("registry", ["stop", "--purge"]);
  rmSync(folder, { recursive: true, force: true });
});

test("an engine that DOCKER_HOST names but that does not answer is not replaced by another", () => {
  expect(script("engine", ["env"], { DOCKER_HOST: "unix:///nowhere/docker.sock" })).toEqual({
    status: 3,
    stdout: "",
    stderr:
      "error: no engine answers at unix:///nowhere/docker.sock, which DOCKER_HOST or the docker context names: no such socket\n" +
      "hint: start it, or unset DOCKER_HOST and run `docker context use default`\n",
  });
});

test("the engine in use is printed for eval", () => {
  expect(script("engine", ["env"])).toEqual({
    status: 0,
    stdout: `export DOCKER_HOST=${process.env["DOCKER_HOST"]}\n`,
    stderr: "",
  });
});

test("a command that a script does not have is a usage error", () => {
  const { status, stderr } = script("engine", ["strat"]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: unknown command `strat`\nhint: see `.*engine help`\n$/);
});

test("the registry answers at the address that its start prints, until it is stopped", async () => {
  const started = script("registry", ["start"]);
  expect(started).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^127\.0\.0\.1:\d+\n$/),
    stderr: "",
  });
  const address = started.stdout.trim();
  expect((await fetch(`http://${address}/v2/`)).status).toBe(200);
  expect(script("registry", ["start"]).stdout).toBe(started.stdout);
  expect(script("registry", ["stop"]).stderr).toBe(`stopped the registry at ${address}\n`);
  expect(script("registry", ["status"])).toEqual({
    status: 3,
    stdout: "",
    stderr: "error: no registry runs here\nhint: `scripts/registry start` starts one\n",
  });
});

test("a registry is not started on a port that is in use", () => {
  const address = process.env["TBUILD_TEST_REGISTRY"] ?? "";
  const port = address.slice(address.indexOf(":") + 1);
  expect(script("registry", ["start", port])).toEqual({
    status: 3,
    stdout: "",
    stderr:
      `error: port ${port} of 127.0.0.1 cannot be used: EADDRINUSE\n` +
      "hint: start without a port to get a free one\n",
  });
});
