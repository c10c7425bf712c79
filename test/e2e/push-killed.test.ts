/**
 * A push that is killed at any of its stages leaves every tag as it was, or a record by which the next one completes it.
 *
 * @newer-engine: what is killed speaks to the registry.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { FaultProxy, type ProxiedRequest, type Verdict } from "./fault-proxy.ts";
import { fleetTags, removeFleet, tagsAt, versionedFleet } from "./fleet-versions.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";
import { start } from "./running.ts";
import "./small-workspace.ts";
import { tbuild } from "./tbuild.ts";

let folder = "";
let storage = "";
let registry: LocalRegistry;
let proxy: FaultProxy;
/** What the tags name before each test, and when the second version is pushed. */
let before: Record<string, string | undefined>;

beforeAll(async () => {
  folder = versionedFleet();
  const images = [1, 2].flatMap((version) =>
    ["web", "agent", "lb"].map((image) => `${image}-${version}`),
  );
  expect((await tbuild(folder, images)).exitCode).toBe(0);
});

afterAll(removeFleet);

beforeEach(async () => {
  storage = temporaryFolder();
  registry = await startRegistry(storage);
  proxy = await new FaultProxy(registry.host).listen();
  expect((await push("push-1")).exitCode).toBe(0);
  before = await tagsAt(registry.host);
});

afterEach(async () => {
  await proxy.stop();
  await registry.stop();
});

const push = (target: string) => tbuild(folder, [target, "--registry", proxy.host]);

/** Pushes the second version, and ends it when the plan holds a request back. */
async function endedAt(
  plan: (request: ProxiedRequest) => Verdict,
  signal: NodeJS.Signals = "SIGKILL",
): Promise<void> {
  const running = start(folder, ["push-2", "--registry", proxy.host]);
  const held = new Promise<void>((resolve) => {
    proxy.onHeld = () => resolve();
  });
  proxy.plan = plan;
  await Promise.race([held, running.ended.then(() => Promise.reject(new Error("it ended")))]);
  running.signal(signal);
  await running.ended;
  proxy.plan = () => "pass";
}

/** The nth request that matches gets this verdict, and so do all that come later. */
function nth(count: number, pattern: RegExp, verdict: Verdict) {
  let seen = 0;
  return ({ method, path: to }: ProxiedRequest): Verdict => {
    if (seen >= count) return "stall";
    if (!pattern.test(`${method} ${to}`)) return "pass";
    seen++;
    return seen >= count ? verdict : "pass";
  };
}

const tagWrite = /^PUT .*\/manifests\/(?!sha256)/;
const bursts = () => path.join(folder, ".tbuild/bursts");

/** Pushes again, and gives back what the tags name when all of them are of the second version. */
async function completed(): Promise<string> {
  const { stderr, exitCode } = await push("push-2");
  expect(exitCode).toBe(0);
  const after = await tagsAt(registry.host);
  for (const [name, digest] of Object.entries(after)) {
    expect(digest).toMatch(/^sha256:/);
    expect(digest).not.toBe(before[name]);
  }
  expect(existsSync(bursts())).toBe(false);
  return stderr;
}

describe("without the burst begun, every tag is as before, and the next push is complete", () => {
  test.each<[string, RegExp, number, Verdict]>([
    ["at its first question", /^HEAD/, 1, "hold"],
    ["when an upload begins", /^POST .*uploads\/(?!\?mount)/, 1, "hold"],
    ["when an upload began", /^POST .*uploads\/(?!\?mount)/, 1, "deaf"],
    ["in the middle of an upload", /^PATCH/, 1, "half"],
    ["at the end of an upload", /^PUT .*uploads/, 1, "deaf"],
    ["at a mount", /^POST .*mount=/, 1, "hold"],
    ["at the first manifest", /^PUT .*manifests\/sha256/, 1, "hold"],
    ["among the manifests", /^PUT .*manifests\/sha256/, 3, "deaf"],
    ["right before the tags", /^HEAD .*manifests\/(?!sha256)/, 10, "deaf"],
  ])("%s", async (_, pattern, count, verdict) => {
    await endedAt(nth(count, pattern, verdict));
    expect(await tagsAt(registry.host)).toEqual(before);
    expect(existsSync(bursts())).toBe(false);
    expect(await completed()).not.toContain("warning");
  });
});

