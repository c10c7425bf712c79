import { lstatSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../src/cli/run-command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const targets = `targets:
  made: { run: "cat in > made.txt", inputs: [in], outputs: [made.txt] }
  copy: { run: "cp made.txt copy.txt", inputs: [{ target: made }], outputs: [copy.txt] }
`;

const commands = [
  ["copy", "--dry-run"],
  ["copy", "--dry-run", "--force", "--log", "json"],
  ["explain", "copy"],
  ["graph"],
  ["graph", "copy", "--format", "svg"],
  ["why", "copy", "made"],
  ["list"],
  ["state"],
  ["help"],
  ["copy", "--help"],
  ["completion", "bash"],
  ["--complete", "bash", "1", "explain", "c"],
  ["--version"],
];

/** Every name in a folder with all that a write would change. */
function snapshot(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return [".", ...names].map((name) => {
    const { mode, size, ino, mtimeMs, ctimeMs } = lstatSync(path.join(folder, name));
    return [name, mode.toString(8), size, ino, mtimeMs, ctimeMs].join(" ");
  });
}

const run = (folder: string, argv: readonly string[]) => runCommand(argv, fakeSurroundings(folder));

test.each(commands.map((argv) => [argv.join(" "), argv] as const))(
  "`tbuild %s` writes nothing in a workspace that was never built",
  async (_, argv) => {
    const folder = temporaryFolder({ "targets.yaml": `default: copy\n${targets}`, in: "1" });
    const before = snapshot(folder);
    expect(await run(folder, argv)).toBe(0);
    expect(snapshot(folder)).toEqual(before);
  },
);

test("none of them writes anything in a workspace that was built and changed since", async () => {
  const folder = temporaryFolder({ "targets.yaml": `default: copy\n${targets}`, in: "1" });
  expect(await run(folder, ["copy", "--quiet"])).toBe(0);
  writeFileSync(`${folder}/in`, "2");
  const before = snapshot(folder);
  expect(before.some((name) => name.startsWith(".tbuild/runs/"))).toBe(true);
  for (const argv of commands) {
    expect([argv, await run(folder, argv)]).toEqual([argv, 0]);
    expect(snapshot(folder)).toEqual(before);
  }
});
