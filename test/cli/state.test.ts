import { runCommand } from "../../src/cli/run-command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const files = {
  "targets.yaml": "limits: { traces: 64 MB, runs: 1.5 MB }\ntargets: {}\n",
  ".tbuild/.gitignore": "*\n",
  ".tbuild/workspace": "0123456789abcdef\n",
  ".tbuild/logs/a.log": "x".repeat(1200),
  ".tbuild/logs/b.log": "x".repeat(300),
  ".tbuild/logs.size": "1500\n",
  ".tbuild/traces": "x".repeat(12_000),
  ".tbuild/digests": "x".repeat(90),
  ".tbuild/digests.recent": "x".repeat(10),
  ".tbuild/runs/one.ndjson": "x",
  ".tbuild/out/a/deep/file": "x".repeat(3000),
};

async function state(folder: string, argv: readonly string[] = [], environment = {}) {
  const place = fakeSurroundings(folder, { environment });
  const code = await runCommand(["state", ...argv], place);
  return { code, lines: place.out.lines, errors: place.err.lines };
}

test("tells what is kept between runs, how large it is, and what its limit is", async () => {
  const { code, lines } = await state(temporaryFolder(files));
  expect(code).toBe(0);
  expect(lines).toEqual([
    "digests   100 B of 64 MB   2 files",
    "logs     1.5 kB of 256 MB  3 files",
    "out      3.0 kB            artifacts of targets that name no place for them",
    "runs        1 B of 1.5 MB  1 file",
    "traces    12 kB of 64 MB   1 file",
  ]);
});

test("knows the limits of the machine", async () => {
  const { lines } = await state(temporaryFolder(files), [], { TBUILD_LIMITS: "traces: 1 GB" });
  expect(lines.at(-1)).toBe("traces    12 kB of 1 GB    1 file");
  const wrong = await state(temporaryFolder(files), [], { TBUILD_LIMITS: "traces: x" });
  expect(wrong.code).toBe(2);
  expect(wrong.errors[0]).toBe("error: expected a size for `traces` of `TBUILD_LIMITS`, found `x`");
});

test("tells programs all of it", async () => {
  const { lines } = await state(temporaryFolder(files), ["--log", "json"]);
  expect(lines.map((line) => JSON.parse(line))).toContainEqual({
    kind: "state",
    name: "traces",
    bytes: 12_000,
    files: 1,
    limit: 64_000_000,
  });
});

test("in a workspace that was never built there is nothing", async () => {
  const { code, lines } = await state(temporaryFolder({ "targets.yaml": "targets: {}\n" }));
  expect([code, lines]).toEqual([0, []]);
});
