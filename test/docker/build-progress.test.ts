import { followBuild } from "../../src/docker/build-progress.ts";
import type { BuildStep } from "../../src/docker/docker.ts";
import { json, log, trace, transfer, vertex, warning } from "./build-stream.ts";

const make = { digest: "sha256:make", name: "[2/3] RUN make" };
const now = 1_700_000_000.25;

type Told = BuildStep | string | readonly (string | number)[];

/** Follows a response cut into pieces of `size` bytes. */
async function follow(response: string, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(response);
  const told: Told[] = [];
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const outcome = await followBuild(chunks(), {
    step: (step) => told.push(step),
    output: (line, step) => told.push(step === undefined ? line : `${step}: ${line}`),
    transfer: (...call) => told.push(call as (string | number)[]),
  });
  return { outcome, told };
}

test("a step is told when it starts and when it ends, with its time", async () => {
  const { told } = await follow(
    trace(vertex(make)) +
      trace(vertex({ ...make, started: now })) +
      trace(vertex({ ...make, started: now, completed: now + 1.5 })),
  );
  expect(told).toEqual([
    { id: "sha256:make", name: "[2/3] RUN make", state: "started" },
    { id: "sha256:make", name: "[2/3] RUN make", state: "done", seconds: 1.5 },
  ]);
});

test("a cached step is told once, as cached", async () => {
  const cached = vertex({ ...make, cached: true, started: now, completed: now });
  const { told } = await follow(trace(cached) + trace(cached));
  expect(told).toEqual([
    { id: "sha256:make", name: "[2/3] RUN make", state: "cached", seconds: 0 },
  ]);
});

test("a step that ran stays done when another one finds it in the cache", async () => {
  const times = { started: now, completed: now };
  const { told } = await follow(
    trace(vertex({ ...make, ...times })) + trace(vertex({ ...make, ...times, cached: true })),
  );
  expect(told.map((event) => (event as BuildStep).state)).toEqual(["started", "done"]);
});

test("characters and lines survive every way of cutting the response and the logs", async () => {
  const text = Buffer.from("größe: 5 €\nzwei\n");
  const pieces = [...text].map((byte) => trace(log("sha256:make", Uint8Array.of(byte))));
  const { told } = await follow(trace(vertex({ ...make, started: now })) + pieces.join(""), 7);
  expect(told.slice(1)).toEqual(["sha256:make: größe: 5 €", "sha256:make: zwei"]);
});

test("standard output and standard error keep their lines apart", async () => {
  const { told } = await follow(
    trace(log("sha256:make", "ou"), log("sha256:make", "err\n", 2), log("sha256:make", "t\n")),
  );
  expect(told).toEqual(["sha256:make: err", "sha256:make: out"]);
});

test("a line without an end is shown before the end of its step", async () => {
  const { told } = await follow(
    trace(vertex({ ...make, started: now })) +
      trace(vertex({ ...make, started: now, completed: now }), log("sha256:make", "last words")),
  );
  expect(told[1]).toBe("sha256:make: last words");
  expect((told[2] as BuildStep).state).toBe("done");
});

test("a line rewritten with carriage returns is shown as it ended", async () => {
  const { told } = await follow(trace(log("sha256:make", "10 %\r99 %\r100 %\r\n")));
  expect(told).toEqual(["sha256:make: 100 %"]);
});

test("transfers and warnings are passed on, parts of steps are not", async () => {
  const { told } = await follow(
    trace(
      transfer("sha256:make", "sha256:layer", 5, 10),
      transfer("sha256:make", "sha256:other", 5, 0),
      transfer("sha256:make", "naming to docker.io/a", 0, 0),
      warning("sha256:make", "use JSON"),
    ),
  );
  expect(told).toEqual([
    ["sha256:layer", 5, 10],
    ["sha256:other", 5],
    "sha256:make: warning: use JSON",
  ]);
});

test("a build that succeeds ends with the image ID", async () => {
  const { outcome } = await follow(json({ id: "moby.image.id", aux: { ID: "sha256:abc" } }));
  expect(outcome).toEqual({ imageId: "sha256:abc" });
});

test("of two steps with errors, the one that the engine names is the failed one", async () => {
  const other = { digest: "sha256:other", name: "[1/3] RUN sleep" };
  const times = { started: now, completed: now };
  const error = 'process "make" did not complete successfully: exit code: 2';
  const { outcome } = await follow(
    trace(vertex({ ...other, ...times, error: "exit code: 137: context canceled" })) +
      trace(log("sha256:make", "boom\n"), vertex({ ...make, ...times, error })) +
      json({ errorDetail: { message: `failed to solve: ${error}` }, error: "" }),
  );
  expect(outcome).toEqual({
    error: `failed to solve: ${error}`,
    failed: { name: "[2/3] RUN make", error, tail: ["boom"] },
  });
});

test("an error after which the build went on does not fail it", async () => {
  const { outcome } = await follow(
    trace(vertex({ ...make, started: now, completed: now, error: "no cache there" })) +
      json({ id: "moby.image.id", aux: { ID: "sha256:abc" } }),
  );
  expect(outcome).toEqual({ imageId: "sha256:abc" });
});

test("the last 20 lines of the failed step are kept, not those of others", async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join("");
  const { outcome } = await follow(
    trace(log("sha256:make", lines), log("sha256:other", "other\n")) +
      trace(vertex({ ...make, started: now, completed: now, error: "exit code: 1" })) +
      json({ error: "exit code: 1" }),
  );
  expect(outcome.failed?.tail).toHaveLength(20);
  expect(outcome.failed?.tail.at(0)).toBe("line 10");
  expect(outcome.failed?.tail.at(-1)).toBe("line 29");
});

test("messages of the classic form are understood", async () => {
  const { told, outcome } = await follow(
    json({ stream: "Step 1/2 : FROM a\n ---> 12" }) +
      json({ stream: "34\n" }) +
      json({ status: "Pulling from a", id: "latest" }) +
      json({ status: "Downloading", id: "layer", progressDetail: { current: 1, total: 2 } }) +
      json({ errorDetail: { message: "no such thing" }, error: "no such thing" }),
  );
  expect(told).toEqual([
    "Step 1/2 : FROM a",
    " ---> 1234",
    "latest: Pulling from a",
    ["layer", 1, 2],
  ]);
  expect(outcome).toEqual({ error: "no such thing" });
});

test("what is neither JSON nor protobuf is passed over", async () => {
  const garbage = '<html>\n\n[]\nnull\n7\n{"error":7,"aux":null}\n{';
  const noProtobuf = json({ id: "moby.buildkit.trace", aux: "////" });
  const { told, outcome } = await follow(
    `${noProtobuf}${garbage}\n${json({ id: "moby.image.id", aux: { ID: "sha256:abc" } })}`,
  );
  expect(told).toEqual([]);
  expect(outcome).toEqual({ imageId: "sha256:abc" });
});

test("lines that came before a broken connection are shown", async () => {
  const told: string[] = [];
  async function* broken() {
    yield Buffer.from(trace(log("sha256:make", "half a line")));
    throw new Error("gone");
  }
  const sink = { output: (line: string) => told.push(line), step: () => {} };
  await expect(followBuild(broken(), sink)).rejects.toThrow("gone");
  expect(told).toEqual(["half a line"]);
});
