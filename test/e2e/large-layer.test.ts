/** A layer of 2 GB goes through every form of `save` and back in little memory. Asked for by TBUILD_TEST_LARGE=1. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { imageId, tag, workspace } from "./small-workspace.ts";
import { build, checkout, docker } from "./tbuild.ts";

const onRequest = process.env["TBUILD_TEST_LARGE"] === "1" ? test : test.skip;
const megabytes = 2048;
const allowed = 200;

/** Half of it can be compressed, and no two megabytes are the same. */
function writeLarge(file: string): void {
  const handle = openSync(file, "w");
  const piece = Buffer.alloc(1024 * 1024);
  let noise = createHash("sha256").update("large").digest();
  for (let at = 0; at < megabytes; at++) {
    for (let filled = 0; filled < piece.length / 2; filled += noise.length) {
      noise.copy(piece, filled);
      if (filled % 4096 === 0) noise = createHash("sha256").update(noise).digest();
      else noise.writeUInt32LE((noise.readUInt32LE(0) + filled) >>> 0, 0);
    }
    writeSync(handle, piece);
  }
  closeSync(handle);
}

/** Largest resident size of one run, in megabytes. */
function peakOf(folder: string, ...args: readonly string[]): number {
  const program = path.join(checkout, "bin/tbuild.js");
  const measured = ["-f", "%M", "-o", "peak", process.execPath, program, ...args];
  execFileSync("/usr/bin/time", measured, { cwd: folder, stdio: "ignore" });
  return Number(execFileSync("tail", ["-1", "peak"], { cwd: folder, encoding: "utf8" })) / 1024;
}

onRequest(
  "a layer of 2 GB needs no more memory than a small one",
  async () => {
    const folder = workspace(
      `params: { to: { type: path, default: all.tar } }
targets:
  large: { image: large, tags: ["${tag("large")}"] }
  save: { save: large, to: "\${to}" }
  layout: { save: large, to: layout, format: oci }`,
      { "large/Dockerfile": "FROM scratch\nCOPY data /\n" },
    );
    writeLarge(path.join(folder, "large/data"));
    await build(folder, ["large"]);
    const id = await imageId(tag("large"));
    const peaks: Record<string, number> = {
      layout: peakOf(folder, "layout"),
      archive: peakOf(folder, "save", "--to", "all.tar"),
      packed: peakOf(folder, "save", "--to", "all.tar.gz"),
    };
    expect(statSync(path.join(folder, "all.tar")).size).toBeGreaterThan(2 ** 31);
    await docker("rmi", tag("large"));
    peaks["load"] = peakOf(folder, "load", "layout");
    expect(await imageId(tag("large"))).toBe(id);
    for (const [what, peak] of Object.entries(peaks)) {
      expect([what, peak < allowed, peak]).toEqual([what, true, peak]);
    }
  },
  20 * 60_000,
);
