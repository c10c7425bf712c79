import { mkdirSync, readFileSync } from "node:fs";
import { runCommand } from "../../src/cli/run-command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";
import { fleetFolder } from "./fleet.ts";

async function run(folder: string, ...argv: string[]) {
  const place = fakeSurroundings(folder);
  const exitCode = await runCommand(argv, place);
  return { exitCode, out: place.out.lines, err: place.err.lines };
}

test("the version of tbuild needs no target file", async () => {
  expect(await run("/", "--version")).toEqual({ exitCode: 0, out: ["1.2.3"], err: [] });
});

test("targets are listed on stdout with help, members and which is the default", async () => {
  expect(await run(fleetFolder(), "list")).toEqual({
    exitCode: 0,
    out: [
      "notes    What is new",
      "page[…]  One page a part  [left right]",
      "given",
      "all      (default)",
      "pack",
    ],
    err: [],
  });
});

test("targets are listed for programs", async () => {
  const { out } = await run(fleetFolder(), "list", "--log", "json");
  expect(JSON.parse(out[1] ?? "")).toEqual({
    kind: "target",
    name: "page",
    rule: "run",
    help: "One page a part",
    members: ["page[left]", "page[right]"],
    at: { file: "targets.yaml", line: 12, column: 3, length: 4 },
  });
});

test("the help of a target has its parameters with defaults and choices, and no others", async () => {
  const { exitCode, out } = await run(fleetFolder(), "page", "--help");
  expect(exitCode).toBe(0);
  expect(out.slice(0, 15)).toEqual([
    "tbuild page [options]",
    "",
    "page: One page a part",
    "Members: page[left] page[right]",
    "",
    "Parameters:",
    '      --version     Version of everything              [string] [default: "1.0"]',
    "      --os          Debian release",
    '                           [choices: "bookworm", "trixie"] [default: "bookworm"]',
    "      --docs        With documentation                                 [boolean]",
    "      --token-file  For the index; its file, or $FLEET_TOKEN            [string]",
    "",
    "Options:",
    "  -f, --file           Target file; else the nearest targets.yaml       [string]",
    "  -C, --directory      Folder to start in, for relative paths too       [string]",
  ]);
});

test("the general help is there without a target file, and lists the targets of one", async () => {
  const without = await run(temporaryFolder(), "--help");
  expect(without.exitCode).toBe(0);
  expect(without.out[0]).toBe("tbuild [targets…] [options]");
  const { out } = await run(fleetFolder(), "help");
  expect(out.slice(-7)).toEqual([
    "",
    "Targets of fleet, default all; `tbuild TARGET --help` shows their parameters:",
    "  notes  What is new",
    "  page   One page a part",
    "  given",
    "  all",
    "  pack",
  ]);
});

test("without a target file it is told where one was looked for", async () => {
  const folder = temporaryFolder();
  expect(await run(folder, "all")).toEqual({
    exitCode: 2,
    out: [],
    err: [
      `error: there is no \`targets.yaml\` in \`${folder}\` or above it`,
      "hint: go to a folder that has one, or name it with `--file`",
    ],
  });
  expect(await run(folder, "-C", "no/where")).toMatchObject({
    exitCode: 2,
    err: [`error: there is no folder \`${folder}/no/where\``],
  });
});

test("a problem in the target file is shown with its line, from below its folder too", async () => {
  const folder = temporaryFolder({ "targets.yaml": "targets:\n  api: { nedes: [base] }\n" });
  mkdirSync(`${folder}/sub`);
  const shown = {
    exitCode: 2,
    out: [],
    err: [
      "targets.yaml:2:10: error: a target has no key `nedes`",
      "    2 |   api: { nedes: [base] }",
      "      |          ^^^^^",
      "hint: did you mean `needs`?",
    ],
  };
  expect(await run(folder)).toEqual(shown);
  expect(await run(`${folder}/sub`)).toEqual(shown);
});

test("programs get problems as JSON, and `finished` as the last line", async () => {
  const last = '{"kind":"finished","built":0,"fresh":0,"failed":0,"skipped":0,"seconds":0}';
  expect(await run(fleetFolder(), "--log", "json", "--verison", "2")).toEqual({
    exitCode: 2,
    out: [
      '{"kind":"problem","problem":{"code":"unknown-option","blame":"usage","message":"there is no option `--verison`","hint":"did you mean `--version`?"}}',
      last,
    ],
    err: [],
  });
  expect(await run(fleetFolder(), "--jobs", "0", "--log=json")).toMatchObject({
    exitCode: 2,
    out: [expect.stringContaining("`--jobs`"), last],
    err: [],
  });
});

const small = `targets:
  made: { run: "echo hello > made.txt", outputs: [made.txt] }
  broken: { run: "echo what a pity >&2; exit 3", needs: [made] }
`;

test("a build tells what it made on stderr, and nothing on stdout", async () => {
  const folder = temporaryFolder({ "targets.yaml": small });
  const { exitCode, out, err } = await run(folder, "made");
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: [] });
  expect(err).toEqual([
    "made: started, never made",
    expect.stringMatching(/^made: built in \d\.\d s \(1\/1\)$/),
    expect.stringMatching(/^built 1 in \d\.\d s$/),
  ]);
  expect(readFileSync(`${folder}/made.txt`, "utf8")).toBe("hello\n");
  expect((await run(folder, "made")).err).toEqual(["the target is fresh"]);
});

test("a dry run of what is fresh says so too", async () => {
  const folder = temporaryFolder({ "targets.yaml": small });
  expect((await run(folder, "made", "-n")).out).toEqual(["made: would be built: never made"]);
  await run(folder, "made");
  expect(await run(folder, "made", "-n")).toEqual({
    exitCode: 0,
    out: [],
    err: ["the target is fresh"],
  });
});

test("a target that fails ends with exit code 1, its output, its log and how to make it again", async () => {
  const folder = temporaryFolder({ "targets.yaml": small });
  const { exitCode, err } = await run(folder, "broken", "--no-fallback", "-k");
  expect(exitCode).toBe(1);
  expect(err).toContain("  what a pity");
  expect(err.slice(-4)).toEqual([
    "log: .tbuild/logs/broken.log",
    "again: tbuild broken --no-fallback",
    "",
    expect.stringMatching(/^failed 1, built 1 in \d\.\d s$/),
  ]);
});

test("paths on the command line start where `--directory` leads", async () => {
  const folder = temporaryFolder({
    "sub/targets.yaml":
      'params: { from: { type: path } }\ntargets:\n  copy: { run: "cat ${from} > x", outputs: [x] }\n',
    "sub/a.txt": "a",
  });
  await run(folder, "copy", "-C", "sub", "--from", "a.txt");
  expect(readFileSync(`${folder}/sub/x`, "utf8")).toBe("a");
});

test("a secret is shown by no reporter", async () => {
  const folder = temporaryFolder({
    "targets.yaml":
      'params: { token: { type: secret } }\ntargets:\n  leak: { run: "echo got $TOKEN; exit 1", secrets: { TOKEN: "${token}" } }\n',
    token: "correct-horse\n",
  });
  for (const log of ["plain", "pretty", "json"]) {
    const { out, err } = await run(
      folder,
      "leak",
      "--token-file",
      "token",
      "--log",
      log,
      "--verbose",
    );
    const all = [...out, ...err].join("\n");
    expect(all).toContain("got ***");
    expect(all).not.toContain("correct-horse");
  }
  expect(readFileSync(`${folder}/.tbuild/logs/leak.log`, "utf8")).not.toContain("correct-horse");
});
