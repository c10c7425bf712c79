/** Holds the real engine behind DOCKER_HOST to what `Docker` promises of images and registries. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Docker } from "../../src/docker/docker.ts";
import { connectDocker } from "../../src/docker/engine-docker.ts";
import { type EngineBench, engineBench, never, problem, recorder } from "./engine-bench.ts";
import { freePort, type LocalRegistry, startRegistry } from "./local-registry.ts";
import { writeTinyRootfs } from "./tiny-image.ts";

const password = "correct horse";
/** `me` with the password above, by `htpasswd -B`. */
const htpasswd = "me:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";

let bench: EngineBench;
let docker: Docker;
let run: string;
let image: string;
let folder: string;
let registry: LocalRegistry;

beforeAll(async () => {
  bench = await engineBench();
  ({ docker, run, image, folder } = bench);
  mkdirSync(join(folder, "registry"));
  registry = await startRegistry(join(folder, "registry"));
});

afterAll(async () => {
  await registry?.stop();
  await bench?.dispose();
});

describe("an engine", () => {
  test("tells who it is", async () => {
    const info = await docker.info();
    expect(info.id).not.toBe("");
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.apiVersion).toMatch(/^1\.\d+$/);
    expect(info.platform).toMatch(/^linux\/[a-z0-9]+$/);
  });

  test("that is not there is told with its address", async () => {
    const DOCKER_HOST = `unix://${folder}/none.sock`;
    const other = await connectDocker({ ...process.env, DOCKER_HOST });
    await expect(other.images()).rejects.toMatchObject({
      diagnostic: {
        code: "engine-unreachable",
        message: `cannot reach the Docker Engine at ${DOCKER_HOST}: no such socket`,
      },
    });
  });
});

const sleeping = (name: string) => ({
  image: name,
  name: `tbuild-test-${run}`,
  port: 80,
  command: ["sleep", "600"],
  environment: {},
  labels: bench.labels,
});

describe("images", () => {
  test("are listed with their names and labels, by one request", async () => {
    const id = await docker.imageId(image);
    const found = (await docker.images()).find((each) => each.id === id);
    expect(found?.references).toEqual(expect.arrayContaining([image, `${image}-b`]));
    expect(found?.labels).toEqual({ a: "b" });
    expect(found?.size).toBeGreaterThan(1_000_000);
  });

  test("that the engine does not hold have no ID", async () => {
    expect(await docker.imageId(`tbuild-test/none:${run}`)).toBeUndefined();
  });

  test("get and lose names one by one", async () => {
    const name = `tbuild-test/other:${run}`;
    await docker.tag((await docker.imageId(image)) ?? "", name);
    expect(await docker.imageId(name)).toBe(await docker.imageId(image));
    expect(await docker.removeImage(name)).toEqual({ kind: "removed" });
    expect(await docker.removeImage(name)).toEqual({ kind: "absent" });
    expect(await docker.imageId(image)).toBeDefined();
  });

  test("that have other names are not removed by ID", async () => {
    const id = (await docker.imageId(image)) ?? "";
    expect(await docker.removeImage(id)).toEqual({ kind: "in-use", by: "other references" });
  });

  test("that a container runs are not removed", async () => {
    const tar = join(folder, "one.tar");
    await writeTinyRootfs(tar);
    const name = `tbuild-test/one:${run}`;
    await docker.importRootfs(tar, [name], ["LABEL only=one"], never);
    const service = await docker.startService(sleeping(name), never);
    expect(await docker.removeImage(name)).toEqual({
      kind: "in-use",
      by: `container ${service.containerId.slice(0, 12)}`,
    });
    await service.stop();
    expect(await docker.removeImage(name)).toEqual({ kind: "removed" });
  });

  test("are not made of a file that is no tar", async () => {
    const file = join(folder, "text");
    writeFileSync(file, "no tar".repeat(1000));
    expect(await problem(docker.importRootfs(file, [], [], never))).toBe("import-failed");
    expect(await problem(docker.importRootfs(`${file}-none`, [], [], never))).toBe("import-failed");
  });

  test("are saved whole", async () => {
    let size = 0;
    for await (const chunk of await docker.save([image, `${image}-b`], never)) size += chunk.length;
    expect(size).toBeGreaterThan(1_000_000);
  });

  test("that are not there cannot be saved or tagged", async () => {
    const none = `tbuild-test/none:${run}`;
    expect(await problem(docker.save([none], never))).toBe("image-not-found");
    expect(await problem(docker.tag(none, `${none}-b`))).toBe("image-not-found");
  });

  test("stop being saved when aborted", async () => {
    const controller = new AbortController();
    const stream = await docker.save([image], controller.signal);
    const reading = (async () => {
      for await (const _ of stream) controller.abort();
    })();
    expect(await problem(reading)).toBe("AbortError");
  });
});

