/** The command line: help, completion, and how parameters are given. @newer-engine: no engine is asked. */
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { build, checkout, tbuild } from "./tbuild.ts";

const targets = `name: shop
default: all
params:
  version: { default: "1.0", help: Version of everything }
  os: { default: bookworm, choices: [bookworm, trixie], help: Debian release }
  docs: { type: flag, help: With documentation }
targets:
  web: { help: The shop, run: "echo \${version} \${docs} > web.txt", outputs: [web.txt] }
  images: { matrix: { part: [left, right] }, run: "echo \${os}" }
  all: { needs: [web, images] }
`;
const workspace = (): string => temporaryFolder({ "targets.yaml": targets, "sub/": "" });

const has = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};

/** A folder with `tbuild` in it, as an installation has one. */
function installed(): string {
  const folder = temporaryFolder();
  const file = `${folder}/tbuild`;
  const program = path.join(checkout, "bin/tbuild.js");
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** Runs a script in a shell that finds `tbuild`. */
const inShell = (shell: readonly string[], folder: string, script: string): string[] => {
  const env = { ...process.env, PATH: `${installed()}:${process.env["PATH"]}`, TERM: "dumb" };
  const [program = "", ...args] = shell;
  const said = execFileSync(program, [...args, "-c", script], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return said.split("\n").filter((line) => line !== "");
};

describe("completion", () => {
  /** What bash would put in the place of the last word. */
  const bash = (line: string, words: readonly string[]): string[] =>
    inShell(
      ["bash", "--norc", "--noprofile"],
      workspace(),
      `source <(tbuild completion bash); compopt() { :; }
COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}; _tbuild; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  (has("bash") ? test : test.skip)("bash completes targets, members, options and values", () => {
    expect(bash("tbuild we", ["tbuild", "we"])).toEqual(["web"]);
    expect(bash("tbuild images[", ["tbuild", "images["])).toEqual([
      "images[left]",
      "images[right]",
    ]);
    expect(bash("tbuild web --v", ["tbuild", "web", "--v"])).toEqual(["--version", "--verbose"]);
    // bash breaks words at `=` and gives only what follows it.
    expect(bash("tbuild --os=t", ["tbuild", "--os", "=", "t"])).toEqual(["trixie"]);
  });

  (has("zsh") ? test : test.skip)("zsh completes targets and values", () => {
    const zsh = (words: string): string[] =>
      inShell(
        ["zsh", "-f"],
        workspace(),
        `compdef() { :; }; compadd() { shift 2; print -l -- "$@"; }; _files() { :; }
source <(tbuild completion zsh); words=(${words}); CURRENT=\${#words}; _tbuild`,
      );
    expect(zsh("tbuild we")).toEqual(["web"]);
    expect(zsh("tbuild --os t")).toEqual(["trixie"]);
  });

  (has("fish") ? test : test.skip)("fish completes targets and values", () => {
    const fish = (line: string): string[] =>
      inShell(
        ["fish", "--no-config"],
        workspace(),
        `tbuild completion fish | source; complete --do-complete '${line}'`,
      );
    expect(fish("tbuild we")).toEqual(["web"]);
    expect(fish("tbuild --os t")).toEqual(["trixie"]);
  });
});

test("help fits 80 columns, and lists the targets", async () => {
  const { stdout } = await tbuild(workspace(), ["--help"]);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).toContain("  web     The shop\n");
});

test("targets are found from a folder below, and paths are shown from the workspace", async () => {
  const folder = workspace();
  expect(await tbuild(`${folder}/sub`, ["wbe"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "error: there is no target `wbe`\nhint: did you mean `web`? `tbuild list` shows all",
  });
  expect((await build(`${folder}/sub`, ["web"])).finished).toMatchObject({ built: 1 });
});

test("a word that is nearly a command is told which", async () => {
  const hints = await Promise.all(
    ["lits", "completions", "version"].map(async (word) => {
      const { exitCode, stderr } = await tbuild(workspace(), [word]);
      return [exitCode, stderr.split("\n")[1]];
    }),
  );
  expect(hints).toEqual([
    [2, "hint: did you mean `tbuild list`?"],
    [2, "hint: did you mean `tbuild completion`?"],
    [2, "hint: did you mean `tbuild --version`?"],
  ]);
});

test("a flag can be turned off, and an option be another's value", async () => {
  const folder = workspace();
  await build(folder, ["web", "--docs", "--version=--docs"]);
  const same = await build(folder, ["web", "--version=--docs", "--docs"]);
  expect(same.finished).toMatchObject({ built: 0, fresh: 1 });
  const off = await build(folder, ["web", "--version=--docs", "--no-docs"]);
  expect(off.ran).toEqual(["web"]);
});

test("programs get `finished` as the last line, whatever went wrong", async () => {
  const broken = temporaryFolder({ "targets.yaml": "targets: [a]\n" });
  const runs = await Promise.all([
    build(workspace(), ["wbe"]),
    build(workspace(), ["web", "--nope"]),
    build(workspace(), ["--jobs", "none"]),
    build(broken, []),
    build(temporaryFolder(), []),
  ]);
  const last = { kind: "finished", built: 0, fresh: 0, failed: 0, skipped: 0, seconds: 0 };
  for (const run of runs) {
    expect(run).toMatchObject({ exitCode: 2, stderr: "", finished: last });
    expect(run.events.map(({ kind }) => kind)).toEqual(["problem", "finished"]);
  }
});

test("`--version` alone is tbuild's own, and else a parameter", async () => {
  const folder = workspace();
  expect((await tbuild(folder, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect((await build(folder, ["web", "--version", "2"])).ran).toEqual(["web"]);
});
