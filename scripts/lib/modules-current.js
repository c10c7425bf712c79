// Exits 0 when node_modules holds what package-lock.json asks for, else 1. Needs no packages itself.
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const packagesOf = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8")).packages;

function current() {
  const wanted = packagesOf("package-lock.json");
  const present = packagesOf("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "" || (optional && !present[path])) return true;
    return present[path]?.version === version && present[path].integrity === integrity;
  });
}

try {
  process.exitCode = current() ? 0 : 1;
} catch {
  process.exitCode = 1;
}
