/** Builds against a real engine: see `real-builder.ts` for what that needs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { dirname, join } from "node:path";
import type { BuildStep } from "../../src/docker/docker.ts";
import {
  base,
  buildIn,
  engine,
  type Options,
  prepareEngine,
  problemOf,
  run,
  tag,
  workspace,
} from "./real-builder.ts";

let folder: string;
let remove: () => Promise<void>;

beforeAll(prepareEngine);

beforeEach(() => {
  ({ folder, remove } = workspace());
});

afterEach(() => remove());

const build = (dockerfile: string, options?: Options) => buildIn(folder, dockerfile, options);

const ended = (steps: readonly BuildStep[], part: string) =>
  steps.find(({ name, state }) => name.includes(part) && state !== "started")?.state;

test("an image is built with all its tags, labels and arguments, and told step by step", async () => {
  const { id, steps, lines } = await build(
    `FROM ${base}\nARG WHO\nRUN echo "grüße an $WHO, ${run}"\n`,
    { tags: [tag, tag.replace(":1", ":2")], args: { WHO: "zoë & co" } },
  );
  expect(lines).toContain(`grüße an zoë & co, ${run}`);
  expect(ended(steps, "RUN echo")).toBe("done");
  const image = await engine.getImage(tag.replace(":1", ":2")).inspect();
  expect(image.Id).toBe(id);
  expect(image.Config.Labels).toMatchObject({ "tbuild-test": run });
});

test("the same build again comes from the cache, with the same image", async () => {
  const dockerfile = `FROM ${base}\nCOPY a /a\nRUN echo ${run} again\n`;
  const first = await build(dockerfile, { files: { a: "a" } });
  const second = await build(dockerfile, { files: { a: "a" } });
  expect(second.id).toBe(first.id);
  expect(ended(second.steps, "COPY a")).toBe("cached");
  expect(ended(second.steps, "RUN echo")).toBe("cached");
});

test("no cache means that every step runs again", async () => {
  const dockerfile = `FROM ${base}\nRUN echo ${run} afresh\n`;
  await build(dockerfile);
  const { steps } = await build(dockerfile, { noCache: true });
  expect(ended(steps, "RUN echo")).toBe("done");
});

test("a build without tags returns its image", async () => {
  const { id } = await build(`FROM ${base}\nRUN echo ${run} untagged\n`, { tags: [] });
  const image = await engine.getImage(id).inspect();
  expect(image.RepoTags).toEqual([]);
});

test("a stage can be built, with a Dockerfile in a folder", async () => {
  const { lines } = await build("", {
    files: {
      "docker/Dockerfile.x": `FROM ${base} AS one\nRUN echo one ${run}\nFROM one\nRUN false\n`,
    },
    dockerfile: "docker/Dockerfile.x",
    stage: "one",
  });
  expect(lines).toContain(`one ${run}`);
});

test("contexts keep links, modes, and names that are long or not ASCII", async () => {
  const long = `${"folder/".repeat(40)}${"n".repeat(150)}`;
  await writeFile(join(folder, "program"), "#!/bin/sh\necho it runs\n", { mode: 0o700 });
  await symlink("grüße", join(folder, "link"));
  for (const name of ["grüße", long]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), `content of ${name.slice(0, 6)}`);
  }
  const dockerfile = `FROM ${base}\nCOPY . /c/\nRUN cat /c/link; echo; cat /c/folder/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/n*; echo; /c/program; stat -c %Y.%u.%a /c/program # ${run}\n`;
  await writeFile(join(folder, "Dockerfile"), dockerfile);
  const names = [long, "Dockerfile", "grüße", "link", "program"];
  const context = names.map((name) => ({ name, source: join(folder, name) }));
  const { lines } = await build(dockerfile, { context });
  expect(lines).toEqual(
    expect.arrayContaining(["content of grüße", "content of folder", "it runs", "0.0.755"]),
  );
});

test("a host of the request is known to the steps", async () => {
  const { lines } = await build(`FROM ${base}\nRUN grep repo /etc/hosts; echo ${run}\n`, {
    extraHosts: ["repo:10.9.8.7", "gateway:host-gateway"],
  });
  expect(lines.join("\n")).toMatch(/^10\.9\.8\.7\s+repo$/m);
});

test("a predefined proxy argument reaches the step, but not the history", async () => {
  const proxy = "http://user:hidden@proxy.example:3128";
  const { id, lines } = await build(`FROM ${base}\nRUN echo "via $http_proxy" # ${run}\n`, {
    args: { http_proxy: proxy },
  });
  expect(lines).toContain(`via ${proxy}`);
  expect(JSON.stringify(await engine.getImage(id).history())).not.toContain("hidden");
});

test("a secret reaches its step and nothing else", async () => {
  const secret = `s3cret-${"x".repeat(100_000)}`;
  const { id, lines } = await build(
    `FROM ${base}\nRUN --mount=type=secret,id=token wc -c < /run/secrets/token # ${run}\n`,
    { secrets: new Map([["token", Buffer.from(secret)]]) },
  );
  expect(lines).toContain(String(secret.length));
  expect(JSON.stringify(await engine.getImage(id).history())).not.toContain("s3cret");
});

test("a secret that is not given is named", async () => {
  const { message } = await problemOf(
    build(`FROM ${base}\nRUN --mount=type=secret,id=token,required cat /run/secrets/token\n`),
  );
  expect(message).toMatch(/ failed: secret token.*: not found$/);
});

test("a command that fails is told with its step, its code and its last lines", async () => {
  const command = `seq 1 30; echo ${run}; exit 2`;
  const { details, ...problem } = await problemOf(build(`FROM ${base}\nRUN ${command}\n`));
  expect(problem).toEqual({
    code: "build-failed",
    blame: "target",
    message: `building image \`${tag}\`: step \`[2/2] RUN ${command}\` exited with code 2`,
    exitCode: 2,
  });
  expect(details).toHaveLength(20);
  expect(details?.at(-1)).toBe(run);
});

test("of two steps that run at once, the one that failed is told", async () => {
  const dockerfile = `FROM ${base} AS slow\nRUN sleep 100 # ${run}\nFROM ${base} AS bad\nRUN sleep 0.3; echo boo; exit 3 # ${run}\nFROM ${base}\nCOPY --from=slow /etc/passwd /a\nCOPY --from=bad /etc/passwd /b\n`;
  const { message, details } = await problemOf(build(dockerfile));
  expect(message).toMatch(/step `\[bad 2\/2\] RUN sleep 0.3; .*` exited with code 3$/);
  expect(details).toEqual(["boo"]);
});

test("a fault in the Dockerfile is told with its line", async () => {
  const { message } = await problemOf(build(`FROM ${base}\nFOO bar\n`));
  expect(message).toMatch(/: dockerfile parse error (on )?line 2: unknown instruction: FOO/);
});

test("a missing Dockerfile and a missing file are named", async () => {
  const { message } = await problemOf(build("", { files: { other: "" } }));
  expect(message).toMatch(
    /: failed to read dockerfile: open Dockerfile: no such file or directory$/,
  );
  const missing = await problemOf(build(`FROM ${base}\nCOPY nope /\n`));
  expect(missing.message).toMatch(
    /: step `\[2\/2\] COPY nope \/` failed: `nope` is not in the context$/,
  );
});

test("a base image is asked for with the credentials of its registry only", async () => {
  const asked: string[] = [];
  const registry = await startRegistry();
  const host = `localhost:${(registry.address() as AddressInfo).port}`;
  const authorizations: (string | undefined)[] = [];
  registry.on("request", (request, response) => {
    authorizations.push(request.headers.authorization);
    if (request.headers.authorization) response.writeHead(404).end();
    else response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
  });
  const credentials = async (name: string) => {
    asked.push(name);
    return name === host ? { username: "anna", password: "pw" } : undefined;
  };
  try {
    const { message } = await problemOf(build(`FROM ${host}/base:1\n`, { credentials }));
    expect(message).toContain(`[internal] load metadata for ${host}/base:1`);
    expect(new Set(asked)).toEqual(new Set([host]));
    expect(authorizations).toContain(`Basic ${Buffer.from("anna:pw").toString("base64")}`);
  } finally {
    registry.close();
    registry.closeAllConnections();
  }
});

/** The engine must run on this machine: it takes `localhost` for a registry without TLS. */
async function startRegistry(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

test("a registry that cannot be reached is the surroundings' fault", async () => {
  const closed = createTcpServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const { code, blame } = await problemOf(build(`FROM localhost:${port}/base:1\n`));
  expect({ code, blame }).toEqual({ code: "registry-unreachable", blame: "surroundings" });
});

test("an abort ends the build within a second, in the engine too", async () => {
  const abort = new AbortController();
  // Only one build at a time may hold this cache: the second one can run only when the first is gone.
  const mount = `--mount=type=cache,id=${run},target=/lock,sharing=locked`;
  let since = 0;
  const building = build(`FROM ${base}\nRUN ${mount} echo running; sleep 300\n`, {
    signal: abort.signal,
    onLine: (line) => {
      if (line !== "running") return;
      since = performance.now();
      abort.abort();
    },
  });
  await expect(building).rejects.toMatchObject({ name: "AbortError" });
  expect(performance.now() - since).toBeLessThan(1000);
  const { lines } = await build(`FROM ${base}\nRUN ${mount} echo free ${run}\n`);
  expect(lines).toContain(`free ${run}`);
  expect(performance.now() - since).toBeLessThan(20_000);
});

test("a process that built, failed and aborted ends by itself", async () => {
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", await bundled(), base, folder, run],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const deadline = setTimeout(() => child.kill(), 30_000);
  const [code] = await once(child, "close");
  clearTimeout(deadline);
  expect(output).toBe("built\nDiagnosticError\nAbortError\n");
  expect(code).toBe(0);
});

/** A program that builds three times and then has nothing left to do. */
async function bundled(): Promise<string> {
  const { build: bundle } = await import("esbuild");
  const root = join(import.meta.dirname, "../..");
  const contents = `
    import Dockerode from "dockerode";
    import { writeFileSync } from "node:fs";
    import { buildImage } from "./src/docker/build-image.ts";
    const [base, folder, run] = process.argv.slice(1);
    const engine = new Dockerode();
    async function build(command, abort = new AbortController()) {
      const source = folder + "/Dockerfile";
      writeFileSync(source, "FROM " + base + "\\nRUN " + command + " # " + run);
      const context = [{ name: "Dockerfile", source }];
      const labels = { "tbuild-test": run };
      const credentials = async () => undefined;
      const sink = { step() {}, output: (line) => line === "running" && abort.abort() };
      const none = { tags: [], args: {}, extraHosts: [], secrets: new Map() };
      const request = { context, dockerfile: "Dockerfile", labels, ...none };
      return buildImage(engine, request, { credentials, progress: sink, signal: abort.signal })
        .then(() => "built", (error) => error.name);
    }
    console.log(await build("true"));
    console.log(await build("false"));
    console.log(await build("echo running; sleep 300"));
  `;
  const result = await bundle({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    packages: "external",
    absWorkingDir: root,
  });
  return result.outputFiles[0]?.text ?? "";
}
