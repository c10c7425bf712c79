/**
 * Serves git repositories over SSH by Debian's dropbear, to whom a test lets in: each connection has a process of
 * its own, and no service of the machine is touched.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";

export interface SshServer {
  /** `ssh://user@127.0.0.1:port` */
  readonly url: string;
  /** Its line for a file of known hosts. */
  readonly knownHost: string;
  stop(): Promise<void>;
}

/** @param publicKey the one that is let in, as the caller of the tests */
export async function startSshServer(publicKey: string): Promise<SshServer> {
  const key = path.join(temporaryFolder(), "host-key");
  const made = await execa("dropbearkey", ["-t", "ed25519", "-f", key]);
  const hostKey = /^ssh-ed25519 \S+/m.exec(made.stdout)?.[0];
  if (hostKey === undefined) throw new Error(`no key in:\n${made.stdout}`);
  const home = homeWith(publicKey);
  const running = new Set<ChildProcess>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn("unshare", inHome(home, ["dropbear", "-i", "-r", key, "-s", "-m"]), {
      stdio: [socket, socket, "ignore"],
    });
    running.add(child);
    child.once("exit", () => {
      running.delete(child);
      socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    knownHost: `[127.0.0.1]:${port} ${hostKey}\n`,
    stop: async () => {
      server.close();
      const ends = [...running].map((child) => once(child, "exit"));
      for (const child of running) child.kill("SIGKILL");
      await Promise.all(ends);
    },
  };
}

function homeWith(publicKey: string): string {
  const home = temporaryFolder();
  chmodSync(home, 0o755);
  mkdirSync(path.join(home, ".ssh"), { mode: 0o700 });
  writeFileSync(path.join(home, ".ssh/authorized_keys"), publicKey, { mode: 0o600 });
  return home;
}

/** Dropbear looks into the home of whoever logs in: for it alone that is another folder. */
const inHome = (home: string, command: readonly string[]): readonly string[] => {
  const script = 'mount --bind "$1" "$2"; shift 2; exec "$@"';
  return ["--mount", "sh", "-euc", script, "sh", home, userInfo().homedir, ...command];
};
