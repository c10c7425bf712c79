import { runCommand } from "../../src/cli/run-command.ts";
import { BurstJournals } from "../../src/store/burst-journals.ts";
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
  ".tbuild/keep/a/cache": "x".repeat(40),
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
    "keep       40 B of 10 GB   1 file",
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

describe("a push that was cut off among its tags", () => {
  const move = { repository: "team/web", tag: "1", new: `sha256:${"a".repeat(64)}` } as const;

  function cutOff(): string {
    const folder = temporaryFolder({ "targets.yaml": "targets: {}\n" });
    const journals = new BurstJournals(`${folder}/.tbuild`, "tbuild push --registry r.example/t");
    journals.begin("r.example", [move, { ...move, tag: "latest" }]).leave();
    journals.begin("127.0.0.1:5000", [move]).leave();
    return folder;
  }

  test("is warned of in one line each, with the command that completes it", async () => {
    const { code, errors } = await state(cutOff());
    expect(code).toBe(0);
    expect(errors).toEqual([
      "warning: a push to 127.0.0.1:5000 was cut off at its tag: complete it with `tbuild push --registry r.example/t`",
      "warning: a push to r.example was cut off among its 2 tags: complete it with `tbuild push --registry r.example/t`",
    ]);
  });

  test("is told to programs", async () => {
    const { lines } = await state(cutOff(), ["--log", "json"]);
    expect(lines.map((line) => JSON.parse(line)).at(-1)).toMatchObject({
      kind: "warning",
      problem: { code: "push-unfinished" },
    });
  });

  test("is told to be damaged where it is, and its record is not touched", async () => {
    const folder = temporaryFolder({
      "targets.yaml": "targets: {}\n",
      ".tbuild/bursts/r.example@0123456789ab": "half of",
    });
    for (const _ of [1, 2]) {
      const { errors } = await state(folder);
      expect(errors).toEqual([
        "warning: the record of a push to r.example that was cut off is damaged, and nothing is done by it: see `.tbuild/bursts/r.example@0123456789ab`, and push again",
      ]);
    }
  });
});
