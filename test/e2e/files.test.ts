/** What is given, packed, imported and saved: whole, the same for the same content, and usable elsewhere. */
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { writeFiles } from "../support/folder.ts";
import { imageId, tag, workspace } from "./small-workspace.ts";
import { build, docker, tbuild } from "./tbuild.ts";
import { writeTinyRootfs } from "./tiny-image.ts";

const digestOf = (file: string): string =>
  createHash("sha256").update(readFileSync(file)).digest("hex");

describe("an archive", () => {
  const targets = `
targets:
  made: { run: "mkdir -p out; cp src/* out/; ln -s a out/link", inputs: ["src/*"], outputs: [out/] }
  pack: { archive: [made, "docs/**"], prefix: top-1/, to: pack.tar.gz }`;
  const files = { "src/a": "a", "src/b": "b", "docs/deep/c": "c" };

  test("is the same byte for byte in another workspace, at another time", async () => {
    const [one, two] = [workspace(targets, files), workspace(targets, files)];
    for (const name of Object.keys(files)) utimesSync(path.join(two, name), 1, 1);

    for (const folder of [one, two]) await build(folder, ["pack"]);

    expect(digestOf(path.join(one, "pack.tar.gz"))).toBe(digestOf(path.join(two, "pack.tar.gz")));
    const { stdout } = await execa("tar", ["-tzvf", path.join(one, "pack.tar.gz")]);
    const rows = stdout.split("\n").map((row) => row.split(/ +/));
    expect(rows.map((row) => row.slice(5).join(" "))).toEqual(
      expect.arrayContaining(["top-1/a", "top-1/b", "top-1/link -> a", "top-1/docs/deep/c"]),
    );
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(["0/0"]));
  });

  test("that was deleted or edited is made again, the same", async () => {
    const folder = workspace(targets, files);
    const file = path.join(folder, "pack.tar.gz");
    await build(folder, ["pack"]);
    const before = digestOf(file);

    rmSync(file);
    expect((await build(folder, ["pack"])).ran).toEqual(["pack"]);
    writeFiles(folder, { "pack.tar.gz": "edited" });
    expect((await build(folder, ["pack"])).ran).toEqual(["pack"]);

    expect(digestOf(file)).toBe(before);
  });
});

