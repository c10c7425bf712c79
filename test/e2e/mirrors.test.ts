/**
 * Rule `pull` by way of mirrors, with a real registry and a real engine.
 *
 * @newer-engine: registries are asked here.
 */
import { readFileSync } from "node:fs";
import { temporaryFolder } from "../support/folder.ts";
import { freePort, type LocalRegistry, startRegistry } from "./local-registry.ts";
import { imageId, onBase, tag, workspace } from "./small-workspace.ts";
import { build, docker, tbuild } from "./tbuild.ts";

/** No engine finds it: what comes from there came from a mirror. */
const origin = "origin.invalid";

let registry: LocalRegistry;

beforeEach(async () => {
  registry = await startRegistry(temporaryFolder());
});

afterEach(() => registry.stop());

/** Pushes an image to the registry. @returns its name there without the host, and its digest */
async function pushed(): Promise<{ readonly name: string; readonly digest: string }> {
  const digests = `${temporaryFolder()}/digests.txt`;
  const folder = workspace(
    `targets:
  web: { image: web, tags: [${tag("mirrored")}] }
  push: { push: web, registry: ${registry.host}, digests: ${digests} }`,
    { "web/Dockerfile": onBase("RUN echo mirrored >/mirrored") },
  );
  await build(folder, ["push"]);
  const [line = ""] = readFileSync(digests, "utf8").split("\n");
  const [reference = "", digest = ""] = line.split("@");
  return { name: reference.slice(reference.indexOf("/") + 1), digest };
}

const pulling = (reference: string, mirrors: string): string =>
  workspace(`registries: { ${origin}: { mirrors: [${mirrors}] } }
targets: { base: { pull: "${reference}" } }`);

test("an image comes from the second mirror when the first is not there, and only its own name is left", async () => {
  const { name } = await pushed();
  const gone = `127.0.0.1:${await freePort()}`;
  const own = `${origin}/${name}`;
  const { stderr } = await tbuild(pulling(own, `"${gone}", "${registry.host}"`), [
    "base",
    "--verbose",
  ]);
  expect(stderr).toContain(`mirror passed over: cannot pull \`${gone}/${name}\``);
  expect(stderr).toContain(`pulled from a mirror as ${registry.host}/${name}`);
  expect(await imageId(own)).toBe(await imageId(tag("mirrored")));
  const names = await docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}");
  expect(names).not.toContain(`${registry.host}/${name}`);
  await docker("rmi", own);
});

test("what is pinned holds at a mirror, and a run after it finds it fresh", async () => {
  const { name, digest } = await pushed();
  const [repository] = name.split(":");
  const folder = pulling(`${origin}/${repository}@${digest}`, `"${registry.host}"`);
  await build(folder, ["base"]);
  const own = `${origin}/${repository}:${digest.replace(":", "-")}`;
  expect(await imageId(own)).toBe(await imageId(tag("mirrored")));
  expect((await tbuild(folder, ["base"])).stderr).toBe("the target is fresh");
  await docker("rmi", own);
  const other = `sha256:${"0".repeat(64)}`;
  const wrong = pulling(`${origin}/${repository}@${other}`, `"${registry.host}"`);
  expect((await tbuild(wrong, ["base"])).exitCode).toBe(3);
});
