import { mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Parser } from "tar";
import { packFiles } from "../../src/docker/pack-context.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tbuild-pack-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function file(name: string, content: string | Buffer = name) {
  const source = join(folder, name.replaceAll("/", "_").slice(0, 200));
  await writeFile(source, content);
  return { name, source };
}

interface Unpacked {
  readonly path: string;
  readonly type: string;
  readonly mode: number | undefined;
  readonly content: string;
  readonly linkpath?: string;
}

/** Reads a tar with the `tar` package, whose reader is independent of what is tested. */
async function unpack(stream: Readable): Promise<Unpacked[]> {
  const entries: Unpacked[] = [];
  const parser = new Parser({ strict: true });
  parser.on("entry", (entry) => {
    const chunks: Buffer[] = [];
    entry.on("data", (chunk: Buffer) => chunks.push(chunk));
    entry.on("end", () => {
      const { path, type, mode, linkpath, uid, gid, mtime } = entry;
      expect({ uid, gid, mtime }).toEqual({ uid: 0, gid: 0, mtime: new Date(0) });
      const content = Buffer.concat(chunks).toString();
      entries.push({ path, type, mode, content, ...(linkpath ? { linkpath } : {}) });
    });
  });
  parser.end(await buffer(stream));
  return entries;
}

async function problemOf(stream: Readable) {
  const error = await buffer(stream).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostic;
}

test("files come sorted, below entries for their folders", async () => {
  const files = [await file("b/c/two"), await file("b-a"), await file("a")];
  const entries = await unpack(packFiles(files));
  expect(entries.map(({ path, type, content }) => [path, type, content])).toEqual([
    ["a", "File", "a"],
    ["b-a", "File", "b-a"],
    ["b/", "Directory", ""],
    ["b/c/", "Directory", ""],
    ["b/c/two", "File", "b/c/two"],
  ]);
});

test("the same files give the same bytes, whatever their order, times and further modes", async () => {
  const [one, two] = [await file("one"), await file("two")];
  const before = await buffer(packFiles([one, two]));
  await writeFile(one.source, "one");
  await chmod(two.source, 0o600);
  expect((await buffer(packFiles([two, one]))).equals(before)).toBe(true);
});

test("modes are those of files, programs and folders, nothing between", async () => {
  const [plain, program] = [await file("plain"), await file("program")];
  await chmod(plain.source, 0o666);
  await chmod(program.source, 0o700);
  await mkdir(join(folder, "empty"));
  const empty = { name: "empty", source: join(folder, "empty") };
  const entries = await unpack(packFiles([plain, program, empty]));
  expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
    ["empty/", 0o755],
    ["plain", 0o644],
    ["program", 0o755],
  ]);
});

test("a symbolic link stays one, also when it leads nowhere", async () => {
  const source = join(folder, "link");
  await symlink("../nowhere", source);
  const [link] = await unpack(packFiles([{ name: "link", source }]));
  expect(link).toMatchObject({ path: "link", type: "SymbolicLink", linkpath: "../nowhere" });
});

test("names that are long or not ASCII survive", async () => {
  const names = ["grüße/ß", `${"long/".repeat(60)}${"n".repeat(150)}`, "x".repeat(120)];
  const files = await Promise.all(names.map((name) => file(name, "content")));
  const entries = await unpack(packFiles(files));
  const found = entries.filter(({ type }) => type === "File").map(({ path }) => path);
  expect(found).toEqual([...names].sort());
});

test("large files come whole, with what follows them in place", async () => {
  const content = Buffer.alloc(3_000_001, "tbuild");
  const files = [
    await file("large", content),
    await file("middle", content.subarray(0, 64 * 1024)),
  ];
  const [large, middle, last] = await unpack(packFiles([...files, await file("small")]));
  expect(large?.content).toBe(content.toString());
  expect(middle?.content).toHaveLength(64 * 1024);
  expect(last?.content).toBe("small");
});

test("an empty file and no files at all make archives", async () => {
  expect(await unpack(packFiles([await file("empty", "")]))).toHaveLength(1);
  expect(await buffer(packFiles([]))).toEqual(Buffer.alloc(1024));
});

test("a context begins with its root, whatever the first name needs", async () => {
  const bytes = await buffer(packFiles([await file("é".repeat(60))], { root: true }));
  expect(bytes.subarray(0, 3).toString()).toBe("./\0");
});

test("of two files with one name the later one wins", async () => {
  const [old, later] = [await file("old"), await file("later")];
  const entries = await unpack(packFiles([old, { ...later, name: "old" }]));
  expect(entries.map(({ content }) => content)).toEqual(["later"]);
});

test("a file of more than 8 GiB is announced with its size", async () => {
  const huge = await file("huge", "");
  await truncate(huge.source, 9 * 2 ** 30); // sparse: takes no space
  const stream = packFiles([huge]);
  for await (const chunk of stream) {
    expect(chunk.subarray(0, 1024).toString()).toContain(" size=9663676416\n");
    break;
  }
  expect(stream.destroyed).toBe(true);
});

test("a file that vanished is named", async () => {
  const source = join(folder, "gone");
  expect(await problemOf(packFiles([{ name: "lib/gone", source }]))).toEqual({
    code: "file-changed",
    blame: "target",
    message: "file `lib/gone` vanished while it was packed",
    hint: `find out what else writes \`${source}\` during the build`,
  });
});

test("a file that shrank is named, with both sizes", async () => {
  const size = 4 * 2 ** 20;
  const shrinking = await file("shrinking", Buffer.alloc(size));
  const stream = packFiles([shrinking]);
  const chunks = (async () => {
    // The first chunk is read before the file is cut, the last one long after.
    for await (const _ of stream) await truncate(shrinking.source, 2 ** 20);
  })();
  await expect(chunks).rejects.toThrow(
    /^file `shrinking` shrank while it was packed: expected 4194304 bytes, found \d+$/,
  );
});

test("what is no file is named", async () => {
  const source = join(folder, "socket");
  const server = createServer().listen(source);
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { code, message } = await problemOf(packFiles([{ name: "a/socket", source }]));
    expect(code).toBe("file-unreadable");
    expect(message).toBe("cannot read file `a/socket`: it is a socket");
  } finally {
    server.close();
  }
});
