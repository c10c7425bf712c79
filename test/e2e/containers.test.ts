/** Commands in containers: they see their inputs and nothing else, and leave outputs and nothing else. */
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { startEngineProxy } from "./engine-proxy.ts";
import { containers, shellFiles, shellTarget, workspace } from "./small-workspace.ts";
import { build, checkout, tbuild } from "./tbuild.ts";

const targets = `
params: { token: { type: secret, env: SUITE_TOKEN } }
targets:${shellTarget}
  words: { run: "echo two >made/words; echo x >made/other", outputs: [made/words] }
  sees:
    run: pwd; find . -type f | sort; env | cut -d= -f1 | sort | tr '\\n' ' '
    in: shell
    env: { GREETING: hello }
    inputs: [src/**, "!src/secret", { target: words }, { target: words, as: as/ }]
  makes:
    run: |
      mkdir -p out/tree/deep
      cat src/a >out/file; chmod 755 out/file
      echo deep >out/tree/deep/file; ln -s deep/file out/tree/link; echo no >stray
    in: shell
    inputs: [src/a]
    outputs: [out/file, out/tree/]
  fails: { run: "echo x >part; echo line one; echo line two; exit 7", in: shell, outputs: [part] }
  lacks: { run: "echo part >one", in: shell, outputs: [one, two] }
  absent: { run: [no-such-program], in: shell }
  alone: { run: "ls /sys/class/net; echo to the world >/dev/tcp/192.0.2.1/80", in: shell, network: none }
  interfaces: { run: "ls /sys/class/net", in: shell, network: none }
  secret: { run: 'test "$TOKEN" = open-sesame && echo known', in: shell, secrets: { TOKEN: "\${token}" } }
`;
const files = {
  ...shellFiles,
  "src/a": "alpha\n",
  "src/deep/b": "beta\n",
  "src/secret": "no\n",
  "other.txt": "no\n",
};

/** Lines that a target printed. */
const linesOf = async (folder: string, target: string, env = {}): Promise<readonly string[]> => {
  const { events, exitCode, stderr } = await build(folder, [target], { env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return events.flatMap((event) =>
    event.kind === "output" && event.target === target ? [event.line] : [],
  );
};

afterEach(async () => {
  expect(await containers()).toEqual([]);
});

test("a command sees its inputs and the variables it was given, and nothing else of this machine", async () => {
  const lines = await linesOf(workspace(targets, files), "sees", { NOT_FOR_IT: "1" });

  expect(lines.slice(0, -1)).toEqual([
    "/workspace",
    "./as/words",
    "./made/words",
    "./src/a",
    "./src/deep/b",
  ]);
  const variables = lines.at(-1)?.split(" ") ?? [];
  expect(variables).toContain("GREETING");
  expect(variables).not.toContain("NOT_FOR_IT");
});

test("outputs come back with their modes and links, and nothing else does", async () => {
  const folder = workspace(targets, files);

  const { exitCode } = await build(folder, ["makes"]);

  expect(exitCode).toBe(0);
  const at = (name: string): string => path.join(folder, name);
  expect(readFileSync(at("out/file"), "utf8")).toBe("alpha\n");
  expect(statSync(at("out/file")).mode & 0o777).toBe(0o755);
  expect(lstatSync(at("out/tree/link")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("out/tree/link"), "utf8")).toBe("deep\n");
  expect(existsSync(at("stray"))).toBe(false);
  expect((await build(folder, ["makes"])).ran).toEqual([]);
});

test("over TCP, as another user: outputs belong to who called, the engine needs no file of this machine", async () => {
  const folder = workspace(targets, files);
  const proxy = await startEngineProxy();
  const [uid, gid] = [65534, 65534];
  for (const name of [".", "src", "src/a", "shell", "shell/Dockerfile", "targets.yaml"]) {
    chownSync(path.join(folder, name), uid, gid);
  }
  const user = ["--reuid", `${uid}`, "--regid", `${gid}`, "--clear-groups"];
  const command = [process.execPath, path.join(checkout, "bin/tbuild.js"), "makes"];
  const env = { DOCKER_HOST: proxy.address, HOME: folder };

  const { exitCode, stderr } = await execa("setpriv", [...user, ...command], {
    cwd: folder,
    env,
    reject: false,
  });

  await proxy.stop();
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  for (const name of ["out", "out/file", "out/tree", "out/tree/deep/file", "out/tree/link"]) {
    const { uid: owner, gid: group } = lstatSync(path.join(folder, name));
    expect({ name, owner, group }).toEqual({ name, owner: uid, group: gid });
  }
});

test("a failure tells the exit code and the last lines, and brings back no output", async () => {
  const folder = workspace(targets, files);

  const { exitCode, stderr } = await tbuild(folder, ["fails"]);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("error: target `fails` failed: command failed with exit code 7\n");
  expect(stderr).toContain("  line one\n");
  expect(stderr).toContain("  line two\n");
  expect(existsSync(path.join(folder, "part"))).toBe(false);
});

test("an output that is not made fails the target, and the others are not brought back", async () => {
  const folder = workspace(targets, files);

  const { exitCode, stderr } = await tbuild(folder, ["lacks"]);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("target made no `two`, which it declares as output");
  expect(existsSync(path.join(folder, "one"))).toBe(false);
});

test("a program that the image lacks is named", async () => {
  const { exitCode, stderr } = await tbuild(workspace(targets, files), ["absent"]);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("no-such-program");
});

test("with network none there is no way out", async () => {
  const folder = workspace(targets, files);

  expect(await linesOf(folder, "interfaces")).toEqual(["lo"]);
  expect((await tbuild(folder, ["alone"])).exitCode).toBe(1);
});

test("a secret is in its environment", async () => {
  const lines = await linesOf(workspace(targets, files), "secret", { SUITE_TOKEN: "open-sesame" });

  expect(lines).toEqual(["known"]);
});

test("inputs that nobody but the caller may read can be read, and modes are kept", async () => {
  const folder = workspace(
    `targets:${shellTarget}
  reads: { run: "cat private; ./tool", in: shell, inputs: [private, tool] }`,
    { ...shellFiles, private: "mine\n", tool: "#!/bin/sh\necho runs\n" },
  );
  chmodSync(path.join(folder, "private"), 0o600);
  chmodSync(path.join(folder, "tool"), 0o755);

  expect(await linesOf(folder, "reads")).toEqual(["mine", "runs"]);
});
