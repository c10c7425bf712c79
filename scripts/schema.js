#!/usr/bin/env node
// Writes schema/targets.schema.json from the rules' own declarations; a test tells when it is due.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(root, "node_modules", ".schema-"));

try {
  const outfile = join(folder, "target-file-schema.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["src/config/target-file-schema.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const { targetFileSchema } = await import(pathToFileURL(outfile).href);
  const text = `${JSON.stringify(targetFileSchema(), null, 2)}\n`;
  writeFileSync(join(root, "schema/targets.schema.json"), text);
} finally {
  rmSync(folder, { recursive: true });
}
