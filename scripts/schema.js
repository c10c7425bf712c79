#!/usr/bin/env node
// Writes the files of schema/ from the declarations that they are made of; tests tell when it is due.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(root, "node_modules", ".schema-"));

try {
  await build({
    absWorkingDir: root,
    entryPoints: {
      targets: "src/config/schema/target-file-schema.ts",
      inventory: "src/report/inventory-schema.ts",
      events: "src/report/event-schema.ts",
      server: "src/server/config/config-schema.ts",
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const made = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  write("targets", (await made("targets")).targetFileSchema());
  write("inventory", (await made("inventory")).inventorySchema());
  write("events", (await made("events")).eventSchema());
  write("server", (await made("server")).configSchema());
} finally {
  rmSync(folder, { recursive: true });
}

function write(name, schema) {
  writeFileSync(join(root, `schema/${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
