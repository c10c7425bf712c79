/**
 * `tbuild watch`: every change of what targets read or made is noticed, and nothing is built for anything else.
 *
 * @newer-engine: no engine is asked.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { processes, says, untilProcesses } from "./running.ts";
import { build, checkout, tbuild } from "./tbuild.ts";
import { Watching } from "./watching.ts";

const program = path.join(checkout, "bin/tbuild.js");

/** A command line that no other process on this machine has. */
const forever = `sleep 3600.${process.pid}`;

const joined = `
name: joined
params: { given: { type: path } }
default: copy
targets:
  all: { run: "cat src/*.txt src/*/*.txt >out/all 2>/dev/null || true", inputs: ["src/**"], outputs: [out/all] }
  copy: { run: "cp out/all out/copy", needs: [all], outputs: [out/copy] }
  given: { use: "\${given}", match: ["*.txt"] }
  pack: { archive: given, to: out/given.tar.gz }
  slow:
    run: "echo begun; if grep -q wait slow.txt; then ${forever}; fi; cp slow.txt out/slow"
    inputs: [slow.txt]
    outputs: [out/slow]
`;

function folderWith(files: Readonly<Record<string, string>> = {}): string {
  return temporaryFolder({ "targets.yaml": joined, "src/a.txt": "a\n", ...files });
}

async function watching(folder: string, ...args: readonly string[]) {
  const watch = new Watching(folder, args);
  return { watch, first: await watch.rests() };
}

const read = (folder: string, name: string) => readFileSync(path.join(folder, name), "utf8");
const at = (folder: string, name: string) => path.join(folder, name);

test("it builds once, tells what it watches, and builds what a change made stale", async () => {
  const folder = folderWith();
  const { watch, first } = await watching(folder);
  expect(first).toMatchObject({ changed: [], ran: ["all", "copy"], builds: 1 });
  // targets.yaml, src/a.txt and two outputs; the workspace, src and out.
  expect(first.watching).toEqual({ kind: "watching", files: 4, folders: 3 });

  writeFiles(folder, { "src/a.txt": "b\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/a.txt"], ran: ["all", "copy"] });
  expect(read(folder, "out/copy")).toBe("b\n");

  writeFiles(folder, { "other.txt": "read by no target", "src/b.txt": "c\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/b.txt"], builds: 1 });
  expect(read(folder, "out/copy")).toBe("b\nc\n");
  expect(await watch.end()).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a file in a folder that comes later is noticed, and what comes after it", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  writeFiles(folder, { "src/new/deep.txt": "deep\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/new/deep.txt"], builds: 1 });

  writeFiles(folder, { "src/new/deep.txt": "deeper\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/new/deep.txt"], builds: 1 });
  expect(read(folder, "out/copy")).toBe("a\ndeeper\n");

  rmSync(at(folder, "src/new"), { recursive: true });
  expect(await watch.rests()).toMatchObject({ changed: ["src/new/deep.txt"], builds: 1 });
  expect(read(folder, "out/copy")).toBe("a\n");
});

test("a thousand files at once are one build", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  const names = Array.from({ length: 1000 }, (_, index) => `src/${index % 20}/${index}.txt`);
  writeFiles(folder, Object.fromEntries(names.map((name) => [name, "x"])));

  const round = await watch.rests();
  expect(round).toMatchObject({ builds: 1, ran: ["all", "copy"] });
  expect(round.watching).toMatchObject({ files: 1004, folders: 23 });
  await watch.end();
  expect(watch.running.events.filter(({ kind }) => kind === "changed")).toMatchObject([
    { changed: { total: 1000 }, stops: false },
  ]);
});

test("an editor that saves by renaming is noticed each time", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  for (const text of ["once\n", "twice\n"]) {
    writeFiles(folder, { "beside.tmp": text });
    renameSync(at(folder, "beside.tmp"), at(folder, "src/a.txt"));
    expect(await watch.rests()).toMatchObject({ changed: ["src/a.txt"], builds: 1 });
    expect(read(folder, "out/copy")).toBe(text);
  }
});

test("a folder that is replaced is watched on, and so is one behind a link", async () => {
  const folder = folderWith({ "next/a.txt": "next\n", "real/a.txt": "real\n" });
  const { watch } = await watching(folder);

  renameSync(at(folder, "src"), at(folder, "before"));
  renameSync(at(folder, "next"), at(folder, "src"));
  expect(await watch.rests()).toMatchObject({ changed: ["src/a.txt"] });
  writeFiles(folder, { "src/a.txt": "edited\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/a.txt"] });
  expect(read(folder, "out/copy")).toBe("edited\n");

  rmSync(at(folder, "src/a.txt"));
  symlinkSync("../real/a.txt", at(folder, "src/a.txt"));
  await watch.rests();
  writeFiles(folder, { "real/a.txt": "behind the link\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/a.txt"] });
  expect(read(folder, "out/copy")).toBe("behind the link\n");
});

