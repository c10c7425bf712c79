import { EventReader } from "../../src/page/api/sse.ts";
import { compareTags, compareTargets } from "../../src/page/compare-runs.ts";
import { ticksOf } from "../../src/page/parts/ticks.ts";
import { readParameters } from "../../src/page/read-parameters.ts";
import { paths, viewOf } from "../../src/page/routes.ts";
import type { RunTarget } from "../../src/server/records/run.ts";

const stream =
  'retry: 2000\r\n\r\n: alive\n\nid: 7\nevent: run-changed\ndata: {"a":\ndata: 1}\n\ndata: x\n\n';

test.each([1, 2, 3, 7, 1000])(
  "events are read from pieces of %i characters as from one",
  (size) => {
    const reader = new EventReader();
    const events = [];
    for (let at = 0; at < stream.length; at += size) {
      events.push(...reader.take(stream.slice(at, at + size)));
    }
    expect(events).toEqual([
      { id: "7", name: "run-changed", data: '{"a":\n1}' },
      { id: "7", name: "message", data: "x" },
    ]);
  },
);

test.each([
  [0.04, [0]],
  [1.8, [0, 0.5, 1, 1.5]],
  [47, [0, 10, 20, 30, 40]],
  [600, [0, 120, 240, 360, 480, 600]],
  [100_000, [0, 18_000, 36_000, 54_000, 72_000, 90_000]],
])("a timeline of %d s has marks at seconds that people count in", (seconds, ticks) => {
  expect(ticksOf(seconds)).toEqual(ticks);
});

const target = (name: string, state: RunTarget["state"], seconds?: number): RunTarget => ({
  name,
  title: name,
  rule: "run",
  state,
  needs: [],
  ...(seconds !== undefined && { seconds }),
});

test("two runs differ target by target", () => {
  const before = [
    target("a", "built", 2),
    target("b", "built"),
    target("c", "fresh"),
    target("d", "failed"),
    target("e", "fresh"),
    target("f", "built"),
    target("g", "fresh"),
  ];
  const after = [
    target("a", "built", 3.5),
    target("b", "fresh"),
    target("c", "restored"),
    target("d", "built"),
    target("e", "failed"),
    target("g", "fresh"),
    target("h", "skipped"),
  ];
  const compared = compareTargets(before, after);
  expect(compared.map(({ name, difference }) => `${name} ${difference}`)).toEqual([
    "a made-again",
    "b now-fresh",
    "c now-made",
    "d mended",
    "e now-failed",
    "g both-fresh",
    "h new",
    "f gone",
  ]);
  expect(compared[0]?.slower).toBe(1.5);
});

test("tags differ where their digests do", () => {
  const tag = (reference: string, digest: string) => ({
    reference,
    digest: `sha256:${digest}` as const,
  });
  expect(
    compareTags(
      [tag("x:1", "a"), tag("x:2", "b"), tag("x:3", "c")],
      [tag("x:2", "b"), tag("x:3", "d"), tag("x:4", "e")],
    ),
  ).toEqual([
    { reference: "x:1", before: "sha256:a" },
    { reference: "x:3", before: "sha256:c", after: "sha256:d" },
    { reference: "x:4", after: "sha256:e" },
  ]);
});

test("parameters are read one a line, and the first line that is none is told", () => {
  expect(readParameters("version=1=2\n\n  name =\n")).toEqual({
    ok: true,
    values: { version: "1=2", name: "" },
  });
  expect(readParameters("version=1\nwhat is this")).toEqual({ ok: false, line: "what is this" });
});

test("the address of a view leads to it, whatever its names hold", () => {
  const at = (address: string) => viewOf(new URL(address, "http://localhost"));
  expect(at(paths.log("R-1", "images[a/b&c]#?"))).toEqual({
    kind: "log",
    run: "R-1",
    target: "images[a/b&c]#?",
  });
  expect(at(`${paths.log("R-1")}#L12`)).toEqual({ kind: "log", run: "R-1", line: 12 });
  expect(at(paths.runs({ repository: "a b", state: "failed" }))).toEqual({
    kind: "runs",
    filter: { repository: "a b", branch: "", state: "failed", before: "" },
  });
  expect(at(paths.diff("A", "B"))).toEqual({ kind: "diff", from: "A", to: "B" });
  expect(at("/nowhere")).toEqual({ kind: "unknown" });
});

test.each(["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
  "signing in does not lead to %s",
  (back) => {
    expect(viewOf(new URL(paths.signIn(back), "http://localhost"))).toEqual({
      kind: "sign-in",
      back: "/",
    });
  },
);