describe("within the burst", () => {
  const all = fleetTags.length;
  const latest = fleetTags.filter(([, tag]) => tag === "latest").length;

  /** Lets some tags through, and kills when their answers have come and another one is asked for. */
  async function killedAfter(count: number): Promise<void> {
    let [passed, answered] = [0, 0];
    const running = start(folder, ["push-2", "--registry", proxy.host]);
    await new Promise<void>((resolve) => {
      let held = 0;
      const look = () => held > 0 && answered === count && resolve();
      proxy.onHeld = () => {
        held++;
        look();
      };
      proxy.onAnswered = ({ method, path: to }) => {
        if (!tagWrite.test(`${method} ${to}`)) return;
        answered++;
        look();
      };
      proxy.plan = ({ method, path: to }) =>
        tagWrite.test(`${method} ${to}`) && passed++ >= count ? "hold" : "pass";
    });
    running.signal("SIGKILL");
    await running.ended;
    proxy.plan = () => "pass";
    proxy.onAnswered = () => undefined;
  }

  const changed = async () => {
    const now = await tagsAt(registry.host);
    return Object.keys(now).filter((name) => now[name] !== before[name]).length;
  };

  test.each([0, 1, 2, all - latest, all - 1])(
    "after %d tags, the next push completes it and says so",
    async (count) => {
      await killedAfter(count);
      expect(await changed()).toBe(count);
      const state = await tbuild(folder, ["state"]);
      expect(state.stderr).toBe(
        `warning: a push to ${proxy.host} was cut off among its ${all} tags: complete it with \`tbuild push-2 --registry ${proxy.host} --log json\``,
      );
      const { moved, were } = tellOf(await completed());
      expect([moved, were]).toEqual([all - count, count]);
    },
  );

  test("after the last `latest` was written and before that was heard, too", async () => {
    await endedAt(nth(all, tagWrite, "deaf"));
    expect(await changed()).toBe(all);
    expect(tellOf(await completed())).toEqual({ moved: 0, were: all });
  });

  test("a push of something else to the same registry completes it first", async () => {
    await killedAfter(2);
    expect((await push("push-other")).exitCode).toBe(0);
    expect(await changed()).toBe(all);
    expect(existsSync(bursts())).toBe(false);
  });

  test("a push that goes back to what was before ends with that", async () => {
    await killedAfter(2);
    expect((await push("push-1")).exitCode).toBe(0);
    expect(await tagsAt(registry.host)).toEqual(before);
  });

  const tellOf = (text: string) => {
    const [, moved, were = "0"] =
      /cut off among its tags: (\d+) moved to (?:their|its) new images? now(?:, (\d+) w)?/.exec(
        text,
      ) ?? [];
    return { moved: Number(moved), were: Number(were) };
  };
});

describe("a push that Ctrl-C ends leaves no upload in the registry", () => {
  /** Places of uploads that the registry named. */
  let begun: string[];

  async function interruptedAt(verdict: Verdict): Promise<void> {
    begun = [];
    const plan = nth(1, /^PATCH/, verdict);
    await endedAt((request) => {
      const { method, path: to } = request;
      if (method === "PATCH" || method === "DELETE") begun.push(to);
      return method === "DELETE" ? "pass" : plan(request);
    }, "SIGINT");
    expect(await tagsAt(registry.host)).toEqual(before);
  }

  test("that has no bytes of it yet", async () => {
    await interruptedAt("hold");
    expect(begun.length).toBeGreaterThan(0);
    expect(uploads()).toEqual([]);
  });

  test("that could be gone on with", async () => {
    await interruptedAt("half");
    expect(begun.length).toBeGreaterThan(0);
    for (const to of begun) {
      expect((await fetch(`http://${registry.host}${to}`)).status).toBe(404);
    }
  });
});

test("what a registry still has of an upload that a kill cut off does not disturb the next push", async () => {
  await endedAt(nth(1, /^PATCH/, "half"));
  expect(uploads()).not.toEqual([]);
  await completed();
});

/** Uploads that the registry has bytes of. Of one that was ended it forgets to remove an empty sum. */
function uploads(): readonly string[] {
  const repositories = path.join(storage, "data/docker/registry/v2/repositories");
  return readdirSync(repositories, { recursive: true, encoding: "utf8" }).filter((name) =>
    /_uploads\/[^/]+\/(data|startedat)$/.test(name),
  );
}