test("outputs that something else removed or edited are made again", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  rmSync(at(folder, "out/copy"));
  expect(await watch.rests()).toMatchObject({ changed: ["out/copy"], ran: ["copy"] });

  writeFiles(folder, { "out/all": "edited\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["out/all"], ran: ["all"] });

  rmSync(at(folder, "out"), { recursive: true });
  expect(await watch.rests()).toMatchObject({ ran: ["all", "copy"] });
  expect(read(folder, "out/copy")).toBe("a\n");
});

test("a broken target file is one problem, and the watch goes on when it is mended", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  writeFiles(folder, { "targets.yaml": joined.replace("needs: [all]", "needs: [al]") });
  const broken = await watch.rests();
  expect(broken).toMatchObject({ builds: 0, messages: ["there is no target `al`"] });
  expect(broken.watching.needed).toEqual({ names: ["targets.yaml"], total: 1 });

  writeFiles(folder, { "targets.yaml": joined.replace("cp out/all out/copy", "echo x >out/copy") });
  expect(await watch.rests()).toMatchObject({ changed: ["targets.yaml"], ran: ["copy"] });

  rmSync(at(folder, "targets.yaml"));
  expect(await watch.rests()).toMatchObject({
    messages: ["cannot read `targets.yaml`: there is no such file"],
  });
  writeFiles(folder, { "targets.yaml": joined });
  expect(await watch.rests()).toMatchObject({ ran: ["copy"], messages: [] });
});

test("an included file that does not exist yet is waited for", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  writeFiles(folder, { "targets.yaml": `${joined}include: { more: more/targets.yaml }\n` });
  expect(await watch.rests()).toMatchObject({
    messages: ["cannot read `more/targets.yaml`: there is no such file"],
  });
  writeFiles(folder, { "more/targets.yaml": "targets: { x: { needs: [] } }\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["more/targets.yaml"], messages: [] });
});

test("a failure tells what must change, and is tried again when it did", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder);

  rmSync(at(folder, "src/a.txt"));
  const failed = await watch.rests();
  expect(failed.messages).toEqual(["input `src/**` matches no file"]);
  expect(failed.watching.needed).toEqual({ names: ["what all reads"], total: 1 });

  writeFiles(folder, { "src/a.txt": "back\n" });
  expect(await watch.rests()).toMatchObject({ ran: ["all", "copy"], messages: [] });
});

test("a given folder outside the workspace is watched", async () => {
  const given = temporaryFolder({ "one.txt": "1" });
  const folder = folderWith();
  const { watch, first } = await watching(folder, "pack", "--given", given);
  expect(first.ran).toEqual(["given", "pack"]);

  writeFiles(given, { "two.txt": "2", "other.md": "does not match" });
  expect(await watch.rests()).toMatchObject({
    changed: [at(realpathSync(given), "two.txt")],
    ran: ["given", "pack"],
    builds: 1,
  });
});

test("an edit under a command that runs ends it, and the build begins anew", async () => {
  const folder = folderWith({ "slow.txt": "wait" });
  const watch = new Watching(folder, ["slow", "copy"]);
  await watch.running.until(says("begun"));
  await watch.running.until((event) => event.kind === "target-finished" && event.target === "copy");
  await untilProcesses(forever, 1);

  writeFiles(folder, { "slow.txt": "go" });

  const round = await watch.rests();
  expect(round).toMatchObject({ stoppedFor: ["slow.txt"], changed: [], builds: 2, messages: [] });
  // What the first of the two builds had finished is fresh in the second.
  expect([...round.ran].sort()).toEqual(["all", "copy", "slow", "slow"]);
  expect(processes(forever)).toEqual([]);
  expect(read(folder, "out/slow")).toBe("go");
});

test("an edit under what is done lets the build end, and another one follows", async () => {
  const folder = folderWith({
    "targets.yaml": `${joined}
  held: { run: "while [ ! -e release ]; do sleep 0.02; done", needs: [all] }
`,
  });
  const watch = new Watching(folder, ["held"]);
  await watch.running.until((event) => event.kind === "target-started" && event.target === "held");

  writeFiles(folder, { "src/a.txt": "while held\n" });
  writeFiles(folder, { release: "" });

  const round = await watch.rests();
  expect(round).toMatchObject({ stoppedFor: [], changed: ["src/a.txt"], builds: 2 });
  expect(round.ran).toEqual(["all", "held", "all", "held"]);
});

test("a target file that declares what runs otherwise stops the build, any other edit of it does not", async () => {
  const folder = folderWith({ "slow.txt": "wait" });
  const watch = new Watching(folder, ["slow"]);
  await watch.running.until(says("begun"));

  writeFiles(folder, { "targets.yaml": joined.replace(forever, "true") });

  expect(await watch.rests()).toMatchObject({ stoppedFor: ["targets.yaml"], builds: 2 });
  expect(processes(forever)).toEqual([]);

  const held = folderWith({
    "targets.yaml": `${joined}  held: { run: "while [ ! -e release ]; do sleep 0.02; done" }\n`,
  });
  const other = new Watching(held, ["held"]);
  await other.running.until((event) => event.kind === "target-started");
  const declared = read(held, "targets.yaml");
  writeFiles(held, { "targets.yaml": `# a comment\n${declared}`, release: "" });
  expect(await other.rests()).toMatchObject({
    stoppedFor: [],
    changed: ["targets.yaml"],
    builds: 2,
  });
});

