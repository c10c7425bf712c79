// Registries for the transfer part: each one new and empty, gone when it has been used.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../registry", import.meta.url));
let count = 0;

/** @param use is given HOST:PORT, and the folder of what the registry keeps */
export async function withRegistry({ work }, use) {
  const folder = `${work}/registry-${++count}`;
  const run = (...argv) =>
    execFileSync(script, argv, {
      env: { ...process.env, TBUILD_REGISTRY_DIR: folder },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  try {
    const host = run("start").trim().split("\n").at(-1);
    return await use(host);
  } finally {
    run("stop");
    rmSync(folder, { recursive: true, force: true });
  }
}
