/** The program as a process: its exit codes, and what becomes of output that nobody takes. @newer-engine: no engine is asked. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/folder.ts";

const program = fileURLToPath(new URL("../../bin/tbuild.js", import.meta.url));
const folder = temporaryFolder({
  "targets.yaml": `targets:
  slow: { run: "echo begun; sleep 60" }
  wrong: { run: "exit 3" }
`,
});

const inShell = (line: string) =>
  spawnSync("bash", ["-c", `set -o pipefail; tbuild() { node '${program}' "$@"; }; ${line}`], {
    cwd: folder,
    encoding: "utf8",
  });

// The first start may have to make the bundle.
beforeAll(() => void inShell("tbuild --version"));

test("a reader that stops reading is no error", () => {
  expect(inShell("tbuild list | true")).toMatchObject({ status: 0, stderr: "" });
});

test("a full disk behind stdout is told, with the code of the surroundings", () => {
  if (!existsSync("/dev/full")) return;
  expect(inShell("tbuild list > /dev/full")).toMatchObject({
    status: 3,
    stderr: "error: cannot write to standard output: ENOSPC: no space left on device, write\n",
  });
});

test.each([
  ["tbuild --version", 0],
  ["tbuild wrong", 1],
  ["tbuild nothing", 2],
  ["tbuild -f no.yaml", 2],
])("`%s` ends with exit code %d", (line, status) => {
  expect(inShell(line).status).toBe(status);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends a build in order", async (signal) => {
  const child = spawn(process.execPath, [program, "slow", "--log", "json"], { cwd: folder });
  const kinds: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    const { kind } = JSON.parse(line) as { kind: string };
    kinds.push(kind);
    if (kind === "output") child.kill(signal);
  });
  const [code] = await once(child, "close");
  expect(code).toBe(130);
  expect(kinds.slice(-3)).toEqual(["interrupted", "target-finished", "finished"]);
});
