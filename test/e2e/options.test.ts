/**
 * Options that change how far a build goes: they hold what they say, to the last file.
 *
 * @newer-engine: the engine makes no difference.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFiles } from "../support/folder.ts";
import { containers, imageId, shellFiles, shellTarget, tag, workspace } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

const targets = `
params: { given: { type: path } }
targets:${shellTarget}
  notes: { run: "echo notes >out/notes", outputs: [out/notes] }
  page: { run: "cat out/notes >page", inputs: [{ target: notes }], outputs: [page] }
  web: { image: web, include: { page: page }, tags: [${tag("web")}] }
  inside: { run: "echo x >inside", in: shell, outputs: [inside] }
  save: { save: web, to: dist }
  all: { needs: [web, inside, save] }
  broken: { run: "echo it broke; exit 3" }
  after: { run: "true", needs: [broken] }
  whole: { needs: [after, page] }
  either: { first-of: [{ use: "\${given}" }, { target: notes }] }`;
const files = { ...shellFiles, "web/Dockerfile": "FROM scratch\nCOPY page /\n" };

/** Every path below a folder, with what a change of it would change. */
function treeOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  return ["", ...names].map((name) => {
    const { mtimeMs, mode, size, ino } = lstatSync(path.join(folder, name));
    return `${name} ${ino} ${mode} ${size} ${mtimeMs}`;
  });
}

describe("--dry-run", () => {
  test("writes nothing and makes nothing, before the first build and after it", async () => {
    const folder = workspace(targets, files);
    const before = treeOf(folder);

    const first = await tbuild(folder, ["all", "--dry-run"]);

    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain("notes: would be built: never made");
    expect(first.stdout).toContain("page: may be built: `notes` would be made first");
    expect(treeOf(folder)).toEqual(before);
    expect(await imageId(tag("web"))).toBeUndefined();

    await build(folder, ["all"]);
    writeFiles(folder, { "out/notes": "edited" });
    const built = treeOf(folder);
    const second = await tbuild(folder, ["all", "--dry-run"]);

    expect(second.stdout).toContain("notes: would be built");
    expect(treeOf(folder)).toEqual(built);
    expect(readFileSync(path.join(folder, "out/notes"), "utf8")).toBe("edited");
    expect(await containers()).toEqual([]);
  });

  test("of what is fresh says so", async () => {
    const folder = workspace(targets, files);
    await build(folder, ["page"]);

    const { stdout, stderr } = await tbuild(folder, ["page", "--dry-run"]);

    expect(stdout).toBe("");
    expect(stderr).toContain("all 2 targets are fresh");
  });
});

test("--force makes what is named again, and not what that needs", async () => {
  const folder = workspace(targets, files);
  await build(folder, ["all"]);

  expect((await build(folder, ["page", "--force"])).ran).toEqual(["page"]);
  expect((await build(folder, ["inside", "notes", "--force"])).ran).toEqual(["inside", "notes"]);
  expect((await build(folder, ["all"])).ran).toEqual([]);
});

test("without --keep-going a build stops at the first failure; with it, all that can be made is", async () => {
  const folder = workspace(targets, files);

  const stopped = await build(folder, ["whole", "--jobs", "1"]);
  const kept = await build(folder, ["whole", "--jobs", "1", "--keep-going"]);

  expect(stopped.exitCode).toBe(1);
  expect(stopped.finished).toMatchObject({ failed: 1 });
  expect(kept.exitCode).toBe(1);
  expect(kept.finished).toMatchObject({ failed: 1, skipped: 1 });
  expect(readFileSync(path.join(folder, "page"), "utf8")).toBe("notes\n");
  expect(kept.stdout).toContain("it broke");
});

test("--no-fallback makes an alternative that is not given an error with exit code 3", async () => {
  const folder = workspace(targets, files);

  const passed = await tbuild(folder, ["either"]);
  const refused = await tbuild(folder, ["either", "--no-fallback"]);
  const given = await tbuild(folder, ["either", "--no-fallback", "--given", "web"]);

  expect(passed.exitCode).toBe(0);
  expect(passed.stderr).toContain("either: built from source (target notes), `--given` not given");
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain("`--given` not given");
  expect(given.exitCode).toBe(0);
});
