#!/usr/bin/env node
// Bundles src/ into dist/: a small file to start from, and few chunks of what is loaded together.
import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fewChunks } from "./lib/chunks.js";
import { leanDockerode, requireBanner } from "./lib/lean-dockerode.js";
import { moveIn } from "./lib/move-in.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bundles the sources aside, and moves that into `dist/`, where a tbuild may start or run meanwhile. */
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
    plugins: [leanDockerode, fewChunks(`${root}src`)],
    banner: { js: requireBanner },
    define: { BUNDLED_SOURCES: JSON.stringify(digestOf(`${root}/src`)) },
    sourcemap: "linked",
    logLevel: "warning",
  });
  await bundleStarter(aside);
  await bundlePage(aside);
  moveIn(aside, `${root}/dist`, "tbuild.js");
}

/** What starts programs for the server: small, so all that it needs is in it. */
async function bundleStarter(aside) {
  await build({
    absWorkingDir: root,
    entryPoints: { starter: "src/server/programs/starter-process.ts" },
    outdir: aside,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
}

/** The page of the server, and what a report is made of: for browsers, each a script of its own. */
async function bundlePage(aside) {
  const browser = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: "browser",
    target: ["es2022"],
    tsconfig: "src/page/tsconfig.json",
    logLevel: "warning",
  };
  await build({
    ...browser,
    entryPoints: { page: "src/page/main.tsx" },
    format: "esm",
    outdir: `${aside}/page`,
  });
  await build({ ...browser, entryPoints: ["src/page/page.css"], outdir: `${aside}/page` });
  for (const name of ["index.html", "icon.svg"])
    copyFileSync(`${root}/src/page/${name}`, `${aside}/page/${name}`);
  await build({
    ...browser,
    entryPoints: { report: "src/page/report.tsx" },
    format: "iife",
    outdir: `${aside}/report`,
  });
  copyFileSync(`${aside}/page/page.css`, `${aside}/report/report.css`);
}

/** Of all files below a folder, by name and content. */
function digestOf(folder) {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    const file = `${folder}/${name}`;
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
