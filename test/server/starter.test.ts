/** Programs of the server, started by itself and by its starter: they are seen in the same way. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { gitFor } from "../../src/server/git/git-program.ts";
import {
  endProgram,
  type ProgramRequest,
  type StartProgram,
  startHere,
} from "../../src/server/programs/program.ts";
import { Starter } from "../../src/server/programs/starter.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
const file = path.join(folder, "starter.mjs");
const socket = path.join(folder, "socket");

beforeAll(async () => {
  const source = "../../src/server/programs/starter-process.ts";
  await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile: file,
    ...{ bundle: true, format: "esm", platform: "node", logLevel: "warning" },
  });
});

let starter: Starter;

beforeEach(async () => {
  const opened = await Starter.open(file, socket);
  if (opened === undefined) throw new Error("there is no starter");
  starter = opened;
});
afterEach(() => starter.close());

const requestOf = (argv: readonly string[], more: Partial<ProgramRequest> = {}) => ({
  ...{ argv, environment: { PATH: process.env["PATH"] }, leadsGroup: true },
  ...more,
});

/** A shell that runs until it is ended, once it has begun. */
async function endless(start: StartProgram) {
  const program = await start(requestOf(["sh", "-c", "echo begun; exec sleep 1000"]));
  for await (const chunk of program.stdout.iterator({ destroyOnReturn: false })) {
    if (String(chunk).includes("begun")) break;
  }
  return program;
}

describe.each([
  ["the server", (): StartProgram => startHere],
  ["its starter", (): StartProgram => starter.start],
])("a program that is started by %s", (_, given) => {
  const run = async (request: ProgramRequest) => {
    const { stdout, stderr, ended } = await given()(request);
    const [out, err, end] = await Promise.all([text(stdout), text(stderr), ended]);
    return { out, err, end };
  };

  test("gets its words, folder, environment and input, and tells both streams and its exit code", async () => {
    const there = path.join(folder, "there");
    mkdirSync(there, { recursive: true });
    const script = 'pwd; echo "$1 $WORD"; cat; echo wrong >&2; exit 3';
    const request = requestOf(["sh", "-c", script, "sh", "a  b"], {
      folder: there,
      environment: { PATH: process.env["PATH"], WORD: "said" },
      input: "put in",
    });
    expect(await run(request)).toEqual({
      out: `${there}\na  b said\nput in`,
      err: "wrong\n",
      end: { kind: "exited", code: 3 },
    });
  });

  test("loses nothing where it says much and ends at once", async () => {
    const { out } = await run(requestOf(["sh", "-c", "seq 200000"]));
    expect(out.length).toBe(1_288_895);
  });

  test("that is not there has ended as one that was not started", async () => {
    expect(await run(requestOf([path.join(folder, "none")]))).toEqual({
      out: "",
      err: "",
      end: { kind: "not-started", why: "ENOENT" },
    });
  });

  test("leads a group where it should, and is ended by its number", async () => {
    const program = await endless(given());
    process.kill(-(program.pid as number), "SIGTERM");
    expect(await program.ended).toEqual({ kind: "signalled", by: "SIGTERM" });
  });
});

test("git whose streams ended before anybody looked at them has answered", async () => {
  const empty = async () => {
    const stream = Readable.from([]).resume();
    await once(stream, "end");
    return stream;
  };
  const start: StartProgram = async () => ({
    stdout: await empty(),
    stderr: await empty(),
    ended: Promise.resolve({ kind: "exited", code: 0 }),
  });
  const git = gitFor({ environment: {}, mark: {}, start });
  expect(await git(["version"], { signal: new AbortController().signal })).toEqual({
    ...{ ok: true, out: "", said: [] },
  });
});

test("forty programs at once each get their own output", async () => {
  const outputs = await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      const { stdout } = await starter.start(requestOf(["echo", String(at)]));
      return (await text(stdout)).trim();
    }),
  );
  expect(outputs).toEqual(Array.from({ length: 40 }, (_, at) => String(at)));
});

test("where the starter is killed what it ran ends, and the next program is started all the same", async () => {
  const program = await endless(starter.start);
  endProgram(starter.pid as number, "SIGKILL");
  expect(await program.ended).toEqual({
    kind: "not-started",
    why: "what starts programs has ended",
  });
  expect(await text(program.stdout)).toBe("");
  const next = await starter.start(requestOf(["echo", "again"]));
  expect(await text(next.stdout)).toBe("again\n");
});

test("what still runs ends with the starter", async () => {
  const program = await endless(starter.start);
  await starter.close();
  expect(await text(program.stdout)).toBe("");
});

test("whoever connects without the key is sent away", async () => {
  const stranger = connect(socket);
  stranger.write("0".repeat(43));
  expect(await text(stranger)).toBe("");
});

test("where the path is too long for a socket there is no starter", async () => {
  expect(await Starter.open(file, path.join(folder, "x".repeat(100)))).toBe(undefined);
});
