/** What is saved is what the engine holds, read back by engines, skopeo and tbuild: in every form, after every kill. */
import { execFileSync, spawn } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { hexOf, sha256 } from "../support/image-archive.ts";
import { checkWhole } from "./check-whole.ts";
import { imageId, run, tag, workspace } from "./small-workspace.ts";
import { build, checkout, docker, tbuild } from "./tbuild.ts";
import { writeTinyRootfs } from "./tiny-image.ts";

const program = path.join(checkout, "bin/tbuild.js");
const long = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

const oddLayers = `ARG BASE
FROM $BASE
RUN ln /odd/one /odd/four && touch /odd/${long}/here
RUN sh -c true
COPY Dockerfile /
`;
const manyLayers = `FROM scratch\n${Array.from({ length: 60 }, (_, at) => `COPY data/${at} /`).join("\n")}\n`;
const data = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => [`many/data/${at}`, `${at}\n`]),
);

const targets = `
params: { to: { type: path, default: dist }, packed-to: { type: path, default: packed }, layout-to: { type: path, default: layout } }
targets:
  tiny: { rootfs: tiny.tar, tags: ["${tag("tiny")}"] }
  odd: { image: odd, base: tiny, tags: ["${tag("odd")}", "${tag("odd")}-again"] }
  many: { image: many, tags: ["${tag("many")}"] }
  all: { needs: [odd, many] }
  archives: { save: all, to: "\${to}" }
  packed: { save: all, to: "\${packed-to}", compress: gzip }
  layout: { save: all, to: "\${layout-to}", format: oci }`;
const files = { "odd/Dockerfile": oddLayers, "many/Dockerfile": manyLayers, ...data };
const references = [tag("odd"), `${tag("odd")}-again`, tag("many")];

let folder = "";
let ids: Readonly<Record<string, string | undefined>> = {};

async function idsNow() {
  const found: Record<string, string | undefined> = {};
  for (const reference of references) found[reference] = await imageId(reference);
  return found;
}

async function removeAll() {
  await docker("rmi", "--force", ...references);
}

/** Adds what is hard to keep: hard links, names over 100 and 255 bytes, extended attributes. */
async function writeOddRootfs(tar: string): Promise<void> {
  await writeTinyRootfs(tar);
  const root = temporaryFolder();
  execFileSync("tar", ["-xf", tar], { cwd: root });
  const odd = path.join(root, "odd");
  mkdirSync(path.join(odd, long), { recursive: true });
  mkdirSync(path.join(odd, "a".repeat(120)));
  writeFileSync(path.join(odd, long, "\u00fcn\u00efcode"), "long");
  writeFileSync(path.join(odd, "one"), "one");
  linkSync(path.join(odd, "one"), path.join(odd, "two"));
  symlinkSync("one", path.join(odd, "three"));
  const set = 'import os, sys; os.setxattr(sys.argv[1], "user.tbuild", b"kept")';
  execFileSync("python3", ["-c", set, path.join(odd, "one")]);
  execFileSync("tar", ["--format=pax", "--xattrs", "-cf", tar, "-C", root, "."]);
}

const archives = [
  ["archives", "all.tar"],
  ["packed", "all.tar.gz"],
] as const;

beforeAll(async () => {
  folder = workspace(targets, files);
  await writeOddRootfs(path.join(folder, "tiny.tar"));
  expect(await build(folder, ["all"])).toMatchObject({ exitCode: 0 });
  ids = await idsNow();
  for (const [target, to] of archives) {
    expect((await build(folder, [target, optionOf(target), to])).exitCode).toBe(0);
  }
  expect((await build(folder, ["layout"])).exitCode).toBe(0);
});

test("an archive of all is loaded by the engine as the same images, with all that is in them", async () => {
  for (const [, to] of archives) {
    await removeAll();
    await docker("load", "--quiet", "--input", path.join(folder, to));
    expect(await idsNow()).toEqual(ids);
  }
  // The engine gives its layers as before: nothing of them was lost on the way.
  const given = path.join(folder, "given.tar");
  await docker("save", "--output", given, tag("odd"));
  const layers = JSON.parse(
    execFileSync("tar", ["-xOf", given, "manifest.json"], { encoding: "utf8" }),
  );
  const inspected = await docker(
    "image",
    "inspect",
    "--format",
    "{{json .RootFS.Layers}}",
    tag("odd"),
  );
  const digests = layers[0].Layers.map((layer: string) =>
    sha256(execFileSync("tar", ["-xOf", given, layer], { maxBuffer: 2 ** 28 })),
  );
  expect(digests).toEqual(JSON.parse(inspected));
});

