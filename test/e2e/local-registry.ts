/** Runs a real registry, the `docker-registry` program, on a free port of this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface LocalRegistry {
  /** `127.0.0.1:port`, which engines reach without TLS. */
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * @param folder for its data and its configuration
 * @param htpasswd users and bcrypt hashes that it asks for; nobody is asked when absent
 */
export async function startRegistry(folder: string, htpasswd?: string): Promise<LocalRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  const passwords = join(folder, "htpasswd");
  if (htpasswd !== undefined) writeFileSync(passwords, htpasswd);
  const auth =
    htpasswd === undefined ? {} : { auth: { htpasswd: { realm: "r", path: passwords } } };
  const config = {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: host },
    ...auth,
  };
  const file = join(folder, "config.yml");
  writeFileSync(file, JSON.stringify(config));
  const child = spawn("docker-registry", ["serve", file], { stdio: ["ignore", "ignore", "pipe"] });
  await listening(child);
  return { host, stop: () => stopped(child) };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`registry exited ${code}: ${said.join("\n")}`)));
    if (child.stderr === null) throw new Error("no pipe");
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      if (/listening on/.test(line)) resolve();
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.removeAllListeners("exit");
    child.once("exit", () => resolve());
    child.kill();
  });
}
