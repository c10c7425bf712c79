#!/usr/bin/env node
// Bundles src/ into dist/: one small file to start from, everything lazy in chunks of its own.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { leanDockerode, requireBanner } from "./lib/lean-dockerode.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles the sources. All files but the first have their content's hash in their names, so they are
 * moved in one by one and the first one last: a tbuild that starts meanwhile finds all it needs, and
 * one that runs still finds the chunks of its own bundle. Old ones go after a day.
 */
export async function bundle() {
  const aside = `${root}/dist.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: { tbuild: "src/main.ts" },
    outdir: aside,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [leanDockerode],
    banner: { js: requireBanner },
    sourcemap: "linked",
    logLevel: "warning",
  });
  moveIn(aside, `${root}/dist`);
}

function moveIn(aside, dist) {
  mkdirSync(dist, { recursive: true });
  const made = readdirSync(aside).sort((a, b) => isFirst(a) - isFirst(b));
  for (const file of made) renameSync(`${aside}/${file}`, `${dist}/${file}`);
  rmSync(aside, { recursive: true });
  for (const file of readdirSync(dist)) {
    const age = Date.now() - (statSync(`${dist}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (!made.includes(file) && age > day) rmSync(`${dist}/${file}`, { force: true });
  }
}

const day = 24 * 60 * 60 * 1000;
const isFirst = (file) => (file === "tbuild.js" ? 1 : 0);

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
