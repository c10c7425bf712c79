/** Every build tells of a push that was cut off, whether or not it has anything to do. */
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../src/cli/run-command.ts";
import { BurstJournals } from "../../src/store/burst-journals.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const move = { repository: "team/web", tag: "1", new: `sha256:${"a".repeat(64)}` } as const;
const warning =
  "warning: a push to r.example was cut off at its tag: complete it with `tbuild push`";

function cutOff(): string {
  const folder = temporaryFolder({
    "targets.yaml": 'targets:\n  it: { run: "echo > it", outputs: [it] }\n',
  });
  new BurstJournals(`${folder}/.tbuild`, "tbuild push").begin("r.example", [move]).leave();
  return folder;
}

async function warnings(folder: string, ...argv: readonly string[]): Promise<readonly string[]> {
  const place = fakeSurroundings(folder, { environment: { PATH: process.env["PATH"] } });
  expect(await runCommand(argv, place)).toBe(0);
  return (place.out.text + place.err.text).split("\n").filter((line) => line.includes("r.example"));
}

test("a build that makes something, one without changes and a dry run warn in one line", async () => {
  const folder = cutOff();
  expect(await warnings(folder, "it")).toEqual([warning]);
  expect(await warnings(folder, "it")).toEqual([warning]);
  expect(await warnings(folder, "it")).toEqual([warning]);
  expect(await warnings(folder, "it", "--dry-run")).toEqual([warning]);
  expect(await warnings(folder, "it", "--quiet")).toEqual([warning]);
});

test("a damaged record is told once by builds, which keep it aside", async () => {
  const folder = cutOff();
  const bursts = path.join(folder, ".tbuild/bursts");
  const [name = ""] = readdirSync(bursts);
  writeFileSync(path.join(bursts, name), "half of");
  const aside = `.tbuild/bursts/${name}.damaged`;
  expect(await warnings(folder, "it")).toEqual([
    `warning: the record of a push to r.example that was cut off is damaged, and nothing is done by it: see \`${aside}\`, and push again`,
  ]);
  expect(await warnings(folder, "it")).toEqual([]);
});
