/** Pushes of a small fleet to a real registry, read back by another program. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { imageId, onBase, tag, workspace } from "./small-workspace.ts";
import { build, docker, tbuild } from "./tbuild.ts";

/** `me` with the password below, by `htpasswd -B`. */
const password = "correct horse";
const htpasswd = "me:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";

let registry: LocalRegistry;

afterEach(() => registry.stop());

/** Two images on the base of the tests, one of them with a large layer of its own. */
const fleet = (more = ""): string =>
  workspace(
    `targets:
  web: { image: web, tags: [${tag("web")}, "${tag("web").replace(/:1$/, ":latest")}"] }
  agent: { image: agent, tags: [${tag("agent")}] }
  push: { push: [web, agent], registry: ${registry.host}/team${more} }`,
    {
      "web/Dockerfile": onBase("RUN head -c 5000000 /dev/urandom >/large"),
      "agent/Dockerfile": onBase("RUN echo agent >/agent"),
    },
  );

const short = (name: string): string => name.slice(name.indexOf("/") + 1);

async function inspected(reference: string): Promise<{ Digest: string; Layers: string[] }> {
  const { stdout } = await execa("skopeo", [
    "inspect",
    "--tls-verify=false",
    `docker://${reference}`,
  ]);
  return JSON.parse(stdout);
}

test("a fleet that was pushed has the digests that are told, and the engine pulls the same image", async () => {
  registry = await startRegistry(temporaryFolder());
  const digests = `${temporaryFolder()}/digests.txt`;
  const folder = fleet(`, digests: ${digests}`);
  const first = await build(folder, ["push"]);
  expect(first.exitCode).toBe(0);
  const { stdout } = await execa("cat", [digests]);
  const lines = stdout.split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const [reference = "", digest] = line.split("@");
    expect((await inspected(reference)).Digest).toBe(digest);
  }
  const pushed = `${registry.host}/team/${short(tag("agent"))}`;
  await docker("pull", "--quiet", pushed);
  expect(await imageId(pushed)).toBe(await imageId(tag("agent")));
  await docker("rmi", pushed);
  const again = await tbuild(folder, ["push"]);
  expect(again.stdout + again.stderr).toContain("3 tags were there already");
});

test("a registry that asks for a login takes the one of the docker command line", async () => {
  registry = await startRegistry(temporaryFolder(), htpasswd);
  const folder = fleet();
  const auth = Buffer.from(`me:${password}`).toString("base64");
  const config = temporaryFolder({
    "config.json": JSON.stringify({ auths: { [registry.host]: { auth } } }),
  });
  const refused = await tbuild(folder, ["push"]);
  expect(refused.exitCode).toBe(3);
  expect(refused.stdout + refused.stderr).toContain(
    `log in with \`docker login ${registry.host}\``,
  );
  const taken = await tbuild(folder, ["push"], { env: { DOCKER_CONFIG: config } });
  expect(taken.stdout + taken.stderr).toContain("3 tags pushed");
  expect(taken.stdout + taken.stderr).not.toContain(password);
});

test("with `--retries 0` a registry that fails is asked nothing twice", async () => {
  registry = await startRegistry(temporaryFolder());
  const asked: string[] = [];
  const failing = createServer(({ method, url }, answer) => {
    asked.push(`${method} ${url}`);
    answer.writeHead(503).end();
  });
  await new Promise<void>((resolve) => failing.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(failing.address() as AddressInfo).port}`;
  const folder = workspace(
    `targets:
  web: { image: web, tags: [${tag("once")}] }
  push: { push: web, registry: ${host}/team }`,
    { "web/Dockerfile": onBase() },
  );
  const { exitCode, stderr } = await tbuild(folder, ["push", "--retries", "0"]);
  failing.close();
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`\`${host}\` fails (503)`);
  expect(asked).toContain(`HEAD /v2/team/${short(tag("once")).replace(":", "/manifests/")}`);
  expect(asked).toEqual([...new Set(asked)]);
});
