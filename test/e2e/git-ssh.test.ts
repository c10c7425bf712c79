/**
 * Repositories over SSH, by a server of Debian's: with the key that is let in, with another one, and from a host
 * that nobody knows.
 *
 * @newer-engine: no engine is asked.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { jest } from "@jest/globals";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { commitAll } from "../support/git.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";
import { tbuild } from "./tbuild.ts";

jest.setTimeout(60_000);

let server: SshServer;
let keys: string;
let repository: string;
let commit: string;

beforeAll(async () => {
  keys = temporaryFolder();
  for (const name of ["mine", "other"]) {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(keys, name)]);
  }
  server = await startSshServer(readFileSync(path.join(keys, "mine.pub"), "utf8"));
  repository = temporaryFolder({ "said.txt": "by way of SSH\n" });
  commit = commitAll(repository);
});

afterAll(() => server.stop());

const url = (): string => `${server.url}${repository}`;

/** Runs `tbuild api` with a key and a file of known hosts, and nothing else that its caller may have. */
async function checkOut(key: string, knownHosts: string) {
  const folder = temporaryFolder({
    "targets.yaml": `name: play\ntargets: { api: { git: "${url()}", ref: main, to: out/api } }\n`,
    "known-hosts": knownHosts,
  });
  const options = [
    ...["-F", "none", "-i", path.join(keys, key)],
    ...["IdentitiesOnly=yes", `UserKnownHostsFile=${path.join(folder, "known-hosts")}`].flatMap(
      (option) => ["-o", option],
    ),
    ...["-o", "GlobalKnownHostsFile=none"],
  ];
  const env = {
    HOME: temporaryFolder(),
    SSH_AUTH_SOCK: undefined,
    GIT_SSH_COMMAND: ["ssh", ...options].join(" "),
  };
  return { folder, env, ...(await tbuild(folder, ["api"], { env })) };
}

test("with the key that is let in the branch is checked out, locked and checked out again by its commit", async () => {
  const { folder, env, ...first } = await checkOut("mine", server.knownHost);
  expect(first).toMatchObject({ exitCode: 0 });
  const said = path.join(folder, "out/api/said.txt");
  expect(readFileSync(said, "utf8")).toBe("by way of SSH\n");
  const lock = readFileSync(path.join(folder, "targets.lock"), "utf8");
  expect(lock).toContain(`git ${url()} main ${commit}\n`);
  writeFileSync(said, "edited");
  expect(await tbuild(folder, ["api", "--locked"], { env })).toMatchObject({ exitCode: 0 });
  expect(readFileSync(said, "utf8")).toBe("by way of SSH\n");
});

/** What is told of the failure, without what git and ssh say themselves. */
const told = (stderr: string): readonly string[] =>
  stderr.split("\n").filter((line) => /^(error|hint): /.test(line));

const at = () => {
  const { hostname, port, username } = new URL(server.url);
  return { host: hostname, port, user: username };
};

test("another key is refused, and told with the call that tells more", async () => {
  const { exitCode, stderr } = await checkOut("other", server.knownHost);
  expect(exitCode).toBe(3);
  const { host, port, user } = at();
  expect(told(stderr)).toEqual([
    `error: target \`api\` failed: the repository denies access: \`${url()}\``,
    `hint: tried those that \`~/.ssh\` names; \`ssh -T -p ${port} ${user}@${host}\` tells more`,
  ]);
});

test("a host that nobody knows is told as that, and nothing is said to it", async () => {
  const { exitCode, stderr } = await checkOut("mine", "");
  expect(exitCode).toBe(3);
  const { host, port } = at();
  expect(told(stderr)).toEqual([
    `error: target \`api\` failed: SSH does not know the host of the repository: \`${url()}\``,
    `hint: \`ssh-keyscan -p ${port} ${host}\` shows its keys: put the one that you trust into \`~/.ssh/known_hosts\``,
  ]);
});

test("a host with another key than the one that is known is told as that", async () => {
  const known = server.knownHost.split(" ", 1)[0];
  const other = readFileSync(path.join(keys, "other.pub"), "utf8");
  const { exitCode, stderr } = await checkOut("mine", `${known} ${other}`);
  expect(exitCode).toBe(3);
  const { host, port } = at();
  expect(told(stderr)).toEqual([
    `error: target \`api\` failed: the host of the repository has another key than the one that is known: \`${url()}\``,
    `hint: find out why; if that is right, \`ssh-keygen -R '[${host}]:${port}'\` forgets the known one`,
  ]);
});