describe("a registry", () => {
  test("gets an image and gives it back", async () => {
    // One that has nothing of the image yet.
    const empty = await startRegistry(mkdtempSync(join(folder, "empty-")));
    const name = `${empty.host}/team/tiny:${run}`;
    const id = (await docker.imageId(image)) ?? "";
    await docker.tag(id, name);
    const pushed = recorder();
    const digest = await docker.push(name, pushed.progress, never);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pushed.transfers.size).toBe(1);
    const url = `http://${empty.host}/v2/team/tiny/manifests/${digest}`;
    const accept = [
      "application/vnd.docker.distribution.manifest.v2+json",
      "application/vnd.oci.image.manifest.v1+json",
    ];
    expect((await fetch(url, { headers: { accept: accept.join(", ") } })).status).toBe(200);
    await docker.removeImage(name);
    expect(await docker.pull(name, recorder().progress, never)).toBe(id);
    expect(await docker.pull(`${empty.host}/team/tiny@${digest}`, recorder().progress, never)).toBe(
      id,
    );
    await docker.removeImage(name);
    await docker.removeImage(`${empty.host}/team/tiny@${digest}`);
    await empty.stop();
  });

  test("is asked for the tag `latest` when none is named, and for no other", async () => {
    const name = `${registry.host}/team/untagged`;
    await docker.tag(image, `${name}:latest`);
    await docker.tag(image, `${name}:${run}`);
    await docker.push(name, recorder().progress, never);
    const list = await (await fetch(`http://${registry.host}/v2/team/untagged/tags/list`)).json();
    expect(list).toMatchObject({ tags: ["latest"] });
    await docker.removeImage(`${name}:latest`);
    await docker.removeImage(`${name}:${run}`);
  });

  test("that lacks the image is told from one that is not there", async () => {
    const { progress } = recorder();
    const absent = docker.pull(`${registry.host}/team/none:1`, progress, never);
    expect(await problem(absent)).toBe("image-not-found");
    const unreachable = docker.pull(`127.0.0.1:${await freePort()}/none:1`, progress, never);
    expect(await problem(unreachable)).toBe("registry-unreachable");
  });

  test("is not asked for what the engine does not hold", async () => {
    const name = `${registry.host}/team/none:${run}`;
    expect(await problem(docker.push(name, recorder().progress, never))).toBe("image-not-found");
  });

  test("that wants credentials gets those for it, and no others", async () => {
    const data = mkdtempSync(join(folder, "private-"));
    const guarded = await startRegistry(data, htpasswd);
    try {
      const name = `${guarded.host}/team/tiny:${run}`;
      await docker.tag(image, name);
      expect(await problem(docker.push(name, recorder().progress, never))).toBe("registry-denied");
      const auth = Buffer.from(`me:${password}`).toString("base64");
      writeFileSync(
        join(data, "config.json"),
        JSON.stringify({ auths: { [guarded.host]: { auth } } }),
      );
      const member = await connectDocker({ ...process.env, DOCKER_CONFIG: data });
      expect(await member.push(name, recorder().progress, never)).toMatch(/^sha256:/);
      expect(await member.pull(name, recorder().progress, never)).toBe(await docker.imageId(image));
      member.close();
      await docker.removeImage(name);
    } finally {
      await guarded.stop();
    }
  });

  test("that never answers is left when aborted", async () => {
    const controller = new AbortController();
    const server = await hangingServer(() => controller.abort());
    const { port } = server.address() as { port: number };
    const pull = docker.pull(`127.0.0.1:${port}/a:1`, recorder().progress, controller.signal);
    expect(await problem(pull)).toBe("AbortError");
    server.closeAllConnections();
    server.close();
  });
});

function hangingServer(onRequest: () => void): Promise<Server> {
  const server = createServer(onRequest);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
