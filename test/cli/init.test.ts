import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../src/cli/run-command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const files = {
  "shop/docker-bake.hcl": 'target "web" {\n  platforms = ["linux/arm64"]\n}\n',
  "shop/compose.yaml": "services:\n  site:\n    build: .\n",
  "shop/Dockerfile": "FROM scratch\n",
  "old/.deploy.yaml": "buildtype: dir\nuser: shop\ninit: x\n",
};

async function run(folder: string, ...argv: string[]) {
  const place = fakeSurroundings(folder);
  const code = await runCommand(argv, place);
  return { code, out: place.out.lines, err: place.err.text };
}

test("the file is written, what was left out is told, and the targets are listed", async () => {
  const folder = temporaryFolder(files);
  expect(await run(folder, "init", "shop")).toEqual({
    code: 0,
    out: [
      "wrote shop/targets.yaml from docker-bake.hcl",
      "left out the compose file: `--from compose` reads it",
      "web  (default)",
    ],
    err: "docker-bake.hcl:2: `platforms` has no counterpart: tbuild builds for the platform of the engine\n",
  });
});

test("`--from` chooses, `--output -` and `--dry-run` print, and nothing is written then", async () => {
  const folder = temporaryFolder(files);
  for (const how of [["--output", "-"], ["--dry-run"]]) {
    const { code, out } = await run(path.join(folder, "shop"), "init", "--from", "compose", ...how);
    expect(code).toBe(0);
    expect(out).toContain("name: shop");
    expect(out).toContain("  site:");
  }
  expect(existsSync(path.join(folder, "shop/targets.yaml"))).toBe(false);
});

test("a target file that is there stays, unless it is to be written over", async () => {
  const folder = temporaryFolder({ ...files, "shop/targets.yaml": "mine" });
  expect(await run(folder, "init", "shop")).toEqual({
    code: 2,
    out: [],
    err: "error: `shop/targets.yaml` is there already\nhint: `--output -` shows what would be written, `--force` writes over it\n",
  });
  expect(readFileSync(path.join(folder, "shop/targets.yaml"), "utf8")).toBe("mine");
  expect((await run(folder, "init", "shop", "--output", "shop/other.yaml", "--quiet")).code).toBe(
    0,
  );
  expect((await run(folder, "init", "shop", "--force")).code).toBe(0);
  expect(readFileSync(path.join(folder, "shop/targets.yaml"), "utf8")).toContain("  web:");
});

test("with JSON, what is left out is a warning each", async () => {
  const { out, err } = await run(temporaryFolder(files), "init", "shop", "--log", "json");
  expect(err).toBe("");
  expect(out.map((line) => JSON.parse(line))).toMatchObject([
    {
      kind: "warning",
      problem: { code: "not-translated", at: { file: "docker-bake.hcl", line: 2 } },
    },
    { kind: "target", name: "web" },
  ]);
});

test("`import` reads the file of another tool, or the one of a folder", async () => {
  const folder = temporaryFolder(files);
  const told = ".deploy.yaml:3: `init` has no counterpart: tbuild does not know it\n";
  expect(await run(folder, "import", "sideloader", "old")).toMatchObject({ code: 0, err: told });
  expect(await run(folder, "import", "sideloader", "old/.deploy.yaml", "--force")).toMatchObject({
    code: 0,
    err: told,
  });
});

test.each([
  [["init", "a", "b"], "`tbuild init` takes one folder, found `b` too"],
  [["init", "gone"], "there is no folder `ROOT/gone`"],
  [["init", "empty"], "`ROOT/empty` has nothing that tells of images"],
  [
    ["init", "--from", "helm"],
    "option `--from` cannot be `helm`: expected `bake`, `compose`, `make` or `dockerfiles`",
  ],
  [["init", "--form", "make"], "there is no option `--form`"],
  [
    ["init", "shop", "--output", "targets.yaml"],
    "`targets.yaml` is not in `ROOT/shop`, and paths in a target file start at its own folder",
  ],
  [["init", "broken"], "expected a value, found the end of the line"],
  [["import"], "what to import is missing"],
  [["import", "helm"], "nothing is known of `helm`"],
  [["import", "sideloader", "shop"], "there is no `.deploy.yaml` in `ROOT/shop`"],
])("what cannot be read or written is told, and exits with 2: %j", async (argv, message) => {
  const folder = temporaryFolder({ ...files, "empty/": "", "broken/docker-bake.hcl": "a = \n" });
  const { code, err } = await run(folder, ...argv);
  expect(code).toBe(2);
  expect(err.replaceAll(folder, "ROOT")).toContain(`error: ${message}\n`);
});
