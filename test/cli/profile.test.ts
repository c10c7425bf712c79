import { existsSync, readFileSync } from "node:fs";
import { runCommand } from "../../src/cli/run-command.ts";
import type { Profile } from "../../src/report/trace-event.ts";
import { temporaryFolder } from "../support/folder.ts";
import { lastRun } from "../support/run-logs.ts";
import { faults, sliceOf } from "../support/trace-checks.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const targets = `targets:
  made: { run: "echo hello > made.txt", outputs: [made.txt] }
  copy: { run: "cp made.txt copy.txt", inputs: [{ target: made }], outputs: [copy.txt] }
  broken: { run: "exit 3", needs: [made] }
`;

const workspace = () => temporaryFolder({ "targets.yaml": targets, "sub/": "" });

async function run(folder: string, ...argv: string[]) {
  const place = fakeSurroundings(folder);
  const exitCode = await runCommand(argv, place);
  return { exitCode, out: place.out.lines, err: place.err.lines };
}

const read = (file: string): Profile => JSON.parse(readFileSync(file, "utf8"));

test("a profile shows what ran, and is as the format has it", async () => {
  const folder = workspace();
  expect((await run(folder, "copy", "--profile", "trace.json")).exitCode).toBe(0);
  const profile = read(`${folder}/trace.json`);
  expect(faults(profile)).toEqual([]);
  expect(sliceOf(profile, "made").args).toMatchObject({ rule: "run", why: "never made" });
  const order = ["made", "copy"].map((target) => sliceOf(profile, target).ts);
  expect(order[0]).toBeLessThan(order[1] ?? 0);
  expect(profile.traceEvents.filter(({ ph }) => ph === "s")).toHaveLength(1);
});

test("its path starts where the command was typed, or where `-C` says", async () => {
  const folder = workspace();
  await run(`${folder}/sub`, "made", "--profile=here.json");
  await run("/", "-C", `${folder}/sub`, "made", "--profile", "../there.json");
  expect(existsSync(`${folder}/sub/here.json`)).toBe(true);
  expect(existsSync(`${folder}/there.json`)).toBe(true);
});

test("a failed build has a profile too", async () => {
  const folder = workspace();
  expect((await run(folder, "broken", "--profile", "trace.json")).exitCode).toBe(1);
  const profile = read(`${folder}/trace.json`);
  expect(faults(profile)).toEqual([]);
  expect(sliceOf(profile, "broken").args).toMatchObject({ outcome: "failed" });
});

test.each([
  ["in a folder that is not there", "no/trace.json", "there is no such folder"],
  ["that is a folder", "sub", "it is a folder"],
])("a file %s is told before anything runs", async (_, file, why) => {
  const folder = workspace();
  expect(await run(folder, "made", "--profile", file)).toEqual({
    exitCode: 3,
    out: [],
    err: [
      `error: cannot write the profile \`${folder}/${file}\`: ${why}`,
      "hint: name another file with `--profile`",
    ],
  });
  expect(existsSync(`${folder}/made.txt`)).toBe(false);
  expect(existsSync(`${folder}/.tbuild`)).toBe(false);
});

test.each([
  ["profile", "profile"],
  ["junit", "JUnit report"],
])("a watch has no `--%s`", async (option, what) => {
  const folder = workspace();
  expect(await run(folder, "watch", "made", `--${option}`, "x")).toEqual({
    exitCode: 2,
    out: [],
    err: [
      `error: \`--${option}\` is of one build, and \`tbuild watch\` runs many`,
      `hint: leave \`watch\` out for the ${what} of one build`,
    ],
  });
});

test("each file that cannot be written is told by its option", async () => {
  const folder = workspace();
  const files = ["--profile", "no/trace.json", "--junit", "sub"];
  expect((await run(folder, "made", ...files)).err).toEqual([
    `error: cannot write the profile \`${folder}/no/trace.json\`: there is no such folder`,
    "hint: name another file with `--profile`",
    `error: cannot write the JUnit report \`${folder}/sub\`: it is a folder`,
    "hint: name another file with `--junit`",
  ]);
});

test("a disk that fills up meanwhile is told at the end, and the build stands", async () => {
  const folder = workspace();
  const { exitCode, out, err } = await run(folder, "made", "--profile", "/dev/full");
  expect({ exitCode, out }).toEqual({ exitCode: 3, out: [] });
  expect(err.slice(-2)).toEqual([
    "error: cannot write the profile `/dev/full`: no space is left",
    "hint: name another file with `--profile`",
  ]);
  expect(lastRun(folder).at(-1)).toMatchObject({ built: 1 });
});

test("a dry run has none", async () => {
  const folder = workspace();
  expect(await run(folder, "made", "-n", "--profile", "trace.json")).toEqual({
    exitCode: 2,
    out: [],
    err: ["error: options `--dry-run` and `--profile` contradict each other"],
  });
  expect(existsSync(`${folder}/trace.json`)).toBe(false);
});

test("an earlier profile stays when the command line is wrong", async () => {
  const folder = workspace();
  await run(folder, "made", "--profile", "trace.json");
  const before = readFileSync(`${folder}/trace.json`, "utf8");
  await run(folder, "mode", "--profile", "trace.json");
  expect(readFileSync(`${folder}/trace.json`, "utf8")).toBe(before);
});
