/** What is wrong on the disk is told in these words. @newer-engine: no engine is asked. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { folderWith, refusal, refused } from "./message.ts";
import { onBase, tag } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

const targets = `
params: { to: { type: path, default: dist } }
targets:
  web: { image: ctx, tags: [${tag("disk")}] }
  save: { save: web, to: "\${to}" }
  note: { run: "echo note > note.txt", outputs: [note.txt] }
`;

const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) {
    execFileSync("umount", [folder]);
    rmdirSync(folder);
  }
});

/** A disk of 128 KB, with these files on it. */
function smallDisk(files: Readonly<Record<string, string>> = {}): string {
  // Not one of `temporaryFolder`, which are removed before the disk is gone.
  const folder = mkdtempSync(path.join(tmpdir(), "tbuild-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", folder]);
  mounted.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(`${folder}/${name}`), { recursive: true });
    writeFileSync(`${folder}/${name}`, text);
  }
  return folder;
}

const isRoot = process.getuid?.() === 0;
// Only root may mount, and be somebody else.
const onDisk = isRoot ? test : test.skip;

onDisk("a full disk under `save --to` leaves no archive, and is told", async () => {
  const folder = folderWith(targets, { "ctx/Dockerfile": onBase() });
  const disk = smallDisk({ "dist/older.tar": "older" });
  await tbuild(folder, ["web"]);
  const { exitCode, said } = await refusal(folder, ["save", "--to", `${disk}/dist`]);
  expect({ exitCode, said: said.replaceAll(disk, "$DISK") }).toEqual(
    refused(
      3,
      `
save: started, never made
save: failed after N s: cannot write to \`$DISK/dist\`: no space is left (2/2)

error: target \`save\` failed: cannot write to \`$DISK/dist\`: no space is left
log: .tbuild/logs/save.log
again: tbuild save --to $DISK/dist

failed 1, fresh 1 in N s
`,
    ),
  );
  expect(readdirSync(`${disk}/dist`)).toEqual(["older.tar"]);
});

onDisk("a full disk under the workspace is told, and what is on it still stands", async () => {
  const disk = smallDisk({ "targets.yaml": targets.slice(1), "note.txt": "mine" });
  mkdirSync(`${disk}/.tbuild/logs`, { recursive: true });
  fill(`${disk}/full`);
  const folder = disk;
  expect(await refusal(folder, ["note"])).toEqual(
    refused(
      3,
      `
error: cannot write \`$W/.tbuild\`: no space is left
hint: free the disk, or make the workspace writable
`,
    ),
  );
});

onDisk("a full disk costs the log of the run, and not the run", async () => {
  const folder = folderWith(targets);
  const disk = smallDisk();
  fill(`${disk}/full`);
  mkdirSync(`${folder}/.tbuild`);
  symlinkSync(disk, `${folder}/.tbuild/runs`);
  const { exitCode, finished } = await build(folder, ["note"]);
  expect({ exitCode, finished }).toMatchObject({ exitCode: 0, finished: { built: 1 } });
});

onDisk("a workspace that cannot be written is told", async () => {
  const disk = smallDisk({ "targets.yaml": targets.slice(1) });
  execFileSync("mount", ["-o", "remount,ro", disk]);
  expect(await refusal(disk, ["note"])).toEqual(
    refused(
      3,
      `
error: cannot write \`$W/.tbuild\`: the file system is read-only
hint: free the disk, or make the workspace writable
`,
    ),
  );
});

onDisk("a place of archives that cannot be written is told", async () => {
  const folder = folderWith(targets, { "ctx/Dockerfile": onBase(), file: "" });
  const disk = smallDisk();
  execFileSync("mount", ["-o", "remount,ro", disk]);
  await tbuild(folder, ["web"]);
  const reasons = [
    [`${disk}/dist`, "the file system is read-only"],
    ["/proc/nope", "no folder can be made there"],
    ["file", "it is a file"],
    ["file/below", "a part of the path is a file"],
  ] as const;
  for (const [to, why] of reasons) {
    const { exitCode, said } = await refusal(folder, ["save", "--to", to]);
    expect(exitCode).toBe(3);
    expect(said.split("\n")).toContain(
      `error: target \`save\` failed: cannot write to \`${to}\`: ${why}`,
    );
  }
});

test("a file in the place of the state folder is told, and kept", async () => {
  const folder = folderWith(targets, { ".tbuild": "mine" });
  const answer = refused(
    3,
    `
error: cannot write \`$W/.tbuild\`: it is no folder
hint: move it away: tbuild keeps its records there
`,
  );
  expect(await refusal(folder, ["note"])).toEqual(answer);
  expect(await refusal(folder, ["note", "--dry-run"])).toEqual(answer);
});

onDisk("a workspace that belongs to somebody else is told", async () => {
  const folder = folderWith(targets);
  chmodSync(folder, 0o755);
  expect(await refusal(folder, ["note"], { uid: 65534 })).toEqual(
    refused(
      3,
      `
error: cannot write \`$W/.tbuild\`: permission denied
hint: free the disk, or make the workspace writable
`,
    ),
  );
});

onDisk("a socket that is not ours to use is told with what to do", async () => {
  const folder = folderWith(targets, { "ctx/Dockerfile": onBase() });
  chownSync(folder, 65534, 65534);
  const sockets = temporaryFolder();
  const socket = `unix://${sockets}/docker.sock`;
  execFileSync("perl", [
    "-MIO::Socket::UNIX",
    "-e",
    `IO::Socket::UNIX->new(Local => "${sockets}/docker.sock", Listen => 1)`,
  ]);
  chmodSync(`${sockets}/docker.sock`, 0o600);
  chmodSync(sockets, 0o755);
  const run = { uid: 65534, env: { DOCKER_HOST: socket } };
  const { exitCode, said } = await refusal(folder, ["web"], run);
  expect({ exitCode, said: said.replaceAll(sockets, "$S") }).toEqual(
    refused(
      3,
      `
web: started, never made
web: failed after N s: cannot reach the Docker Engine at unix://$S/docker.sock: permission denied (1/1)

error: target \`web\` failed: cannot reach the Docker Engine at unix://$S/docker.sock: permission denied
hint: add your user to the \`docker\` group, or set DOCKER_HOST
log: .tbuild/logs/web.log
again: tbuild web

failed 1 in N s
`,
    ),
  );
});

/** Leaves not one block free. */
function fill(file: string): void {
  for (let size = 128 * 1024; size >= 1; size = size > 4096 ? size - 4096 : size >> 1) {
    try {
      writeFileSync(file, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
