/** Holds the real engine behind DOCKER_HOST to what `Docker` promises of commands and services in containers. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type {
  Docker,
  RunningService,
  RunRequest,
  ServiceRequest,
} from "../../src/docker/docker.ts";
import { type EngineBench, engineBench, never, problem, recorder } from "./engine-bench.ts";
import { freePort } from "./local-registry.ts";

let bench: EngineBench;
let docker: Docker;
let image: string;
let labels: Readonly<Record<string, string>>;
let folder: string;

beforeAll(async () => {
  bench = await engineBench();
  ({ docker, image, labels, folder } = bench);
});

afterAll(() => bench?.dispose());

function command(script: string, more: Partial<RunRequest> = {}): RunRequest {
  return {
    image,
    command: ["sh", "-c", script],
    environment: {},
    workdir: "/srv/here",
    inputs: [],
    outputs: [],
    destination: mkdtempSync(join(folder, "out-")),
    extraHosts: [],
    labels,
    ...more,
  };
}

describe("a command in a container", () => {
  afterEach(async () => expect(await bench.containers()).toBe(0));

  test("sees its inputs, owned by root, and nothing else of this machine", async () => {
    const source = join(folder, "input");
    writeFileSync(source, "content");
    chmodSync(source, 0o755);
    const inputs = [{ name: "sub/input.txt", source }];
    const { lines, progress } = recorder();
    const script = "ls; ls -ln sub; cat sub/input.txt; echo; id -u; test -w . && echo writable";
    const outcome = await docker.run(command(script, { inputs }), progress, never);
    expect(outcome).toEqual({ exitCode: 0, missing: [] });
    expect(lines).toEqual([
      "sub",
      expect.stringMatching(/^total/),
      expect.stringMatching(/^-rwxr-xr-x 1 0 0 7 .* input.txt$/),
      "content",
      "0",
      "writable",
    ]);
  });

  test("gets its environment and hosts", async () => {
    const { lines, progress } = recorder();
    const request = command('echo "$GREETING"; cat /etc/hosts', {
      environment: { GREETING: "grüß dich" },
      extraHosts: ["repo:10.1.2.3"],
    });
    await docker.run(request, progress, never);
    expect(lines[0]).toBe("grüß dich");
    expect(lines).toContain("10.1.2.3\trepo");
  });

  test("is heard from the first line to the last, of both streams", async () => {
    const { lines, progress } = recorder();
    const script = "i=0; while [ $i -lt 5000 ]; do echo line $i 🐳; i=$((i+1)); done; echo bad >&2";
    await docker.run(command(script), progress, never);
    const expected = Array.from({ length: 5000 }, (_, index) => `line ${index} 🐳`);
    expect(lines.filter((line) => line !== "bad")).toEqual(expected);
    expect(lines).toContain("bad");
  });

  test("that fails gives its exit code and no outputs", async () => {
    const request = command("touch made; exit 7", { outputs: ["made"] });
    expect(await docker.run(request, recorder().progress, never)).toEqual({
      exitCode: 7,
      missing: [],
    });
    expect(readdirSync(request.destination)).toEqual([]);
  });

  test("that fails gives its caches, and none when it was killed", async () => {
    const outputs = ["made", "cache"];
    const caches = ["cache", "other"];
    const script = "mkdir cache; echo 1 > cache/file; touch made; exit";
    const failed = command(`${script} 7`, { outputs, caches });
    expect(await docker.run(failed, recorder().progress, never)).toEqual({
      exitCode: 7,
      missing: [],
    });
    expect(readdirSync(failed.destination)).toEqual(["cache"]);
    expect(readFileSync(join(failed.destination, "cache/file"), "utf8")).toBe("1\n");
    const killed = command(`${script} 137`, { outputs, caches });
    await docker.run(killed, recorder().progress, never);
    expect(readdirSync(killed.destination)).toEqual([]);
    const lacking = command("mkdir cache", { outputs, caches });
    expect(await docker.run(lacking, recorder().progress, never)).toEqual({
      exitCode: 0,
      missing: ["made"],
    });
    expect(readdirSync(lacking.destination)).toEqual(["cache"]);
  });

  test("has its outputs brought back whole, in place of old ones", async () => {
    const script =
      "mkdir -p out/tree/deep; echo new > out/file; echo x > out/tree/deep/x; " +
      "ln -s deep/x out/tree/link; chmod 750 out/tree/deep/x; chown 1234:1234 out/file";
    const request = command(script, { outputs: ["out/file", "out/tree/"] });
    const at = (path: string) => join(request.destination, path);
    mkdirSync(at("out/tree/stale"), { recursive: true });
    writeFileSync(at("out/file"), "old");
    const outcome = await docker.run(request, recorder().progress, never);
    expect(outcome).toEqual({ exitCode: 0, missing: [] });
    expect(readFileSync(at("out/file"), "utf8")).toBe("new\n");
    expect(readdirSync(at("out/tree"))).toEqual(["deep", "link"]);
    expect(readlinkSync(at("out/tree/link"))).toBe("deep/x");
    expect(lstatSync(at("out/tree/deep/x")).mode & 0o777).toBe(0o750);
    expect(lstatSync(at("out/file")).uid).toBe(process.getuid?.());
    expect(readdirSync(request.destination)).toEqual(["out"]);
  });

  test("that leaves an output out has none brought back", async () => {
    const request = command("touch one", { outputs: ["one", "two"] });
    expect(await docker.run(request, recorder().progress, never)).toEqual({
      exitCode: 0,
      missing: ["two"],
    });
    expect(readdirSync(request.destination)).toEqual([]);
  });

  test.each([
    ["an absolute link", "ln -s /etc/passwd out", "out"],
    ["a link that climbs out", "mkdir out; ln -s ../../x out/y", "out"],
    ["a pipe", "mkdir out; mkfifo out/pipe", "out"],
    ["a path outside", "true", "../out"],
    ["everything", "true", "."],
  ])("cannot bring back %s", async (_, script, output) => {
    const request = command(script, { outputs: [output] });
    expect(await problem(docker.run(request, recorder().progress, never))).toBe("output-unsafe");
    expect(readdirSync(request.destination)).toEqual([]);
  });

  test("cannot write through a link that stands here", async () => {
    const outside = mkdtempSync(join(folder, "outside-"));
    const request = command("mkdir out; touch out/file", { outputs: ["out/file"] });
    symlinkSync(outside, join(request.destination, "out"));
    expect(await problem(docker.run(request, recorder().progress, never))).toBe("output-unsafe");
    expect(readdirSync(outside)).toEqual([]);
  });

  test("that is not in the image is told", async () => {
    const request = { ...command(""), command: ["no-such-program", "--flag"] };
    await expect(docker.run(request, recorder().progress, never)).rejects.toMatchObject({
      diagnostic: {
        code: "run-failed",
        blame: "target",
        message: `cannot start \`no-such-program --flag\` in \`${image}\`: \`no-such-program\`: executable file not found in $PATH`,
      },
    });
  });

  test("in an image that is not there is told", async () => {
    const request = command("", { image: `tbuild-test/none:${bench.run}` });
    expect(await problem(docker.run(request, recorder().progress, never))).toBe("image-not-found");
  });

  test("ends within a second of an abort, with its container", async () => {
    const controller = new AbortController();
    let aborted = 0;
    const output = () => {
      aborted = performance.now();
      controller.abort();
    };
    const request = command("trap '' TERM INT; echo started; sleep 600");
    const progress = { output, step: () => undefined };
    expect(await problem(docker.run(request, progress, controller.signal))).toBe("AbortError");
    expect(performance.now() - aborted).toBeLessThan(1000);
  });

  test("is not started after an abort", async () => {
    const running = docker.run(command("true"), recorder().progress, AbortSignal.abort());
    expect(await problem(running)).toBe("AbortError");
  });

  test("whose inputs cannot be read is not started", async () => {
    const inputs = [{ name: "gone", source: join(folder, "gone") }];
    const { lines, progress } = recorder();
    const running = docker.run(command("echo started", { inputs }), progress, never);
    expect(await problem(running)).toMatch(/^file-/);
    expect(lines).toEqual([]);
  });
});

const serve =
  'socket(S,2,1,6); setsockopt(S,1,2,1); bind(S,pack("S n N x8",2,80,0)) or die; listen(S,9); ' +
  '$|=1; print "ready\\n"; while(accept(C,S)){sysread(C,$q,999); ' +
  'print C "HTTP/1.0 200 OK\\r\\n\\r\\nhello"; close C}';

function serviceOf(more: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    image,
    name: `tbuild-test-${randomUUID().slice(0, 8)}`,
    port: 80,
    command: ["perl", "-e", serve],
    environment: {},
    labels,
    ...more,
  };
}

/** Tries until the service's own check passes, as its dependents would. */
async function answer(url: string): Promise<string> {
  for (let left = 200; ; left--) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function stateAtEnd(service: RunningService) {
  let state = await service.state();
  while (state.running) state = await service.state();
  const logs = await service.logs(5);
  await service.stop();
  return { ...state, logs, code: undefined };
}

describe("a service", () => {
  afterEach(async () => {
    for (const { id } of await docker.containers(labels)) await docker.removeContainer(id);
  });

  test("is reached at its port, and is gone after it was stopped, twice", async () => {
    const service = await docker.startService(serviceOf(), never);
    expect(await answer(`http://${docker.publishedHost}:${service.hostPort}/`)).toBe("hello");
    expect(await service.state()).toEqual({ running: true, exitCode: 0 });
    expect(await service.logs(5)).toBe("ready");
    expect(await service.exec(["sh", "-c", "exit 3"])).toBe(3);
    expect([126, 127]).toContain(await service.exec(["no-such-program"]));
    const found = await docker.containers(labels);
    expect(found).toMatchObject([{ id: service.containerId, running: true }]);
    await service.stop();
    await service.stop();
    expect(await service.state()).toEqual({ running: false, exitCode: 137 });
    expect(await problem(service.exec(["sh"]))).toBe("service-failed");
    expect(await bench.containers()).toBe(0);
  });

  test("gets the port that it prefers, and another one when that is in use", async () => {
    const hostPort = await freePort();
    const first = await docker.startService(serviceOf({ hostPort }), never);
    const second = await docker.startService(serviceOf({ hostPort }), never);
    expect(first.hostPort).toBe(hostPort);
    expect(second.hostPort).not.toBe(hostPort);
    await Promise.all([first.stop(), second.stop()]);
    expect(await bench.containers()).toBe(0);
  });

  test("that ends at once is told, with what it said", async () => {
    const dies = serviceOf({ command: ["sh", "-c", "echo no licence; exit 4"] });
    const service = docker.startService(dies, never);
    // It may live long enough to be asked for its port; then its state tells.
    const end = await service.then(stateAtEnd, (error) => error.diagnostic);
    expect(end).toMatchObject(
      end.code === undefined
        ? { running: false, exitCode: 4, logs: "no licence" }
        : { code: "service-failed", blame: "target", details: ["no licence"] },
    );
  });

  test("whose name is taken is told", async () => {
    const request = serviceOf();
    const first = await docker.startService(request, never);
    expect(await problem(docker.startService(request, never))).toBe("container-name-taken");
    await first.stop();
  });

  test("is not left behind by an abort", async () => {
    expect(await problem(docker.startService(serviceOf(), AbortSignal.abort()))).toBe("AbortError");
    expect(await bench.containers()).toBe(0);
  });
});

test("removing a container that is gone is no error", async () => {
  await docker.removeContainer("0123456789ab");
});