describe("what is given", () => {
  const targets = `
params: { given: { type: path } }
targets:
  given: { use: "\${given}", match: ["*.deb", "**/*.deb"] }
  image: { image: image, include: { pool: given }, tags: [${tag("given")}] }`;
  const files = {
    "image/Dockerfile": "FROM scratch\nCOPY pool /pool\n",
    "one/a.deb": "a",
    "one/b.deb": "b",
    "one/readme": "not counted",
  };

  test("may be a folder, a tar or a tar.gz of it: they give one image; or a file", async () => {
    const folder = workspace(targets, files);
    const [tar, gzip] = [path.join(folder, "one.tar"), path.join(folder, "one.tar.gz")];
    await execa("tar", ["-cf", tar, "-C", path.join(folder, "one"), "."]);
    await execa("tar", ["-czf", gzip, "-C", path.join(folder, "one"), "."]);

    const ids: (string | undefined)[] = [];
    for (const given of ["one", "one.tar", "one.tar.gz"]) {
      const { exitCode, stderr } = await tbuild(folder, ["image", "--given", given]);
      expect({ given, exitCode, stderr }).toMatchObject({ exitCode: 0 });
      ids.push(await imageId(tag("given")));
    }
    expect(new Set(ids).size).toBe(1);

    expect((await tbuild(folder, ["image", "--given", "one/a.deb"])).exitCode).toBe(0);
    expect(await imageId(tag("given"))).not.toBe(ids[0]);
  });

  test("counts by what matches: an edit of that shows, one of another file does not", async () => {
    const folder = workspace(targets, files);
    const args = ["image", "--given", "one"];
    await build(folder, args);

    writeFiles(folder, { "one/readme": "edited" });
    expect((await build(folder, args)).ran).toEqual([]);
    writeFiles(folder, { "one/a.deb": "edited" });
    expect((await build(folder, args)).ran).toEqual(["given", "image"]);
  });

  test("is never written to or removed", async () => {
    const folder = workspace(`${targets}\n  clean: { clean: project }`, files);
    await build(folder, ["image", "--given", "one"]);

    await build(folder, ["clean"]);

    expect(readdirSync(path.join(folder, "one")).sort()).toEqual(["a.deb", "b.deb", "readme"]);
  });

  test("and broken is an error", async () => {
    const folder = workspace(targets, { ...files, "broken.tar": "no tar at all" });
    if (await imageId(tag("given"))) await docker("rmi", "--force", tag("given"));

    const { exitCode, stderr } = await tbuild(folder, ["image", "--given", "broken.tar"]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("broken.tar");
    expect(await imageId(tag("given"))).toBeUndefined();
  });
});

test("a root file system becomes an image that runs, once, until its tar changes", async () => {
  const folder = workspace(`
targets:
  tiny: { rootfs: tiny.tar, tags: [${tag("tiny")}], changes: ['CMD ["echo", "it runs"]'] }`);
  await writeTinyRootfs(path.join(folder, "tiny.tar"));

  expect(await build(folder, ["tiny"])).toMatchObject({ exitCode: 0, ran: ["tiny"] });
  expect((await build(folder, ["tiny"])).ran).toEqual([]);

  expect(await docker("run", "--rm", tag("tiny"), "sh", "-c", "echo it runs")).toBe("it runs");
  await execa("tar", ["-rf", "tiny.tar", "targets.yaml"], { cwd: folder });
  expect((await build(folder, ["tiny"])).ran).toEqual(["tiny"]);
});

describe("save", () => {
  const targets = `
params: { to: { type: path, default: dist } }
targets:
  apps: { matrix: { app: [one, two] }, image: app, args: { APP: "\${app}" }, labels: { app: "\${app}" }, tags: ["${tag("app")}-\${app}"] }
  save: { save: apps, to: "\${to}" }
  packed: { save: "apps[one]", to: packed, compress: gzip }`;
  const files = { "app/Dockerfile": "FROM scratch\nARG APP\nCOPY Dockerfile /\n" };

  test("writes archives that load as the same images, plain and compressed, with right sums", async () => {
    const folder = workspace(targets, files);

    const { exitCode } = await build(folder, ["save", "packed"]);

    expect(exitCode).toBe(0);
    const id = await imageId(`${tag("app")}-one`);
    for (const to of ["dist", "packed"]) {
      const archives = readdirSync(path.join(folder, to));
      await execa("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: path.join(folder, to) });
      const one = archives.find((name) => name.includes("1-one")) as string;
      expect(one.endsWith(to === "packed" ? ".tar.gz" : ".tar")).toBe(true);
      await docker("rmi", `${tag("app")}-one`);
      await docker("load", "--quiet", "--input", path.join(folder, to, one));
      expect(await imageId(`${tag("app")}-one`)).toBe(id);
    }
    expect(readdirSync(path.join(folder, "dist"))).toHaveLength(4);
  });

  test("writes again what was deleted or cut off, and nothing else", async () => {
    const folder = workspace(targets, files);
    await build(folder, ["save"]);
    const copy = path.join(folder, "copy");
    cpSync(path.join(folder, "dist"), copy, { recursive: true });
    const [first = "", second = ""] = readdirSync(copy).filter((name) => name.endsWith(".tar"));
    writeFiles(folder, { [`dist/${first}`]: "cut" });
    rmSync(path.join(folder, "dist", second));

    const { ran } = await build(folder, ["save"]);

    expect(ran).toEqual(["save"]);
    expect(readdirSync(path.join(folder, "dist"))).toEqual(readdirSync(copy));
    await execa("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: path.join(folder, "dist") });
    // An engine may pack the same image in other bytes each time.
    for (const name of [first, second]) {
      await docker("load", "--quiet", "--input", path.join(folder, "dist", name));
    }
    expect((await build(folder, ["save"])).ran).toEqual([]);
  });

  test("a member of a matrix is made alone when it is named", async () => {
    const folder = workspace(targets, files);

    expect((await build(folder, ["apps[two]"])).ran).toEqual(["apps[two]"]);
    expect((await build(folder, ["apps"])).ran).toEqual(["apps[one]"]);
    const unknown = await tbuild(folder, ["apps[tow]"]);

    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("apps[two]");
  });
});
