#!/usr/bin/env node
// Bundles src/ into dist/: a small file to start from, and few chunks of what is loaded together.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fewChunks } from "./lib/chunks.js";
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
    plugins: [leanDockerode, fewChunks(`${root}src`)],
    banner: { js: requireBanner },
    define: { BUNDLED_SOURCES: JSON.stringify(digestOf(`${root}/src`)) },
    sourcemap: "linked",
    logLevel: "warning",
  });
  await bundleStarter(aside);
  await bundlePage(aside);
  moveIn(aside, `${root}/dist`);
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

function moveIn(aside, dist) {
  const made = filesOf(aside).sort((a, b) => isFirst(a) - isFirst(b));
  for (const file of made) {
    mkdirSync(path.dirname(`${dist}/${file}`), { recursive: true });
    renameSync(`${aside}/${file}`, `${dist}/${file}`);
  }
  rmSync(aside, { recursive: true });
  for (const file of filesOf(dist)) {
    const age = Date.now() - (statSync(`${dist}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (!made.includes(file) && age > day) rmSync(`${dist}/${file}`, { force: true });
  }
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));

const day = 24 * 60 * 60 * 1000;
const isFirst = (file) => (file === "tbuild.js" ? 1 : 0);

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
