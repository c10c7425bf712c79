#!/usr/bin/env node
// Bundles src/ into dist/: one small file to start from, everything lazy in chunks of its own.
import { renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { leanDockerode, requireBanner } from "./lib/lean-dockerode.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles the sources. The bundle is made aside and renamed into place, so that a second tbuild that
 * starts meanwhile never sees half of it.
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
  rmSync(`${root}/dist`, { recursive: true, force: true });
  renameSync(aside, `${root}/dist`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
