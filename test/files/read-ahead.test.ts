import {
  appendFileSync,
  chmodSync,
  linkSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import { FileDigests } from "../../src/files/digests.ts";
import { hashInParallel } from "../../src/files/hash-in-parallel.ts";
import { workerText } from "../../src/files/hash-worker.ts";
import { Looks } from "../../src/files/looks.ts";
import { WorkspaceFiles } from "../../src/files/workspace-files.ts";
import { Random } from "../random/random-numbers.ts";
import { temporaryFolder } from "../support/folder.ts";

const never = new AbortController().signal;
const large = 80_000_000;

/** A file without content on the disk, large enough to be worth a thread. */
function sparse(folder: string, name: string, size = large): string {
  const file = path.join(folder, name);
  appendFileSync(file, name);
  truncateSync(file, size);
  return file;
}

/** By this process. */
const bytesRead = (): number =>
  Number(/^rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const ahead = (digests: FileDigests, files: readonly string[], signal = never) =>
  digests.readAhead(files, signal) ?? Promise.reject(new Error("nothing was read ahead"));

test.each([1, 2, 3])(
  "files of a random tree get the digests that one thread takes (seed %i)",
  async (seed) => {
    const random = new Random(seed);
    const files: Record<string, string> = {};
    for (let count = 0; count < 60; count++) {
      files[`${random.below(4)}/${random.below(4)}/${count}`] = `${seed}`.repeat(
        random.below(9_000),
      );
    }
    const folder = temporaryFolder(files);
    for (const name of Object.keys(files)) {
      const file = path.join(folder, name);
      if (random.below(4) === 0) chmodSync(file, 0o755);
      if (random.below(6) === 0)
        symlinkSync(random.below(2) === 0 ? file : "nowhere", `${file}.link`);
      if (random.below(6) === 0) linkSync(file, `${file}.same`);
    }
    sparse(folder, "large");
    const all = new WorkspaceFiles(folder, new FileDigests()).list("");
    const digests = new FileDigests();
    await ahead(
      digests,
      all.map((name) => path.join(folder, name)),
    );
    const alone = new FileDigests();
    for (const name of all) {
      const file = path.join(folder, name);
      expect([name, digests.file(file)]).toEqual([name, alone.file(file)]);
    }
    expect(digests.tree(folder)).toBe(alone.tree(folder));
  },
);

test("little is not read ahead, nor is what is remembered", async () => {
  const folder = temporaryFolder({ small: "x" });
  const digests = new FileDigests();
  expect(digests.readAhead([path.join(folder, "small")], never)).toBeUndefined();
  const file = sparse(folder, "large");
  utimesSync(file, 1, 1);
  const { ctimeMs } = statSync(file);
  await until(() => Date.now() > ctimeMs + 30);
  await ahead(digests, [file]);
  digests.file(file);
  expect(digests.readAhead([file], never)).toBeUndefined();
});

test("what was read ahead is not read again, and what changed since is", async () => {
  const folder = temporaryFolder();
  const [one, two] = [sparse(folder, "one"), sparse(folder, "two")];
  const digests = new FileDigests();
  await ahead(digests, [one, two]);
  appendFileSync(two, "more");
  const before = bytesRead();
  digests.file(one);
  expect(bytesRead() - before).toBeLessThan(large);
  expect(digests.file(two)).toBe(new FileDigests().file(two));
});

test("a file changed too lately to show an edit by its times is not remembered, read ahead or not", async () => {
  const folder = temporaryFolder();
  const file = sparse(folder, "new");
  const future = Date.now() / 1000 + 60;
  utimesSync(file, future, future);
  const remembered = new Map();
  const looks = new Looks();
  const digests = new FileDigests(remembered, looks);
  await ahead(digests, [file]);
  digests.file(file);
  expect(remembered.size).toBe(0);
  expect(looks.of(file)).toEqual({ self: "unsettled" });
});

test("a file that changes while a thread reads it is left to whoever asks", async () => {
  const folder = temporaryFolder();
  const file = sparse(folder, "changing", 2_000_000_000);
  const hashed = hashInParallel([{ path: file, size: large }], { count: 1, signal: never });
  await changing(file, hashed);
  expect(await hashed).toEqual([]);
});

/** Goes on changing it until it has been read. */
async function changing(file: string, read: Promise<unknown>): Promise<void> {
  let isRead = false;
  void read.then(() => {
    isRead = true;
  });
  for (let time = 1; !isRead; time++) {
    utimesSync(file, time, time);
    truncateSync(file, Math.max(1, 150_000_000 - time));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what a thread that dies had in hand is left to whoever asks, and the others go on", async () => {
  const folder = temporaryFolder();
  const files = Array.from({ length: 6 }, (_, index) => ({
    path: sparse(folder, `${index}`, 5_000_000),
    size: 5_000_000,
  }));
  const text = `const { threadId } = require("node:worker_threads");
require("node:worker_threads").parentPort.once("message", ([path]) => {
  if (path.endsWith("/0")) process.exit(1);
});
${workerText()}`;
  const found = await hashInParallel(files, { count: 2, signal: never, text });
  const names = found.map((file) => path.basename(file.path)).sort();
  expect(names).toEqual(["1", "2", "3", "4", "5"]);
});

test("a file that is gone or cannot be read is left to whoever asks", async () => {
  const folder = temporaryFolder({ "folder/": "" });
  const there = sparse(folder, "there");
  const files = ["gone", "folder", "there"].map((name) => ({
    path: path.join(folder, name),
    size: 1,
  }));
  const found = await hashInParallel(files, { count: 2, signal: never });
  expect(found.map((file) => file.path)).toEqual([there]);
});

test("cancelled in the middle of a file that would take minutes, it ends", async () => {
  const folder = temporaryFolder();
  const file = sparse(folder, "huge", 200_000_000_000);
  const abort = new AbortController();
  const end = ahead(new FileDigests(), [file], abort.signal);
  const before = bytesRead();
  await until(() => bytesRead() > before + large);
  abort.abort();
  await expect(end).rejects.toMatchObject({ name: "AbortError" });
});
