/** What is saved is what the engine holds, read back by engines, skopeo and tbuild: in every form, after every kill. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { hexOf, sha256 } from "../support/image-archive.ts";
import { imageId, run, tag, workspace } from "./small-workspace.ts";
import { build, checkout, docker, tbuild } from "./tbuild.ts";

const program = path.join(checkout, "bin/tbuild.js");
const long = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

/** Layers with what is hard to keep: hard links, names over 100 and 255 bytes, extended attributes, nothing at all. */
const oddLayers = `FROM ${process.env["TBUILD_TEST_BASE"]}
RUN mkdir -p /odd && echo one > /odd/one && ln /odd/one /odd/two && ln -s one /odd/three
RUN mkdir -p /odd/${"a".repeat(120)} /odd/${long} && touch /odd/${long}/ünïcode
RUN python3 -c 'import os; os.setxattr("/odd/one", "user.tbuild", b"kept")' 2>/dev/null || true
RUN true
LABEL nothing=else
`;
const manyLayers = `FROM scratch\n${Array.from({ length: 60 }, (_, at) => `COPY data/${at} /`).join("\n")}\n`;
const data = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => [`many/data/${at}`, `${at}\n`]),
);

const targets = `
params: { to: { type: path, default: dist } }
targets:
  odd: { image: odd, tags: ["${tag("odd")}", "${tag("odd")}-again"] }
  many: { image: many, tags: ["${tag("many")}"] }
  all: { needs: [odd, many] }
  archives: { save: all, to: "\${to}" }
  packed: { save: all, to: "\${to}", compress: gzip }
  layout: { save: all, to: "\${to}", format: oci }`;
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

beforeAll(async () => {
  folder = workspace(targets, files);
  expect(await build(folder, ["all"])).toMatchObject({ exitCode: 0 });
  ids = await idsNow();
}, 300_000);

test("an archive of all is loaded by the engine as the same images", async () => {
  for (const to of ["all.tar", "all.tar.gz"]) {
    expect((await build(folder, ["archives", "--to", to])).exitCode).toBe(0);
    await removeAll();
    await docker("load", "--quiet", "--input", path.join(folder, to));
    expect(await idsNow()).toEqual(ids);
  }
}, 300_000);

test("a pipe carries the archive and nothing else", async () => {
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [program, "archives", "--to", "-"],
    { cwd: folder, encoding: "buffer" },
  );
  expect(exitCode).toBe(0);
  expect(Buffer.from(stdout).equals(readFileSync(path.join(folder, "all.tar")))).toBe(true);
  expect(Buffer.from(stderr).toString()).toContain("2 images written to standard output");
}, 300_000);

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
  expect((await build(folder, ["layout", "--to", "layout"])).exitCode).toBe(0);
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
}, 300_000);

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
}, 300_000);

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

/** Nothing that has its last name is half of anything. */
function checkWhole(to: string): void {
  if (!existsSync(to)) return;
  const names = readdirSync(to);
  if (names.includes("SHA256SUMS")) {
    execFileSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: to });
  }
  for (const name of names.filter((each) => /^[^.].*\.tar(\.gz)?$/.test(each))) {
    execFileSync("tar", ["-tf", name], { cwd: to, stdio: "ignore" });
  }
  const blobs = path.join(to, "blobs/sha256");
  if (!existsSync(blobs)) return;
  for (const name of readdirSync(blobs).filter((each) => !each.startsWith("."))) {
    expect(sha256(readFileSync(path.join(blobs, name)))).toBe(`sha256:${name}`);
  }
  if (!names.includes("index.json")) return;
  for (const { digest } of JSON.parse(readFileSync(path.join(to, "index.json"), "utf8"))
    .manifests) {
    const { config, layers } = JSON.parse(readFileSync(path.join(blobs, hexOf(digest)), "utf8"));
    for (const blob of [config, ...layers])
      expect(existsSync(path.join(blobs, hexOf(blob.digest)))).toBe(true);
  }
}

const kills = Number(process.env["TBUILD_TEST_KILLS"] ?? 6);

test(
  `${kills} kills at any moment leave nothing that looks whole and is not, and the next run completes`,
  async () => {
    const next = random(Number(process.env["TBUILD_TEST_SEED"] ?? 7));
    const began = performance.now();
    await build(folder, ["packed", "--to", `warm-${run}`]);
    const whole = performance.now() - began;
    for (let kill = 0; kill < kills; kill++) {
      const target = ["layout", "packed", "archives"][kill % 3] as string;
      const to = path.join(folder, `killed-${target}`);
      if (next() < 0.5) execFileSync("rm", ["-rf", path.join(folder, ".tbuild/blobs"), to]);
      const child = spawn(process.execPath, [program, target, "--to", to, "--force"], {
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
        expect((await build(folder, [each, "--to", place])).exitCode).toBe(0);
        checkWhole(place);
      }
    }
  },
  60_000 + kills * 20_000,
);