test("Ctrl-C while a build runs ends it in time with 130, while it waits with 0", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const folder = folderWith({ "slow.txt": "wait" });
    const watch = new Watching(folder, ["slow"]);
    await watch.running.until(says("begun"));
    const { exitCode, milliseconds, stderr } = await watch.end(signal);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: "" });
    expect(milliseconds).toBeLessThan(2000);
    expect(processes(forever)).toEqual([]);
    expect(watch.running.events).toContainEqual({ kind: "interrupted" });

    const waiting = await watching(folder, "all");
    expect(await waiting.watch.end(signal)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(waiting.watch.running.events.at(-1)).toMatchObject({ kind: "watching" });
  }
});

test("another tbuild may build meanwhile, and what it built is fresh", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder, "copy");

  expect(await build(folder, ["all", "--force"])).toMatchObject({ exitCode: 0, ran: ["all"] });
  writeFiles(folder, { "targets.yaml": `${joined}\n# edited\n` });

  expect(await watch.rests()).toMatchObject({ changed: ["targets.yaml"], ran: [], builds: 1 });
});

test("--poll notices without being told", async () => {
  const folder = folderWith();
  const { watch } = await watching(folder, "--poll", "0.1");

  writeFiles(folder, { "src/new/a.txt": "polled\n" });
  expect(await watch.rests()).toMatchObject({ changed: ["src/new/a.txt"], builds: 1 });
  expect(read(folder, "out/copy")).toBe("a\npolled\n");
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
});

test("--force counts for the first build alone", async () => {
  const folder = folderWith();
  await build(folder, ["copy"]);
  const { watch, first } = await watching(folder, "copy", "--force");
  expect(first.ran).toEqual(["copy"]);

  writeFiles(folder, { "targets.yaml": `${joined}\n# edited\n` });
  expect(await watch.rests()).toMatchObject({ ran: [] });
});

test("a command that writes what it reads is built a few times, and then waited for", async () => {
  const folder = temporaryFolder({
    "targets.yaml": `
targets:
  grows: { run: "echo >out/x; echo more >>log.txt", inputs: [log.txt], outputs: [out/x] }
`,
    "log.txt": "",
  });
  const { first } = await watching(folder, "grows");

  expect(first.builds).toBe(6);
  expect(first.messages.at(-1)).toBe(
    "log.txt changed during each of the last builds: the next one waits for another change",
  );
});

test("people are told what began a build, how it went, and what is watched", async () => {
  const folder = folderWith();
  const watch = execa(process.execPath, [program, "watch"], { cwd: folder, reject: false });
  const lines: string[] = [];
  let edited = false;
  for await (const line of watch.iterable({ from: "stderr" })) {
    lines.push(line.replace(/\d+\.\d s/, "N s"));
    if (!line.startsWith("watching")) continue;
    if (edited) watch.kill("SIGINT");
    else writeFiles(folder, { "src/a.txt": "edited", "src/b.txt": "new" });
    edited = true;
  }
  expect(lines).toEqual([
    "all: started, never made",
    "all: built in N s (1/2)",
    "copy: started, never made",
    "copy: built in N s (2/2)",
    "built 2 in N s",
    "watching 4 files in 3 folders; Ctrl-C ends",
    "src/a.txt changed (and 1 more)",
    "all: started, input `src/a.txt` changed",
    "all: built in N s (1/2)",
    "copy: started, dependency `all` changed",
    "copy: built in N s (2/2)",
    "built 2 in N s",
    "watching 5 files in 3 folders; Ctrl-C ends",
  ]);
  expect((await watch).exitCode).toBe(0);
});

test("it ends when nobody reads what it says any more", async () => {
  const folder = folderWith();
  const child = spawn(process.execPath, [program, "watch"], { cwd: folder });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stderr)) {
    if (line.startsWith("watching")) break;
  }
  child.stderr.destroy();
  writeFiles(folder, { "src/a.txt": "edited" });
  const [exitCode] = await exited;
  expect([0, 130]).toContain(exitCode);
});

test("it refuses what it cannot do", async () => {
  const folder = folderWith();
  expect(await tbuild(folder, ["watch", "--dry-run"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `error: \`tbuild watch\` builds, and \`--dry-run\` does not
hint: leave \`watch\` out to be told once what would be built`,
  });
  expect(await tbuild(folder, ["watch", "--poll", "often"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "error: option `--poll` cannot be `often`: expected seconds from 0.1 to 3600",
  });
  writeFiles(folder, { "targets.yaml": "targets: { a: { needs: [b] } }\n" });
  expect(await tbuild(folder, ["watch", "a"])).toMatchObject({ exitCode: 2 });
});
