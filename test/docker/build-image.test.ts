import { mkdtempSync, rmSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { buildImage } from "../../src/docker/build-image.ts";
import type { BuildRequest } from "../../src/docker/docker.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";
import { json } from "./build-stream.ts";
import { type Call, type FakeBuilder, startFakeBuilder } from "./fake-builder.ts";

const imageId = json({ id: "moby.image.id", aux: { ID: "sha256:abc" } });
const credentials = async () => undefined;
const sink = { output: () => {}, step: () => {} };
const request: BuildRequest = {
  context: [],
  dockerfile: "Dockerfile",
  tags: ["shop/api:dev", "shop/api:1"],
  labels: { team: "a b" },
  args: { VERSION: "1&2" },
  extraHosts: ["repo:host-gateway", "a:1.2.3.4"],
  secrets: new Map([["token", Buffer.from("s3cret")]]),
};

let builder: FakeBuilder;
let calls: Call[];
let answer: (call: Call) => void;

beforeEach(async () => {
  calls = [];
  builder = await startFakeBuilder((call) => {
    calls.push(call);
    answer(call);
  });
});

afterEach(() => builder.stop());

const build = (more: Partial<BuildRequest> = {}, signal = new AbortController().signal) =>
  buildImage(builder.engine, { ...request, ...more }, { credentials, progress: sink, signal });

async function problemOf(building: Promise<unknown>) {
  const error = await building.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostic;
}

/** Answers after the whole context was read, as the engine does. */
function succeed({ request, response }: Call): void {
  void buffer(request).then(() => response.end(imageId));
}

test("a build returns the image ID and asks for BuildKit with all of the request", async () => {
  answer = succeed;
  expect(
    await build({ stage: "run", network: "host", platform: "linux/arm64", noCache: true }),
  ).toBe("sha256:abc");
  const query = calls[0]?.query as URLSearchParams;
  expect(query.getAll("t")).toEqual(["shop/api:dev", "shop/api:1"]);
  expect(query.getAll("extrahosts")).toEqual(["repo:host-gateway", "a:1.2.3.4"]);
  expect(JSON.parse(query.get("labels") ?? "")).toEqual({ team: "a b" });
  expect(JSON.parse(query.get("buildargs") ?? "")).toEqual({ VERSION: "1&2" });
  expect(Object.fromEntries(query)).toMatchObject({
    version: "2",
    dockerfile: "Dockerfile",
    target: "run",
    networkmode: "host",
    platform: "linux/arm64",
    nocache: "1",
    session: builder.sessions[0]?.headers["x-docker-expose-session-uuid"]?.[0],
  });
});

test("secrets are in no URL, and what is not asked for is left to the engine", async () => {
  answer = succeed;
  await build({ tags: [], extraHosts: [] });
  expect(calls[0]?.request.url).not.toContain("s3cret");
  for (const name of ["t", "extrahosts", "target", "networkmode", "platform", "nocache"]) {
    expect(calls[0]?.query.has(name)).toBe(false);
  }
});

test("an engine that tells no image ID is asked for that of the first tag", async () => {
  answer = (call) => {
    if (call.path === "/build") void buffer(call.request).then(() => call.response.end());
    else call.response.end(JSON.stringify({ Id: "sha256:def" }));
  };
  expect(await build()).toBe("sha256:def");
  expect(calls[1]?.path).toBe("/images/shop/api:dev/json");
});

test("a build that fails leaves neither its session nor its connection", async () => {
  answer = ({ request, response }) => {
    void buffer(request).then(() => response.end(json({ error: "dockerfile parse error" })));
  };
  expect((await problemOf(build())).message).toBe(
    "building image `shop/api:dev`: dockerfile parse error",
  );
  await builder.sessions[0]?.closed;
});

test("a refused request is told in the engine's words", async () => {
  answer = ({ request, response }) => {
    request.resume();
    response.writeHead(400).end(JSON.stringify({ message: "invalid reference format" }));
  };
  expect(await problemOf(build())).toMatchObject({
    code: "build-failed",
    message: "building image `shop/api:dev`: invalid reference format",
  });
  await builder.sessions[0]?.closed;
});

test("a connection that breaks during the build is the surroundings' fault", async () => {
  answer = ({ request, response }) => {
    void buffer(request).then(() => response.write("{}\n", () => response.destroy()));
  };
  expect(await problemOf(build())).toMatchObject({
    code: "engine-unreachable",
    blame: "surroundings",
    message: `cannot build image \`shop/api:dev\`: lost the connection to the Docker Engine at ${builder.address}`,
  });
  await builder.sessions[0]?.closed;
});

test("an engine that is away is the surroundings' fault", async () => {
  const gone = await startFakeBuilder(() => {});
  await gone.stop();
  const { signal } = new AbortController();
  const building = buildImage(gone.engine, request, { credentials, progress: sink, signal });
  expect(await problemOf(building)).toMatchObject({
    code: "engine-unreachable",
    blame: "surroundings",
    message: `cannot reach the Docker Engine at ${gone.address}: no such socket`,
  });
});

test("an abort during the build tells the engine which build to cancel", async () => {
  const abort = new AbortController();
  answer = ({ path, query, request, response }) => {
    const build = calls[0] as Call;
    if (path === "/build") {
      void buffer(request).then(() => response.write("{}\n", () => abort.abort()));
    } else if (path === "/build/cancel" && query.get("id") === build.query.get("buildid")) {
      response.end();
      build.response.end(json({ error: "context canceled" }));
    }
  };
  await expect(build({}, abort.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect(calls.map(({ path }) => path)).toEqual(["/build", "/build/cancel"]);
  await builder.sessions[0]?.closed;
});

test("an abort ends the wait for an engine that hangs", async () => {
  const abort = new AbortController();
  answer = ({ path, request }) => {
    if (path === "/build") void buffer(request).then(() => abort.abort());
  };
  await expect(build({}, abort.signal)).rejects.toMatchObject({ name: "AbortError" });
  await builder.sessions[0]?.closed;
});

test("an abort before the start asks the engine for nothing", async () => {
  await expect(build({}, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  expect(builder.sessions).toEqual([]);
});

describe("with a large context", () => {
  let folder: string;
  let large: { name: string; source: string };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "tbuild-build-"));
    large = { name: "large", source: join(folder, "large") };
    await writeFile(large.source, "");
    await truncate(large.source, 64 * 2 ** 20);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test("an abort while it is sent does not wait for the rest", async () => {
    const abort = new AbortController();
    answer = ({ path, request }) => {
      if (path === "/build") request.once("data", () => request.pause() && abort.abort());
    };
    await expect(build({ context: [large] }, abort.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
    await builder.sessions[0]?.closed;
  });

  test("a refusal before the engine read it all is told", async () => {
    answer = ({ response }) => {
      response.writeHead(400, { connection: "close" });
      response.end(JSON.stringify({ message: "invalid reference format" }));
    };
    expect(await problemOf(build({ context: [large] }))).toMatchObject({
      message: "building image `shop/api:dev`: invalid reference format",
    });
  });

  test("a file that shrinks is named, not the connection", async () => {
    answer = ({ request }) => {
      request.once("data", () => void truncate(large.source, 1024));
      request.resume();
    };
    expect(await problemOf(build({ context: [large] }))).toMatchObject({
      code: "file-changed",
      blame: "target",
    });
    await builder.sessions[0]?.closed;
  });
});