test("a pipe carries the archive and nothing else", async () => {
  const { stderr, exitCode } = await execa(
    "sh",
    ["-c", '"$0" "$1" archives --to - >piped.tar', process.execPath, program],
    { cwd: folder, reject: false },
  );
  expect(exitCode).toBe(0);
  execFileSync("cmp", ["piped.tar", "all.tar"], { cwd: folder });
  expect(stderr).toContain("2 images written to standard output");
});

test("a terminal is no place for an archive", () => {
  const said = execFileSync(
    "script",
    [
      "--quiet",
      "--return",
      "--command",
      `${process.execPath} ${program} archives --to -; echo "exit $?"`,
      "/dev/null",
    ],
    { cwd: folder, encoding: "utf8" },
  );
  expect(said).toContain("standard output is a terminal, and an archive is no text");
  expect(said).toContain("exit 2");
});

test("a layout is read by skopeo: every name, the same configurations and layers", async () => {
  const layout = path.join(folder, "layout");
  for (const reference of references) {
    const { stdout } = await execa("skopeo", [
      "inspect",
      "--config",
      "--raw",
      `oci:${layout}:${reference}`,
    ]);
    expect(sha256(stdout)).toBe(ids[reference]);
  }
  const copy = path.join(temporaryFolder(), "copy");
  await execa("skopeo", ["copy", `oci:${layout}:${tag("odd")}`, `dir:${copy}`]);
  const manifest = JSON.parse(readFileSync(path.join(copy, "manifest.json"), "utf8"));
  expect(manifest.config.digest).toBe(ids[tag("odd")]);
  await execa("skopeo", [
    "inspect",
    `docker-archive:${path.join(folder, "all.tar")}:${tag("many")}`,
  ]);
});

test("tbuild puts back what is missing, and says what was there", async () => {
  for (const from of ["layout", "all.tar.gz"]) {
    await removeAll();
    await docker("load", "--quiet", "--input", path.join(folder, "all.tar"));
    await docker("rmi", "--force", tag("many"), `${tag("odd")}-again`);
    const dry = await tbuild(folder, ["load", from, "--dry-run"]);
    const { stdout, exitCode } = await tbuild(folder, ["load", from]);
    expect(exitCode).toBe(0);
    const short = (reference: string) => hexOf(ids[reference] as `sha256:${string}`).slice(0, 12);
    const odd = `${tag("odd")}, ${tag("odd")}-again (${short(tag("odd"))})`;
    const many = `${tag("many")} (${short(tag("many"))})`;
    expect(stdout.split("\n").sort()).toEqual([`loaded  ${many}`, `tagged  ${odd}`]);
    expect(dry.stdout.split("\n").sort()).toEqual([
      `would be loaded ${many}`,
      `would be tagged ${odd}`,
    ]);
    expect(await idsNow()).toEqual(ids);
    const again = await tbuild(folder, ["load", from]);
    expect(again.stdout.split("\n").sort()).toEqual([`there   ${many}`, `there   ${odd}`]);
  }
});

test("what cannot be loaded is told with the exit code that goes with it", async () => {
  expect(await tbuild(folder, ["load", "nowhere"])).toMatchObject({
    exitCode: 2,
    stderr: `error: there is no \`${path.join(folder, "nowhere")}\`\nhint: name a folder or a file that was saved, or \`-\``,
  });
  expect((await tbuild(folder, ["load"])).exitCode).toBe(2);
  expect((await tbuild(folder, ["load", "layout/oci-layout"])).exitCode).toBe(3);
});

/** Seeded, so that a failure can be met again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const optionOf = (target: string): string => (target === "archives" ? "--to" : `--${target}-to`);

const kills = Number(process.env["TBUILD_TEST_KILLS"] ?? 6);

test(
  `${kills} kills at any moment leave nothing that looks whole and is not, and the next run completes`,
  async () => {
    const next = random(Number(process.env["TBUILD_TEST_SEED"] ?? 7));
    const began = performance.now();
    await build(folder, ["packed", "--packed-to", `warm-${run}`]);
    const whole = performance.now() - began;
    for (let kill = 0; kill < kills; kill++) {
      const target = ["layout", "packed", "archives"][kill % 3] as string;
      const to = path.join(folder, `killed-${target}`);
      if (next() < 0.5) execFileSync("rm", ["-rf", path.join(folder, ".tbuild/blobs"), to]);
      const child = spawn(process.execPath, [program, target, optionOf(target), to, "--force"], {
        cwd: folder,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const timer = setTimeout(() => child.kill("SIGKILL"), next() * whole);
      await ended;
      clearTimeout(timer);
      checkWhole(to);
      if (kill % 3 !== 2) continue;
      for (const each of ["layout", "packed", "archives"]) {
        const place = path.join(folder, `killed-${each}`);
        expect((await build(folder, [each, optionOf(each), place])).exitCode).toBe(0);
        checkWhole(place);
      }
    }
  },
  60_000 + kills * 20_000,
);
