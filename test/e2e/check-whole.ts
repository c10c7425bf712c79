/** Looks whether what a save left under its last names is whole: archives, checksums, layouts. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { hexOf, sha256 } from "../support/image-archive.ts";

/** Nothing that has its last name is half of anything. */
export function checkWhole(to: string): void {
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
