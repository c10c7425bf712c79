import { chmodSync, cpSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { explain } from "../../src/engine/fresh/explain.ts";
import type { Trace } from "../../src/model/trace.ts";
import { explanationLines } from "../../src/report/explanation.ts";
import { TraceStore } from "../../src/store/trace-store.ts";
import { handMade } from "../support/image-archive.ts";
import { ImageDocker } from "../support/image-docker.ts";
import { counts, place, registry, restored, warnings, workspace } from "../support/shared-cache.ts";
import type { Workspace } from "../support/workspace.ts";

/** Every file below `out`, with its rights. */
const outputs = ({ root }: Workspace): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((file) => file.startsWith("out/"))
      .sort()
      .map((file) => [file, contentOf(path.join(root, file))]),
  );

function contentOf(file: string): string {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(file)}`;
  if (stats.isDirectory()) return "folder";
  return `${(stats.mode & 0o777).toString(8)} ${readFileSync(file, "base64")}`;
}

/** What counts of each trace: not when it was made, and from where it came. */
const traces = ({ root }: Workspace): readonly Omit<Trace, "finishedAt" | "restoredFrom">[] =>
  [...new TraceStore(`${root}/.tbuild/traces`).all()]
    .map(({ finishedAt: _, restoredFrom: __, ...trace }) => trace)
    .sort((a, b) => (a.key < b.key ? -1 : 1));

describe("a workspace in another folder", () => {
  test("is restored to the bytes and traces of the one that was built, and no command runs", async () => {
    const built = workspace(true);
    const first = await built.build("all");
    expect(warnings(first)).toEqual([]);
    expect(counts(first)).toEqual({ built: 5, restored: 0, fresh: 0, failed: 0 });
    const other = workspace(false);
    const second = await other.build("all");
    expect(warnings(second)).toEqual([]);
    expect(counts(second)).toEqual({ built: 0, restored: 5, fresh: 0, failed: 0 });
    expect(outputs(other)).toEqual(outputs(built));
    expect(traces(other)).toEqual(traces(built));
    expect(() => other.read("ran")).toThrow("ENOENT");
    expect(counts(await other.build("all"))).toEqual({
      built: 0,
      restored: 0,
      fresh: 5,
      failed: 0,
    });
  });

  test("makes what depends on a changed input, and restores the rest", async () => {
    await workspace(true).build("all");
    const other = workspace(false);
    other.write({ "in/a": "two\n" });
    const run = await other.build("all");
    expect(restored(run)).toEqual(["packed", "tree"]);
    expect(other.read("out/b")).toBe("TWO\n");
  });

  test("tells of each target that was restored, and explains it", async () => {
    await workspace(true).build("copy");
    const other = workspace(false);
    const run = await other.build("copy");
    const finished = run.events.find(({ kind }) => kind === "target-finished");
    expect(finished).toMatchObject({ outcome: "restored", note: `from ${place()}` });
    expect(run.events.at(-1)).toMatchObject({ kind: "finished", built: 0, restored: 1 });
    expect(other.read(".tbuild/logs/copy.log")).toBe(`# copy: restored from ${place()}\n`);
    const { request, parts } = other.prepare("copy");
    const explained = await explain(request, parts);
    const lines = explained.ok ? explained.value.flatMap(explanationLines) : [];
    expect(lines).toEqual([
      expect.stringMatching(`^copy is fresh: restored from ${place()} \\d{4}-\\d\\d-\\d\\d `),
    ]);
  });

  test("gets an image under its own names, and no layer of it is built", async () => {
    const image = "\ntargets: { web: { image: web, tags: [shop/web:1, shop/web:2] } }\n";
    const built = workspace(true, image);
    const engine = new ImageDocker();
    built.docker = async () => engine;
    expect(counts(await built.build("web"))).toMatchObject({ built: 1 });
    const other = workspace(false, image);
    const clean = new ImageDocker();
    other.docker = async () => clean;
    const run = await other.build("web");
    expect(warnings(run)).toEqual([]);
    expect(restored(run)).toEqual(["web"]);
    expect(clean.builds).toEqual([]);
    const held = (docker: ImageDocker) =>
      [...docker.held].map(([id, { references }]) => [id, [...references].sort()]);
    expect(held(clean)).toEqual(held(engine));
    expect(traces(other)).toEqual(traces(built));
  });
});

describe("an image on layers that the engine holds", () => {
  const image = "\ntargets: { web: { image: web, tags: [shop/web:1] } }\n";

  async function restoredOn(prepare: (engine: ImageDocker) => void): Promise<ImageDocker> {
    const [built, other] = [workspace(true, image), workspace(false, image)];
    const [engine, second] = [new ImageDocker(), new ImageDocker()];
    built.docker = async () => engine;
    other.docker = async () => second;
    await built.build("web");
    second.holdImage(handMade("base", ["a base"]));
    prepare(second);
    registry.seen.length = 0;
    const run = await other.build("web");
    expect(warnings(run)).toEqual([]);
    expect(restored(run)).toEqual(["web"]);
    expect(await second.imageId("shop/web:1")).toBe(await engine.imageId("shop/web:1"));
    return second;
  }

  const blobsRead = () => registry.requests(/GET .*\/blobs\//).length;

  test("brings only its own", async () => {
    const engine = await restoredOn(() => undefined);
    expect(engine.loads).toEqual([1]);
    // Of the entry and of the image the configuration, and one layer.
    expect(blobsRead()).toBe(3);
  });

  test("brings all of them where the engine has lost them since it was asked", async () => {
    const engine = await restoredOn((each) => each.loseLayers());
    expect(engine.loads).toEqual([2]);
    expect(blobsRead()).toBe(4);
  });
});

test("a workspace that was moved is fresh still, also where parameters are paths in it", async () => {
  const one = workspace(false);
  await one.build("all", { cacheFrom: false });
  const moved = workspace(false);
  cpSync(one.root, moved.root, { recursive: true, verbatimSymlinks: true });
  expect(counts(await moved.build("all", { cacheFrom: false }))).toMatchObject({ fresh: 5 });
});

test("many targets that made the same share its blob, and each asks once", async () => {
  const many = `
targets:
  each:
    matrix: { n: [${Array.from({ length: 24 }, (_, n) => n).join(", ")}] }
    run: "mkdir -p out/\${n}; echo same > out/\${n}/file"
    outputs: ["out/\${n}/file"]
`;
  const first = await workspace(true, many).build("each", { jobs: 12 });
  expect(warnings(first)).toEqual([]);
  const other = workspace(false, many);
  registry.seen.length = 0;
  const second = await other.build("each", { jobs: 12 });
  expect(warnings(second)).toEqual([]);
  expect(counts(second)).toEqual({ built: 0, restored: 24, fresh: 0, failed: 0 });
  const asked = registry.requests(/GET .*\/manifests\//);
  expect(asked).toHaveLength(24);
  expect(new Set(asked).size).toBe(24);
  expect(readdirSync(`${other.root}/.tbuild/blobs/sha256`)).toEqual([]);
});

test("no value of a parameter or a secret is sent", async () => {
  const one = workspace(
    true,
    `
params: { word: {}, token: { type: secret, env: TBUILD_TEST_TOKEN } }
targets:
  made: { run: "echo \${word} > out/w", secrets: { TOKEN: "\${token}" }, pass-env: [TBUILD_TEST_ENV], outputs: [out/w] }
`,
  );
  const env = { TBUILD_TEST_TOKEN: "of-the-secret", TBUILD_TEST_ENV: "of-the-environment" };
  Object.assign(process.env, env);
  try {
    const run = await one.build("made", { given: { word: "of-the-parameter" } });
    expect([...warnings(run), ...run.messages]).toEqual([]);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
  }
  expect(registry.requests(/PUT/)).toHaveLength(1);
  const sent = registry.seen.map(({ path, body }) => `${path} ${body.toString("latin1")}`);
  expect(sent.filter((text) => /of-the-(secret|parameter|environment)/.test(text))).toEqual([]);
});

test("a later run goes by the plan of one that restored", async () => {
  await workspace(true).build("all");
  const other = workspace(false);
  expect(counts(await other.build("all", { planned: true }))).toMatchObject({ restored: 5 });
  await other.build("all", { planned: true });
  registry.seen.length = 0;
  const again = await other.build("all", { planned: true });
  expect(counts(again)).toEqual({ built: 0, restored: 0, fresh: 5, failed: 0 });
  expect(registry.seen).toEqual([]);
});

describe("the cache is asked", () => {
  test("by one request for what it has not, and never again while the target is fresh", async () => {
    const one = workspace(false);
    await one.build("copy");
    expect(registry.requests(/manifests/)).toHaveLength(1);
    const before = registry.seen.length;
    await one.build("copy");
    await one.build("copy", { planned: true });
    await one.build("copy", { planned: true });
    expect(registry.seen.length).toBe(before);
  });

  test("neither by a dry run nor by `explain`", async () => {
    const one = workspace(false);
    await one.build("copy", { dryRun: true });
    const { request, parts } = one.prepare("copy");
    await explain(request, parts);
    expect(registry.seen).toEqual([]);
  });

  test("not for what is forced, which is written anew, and not with --no-cache-from", async () => {
    await workspace(true).build("copy");
    const one = workspace(true);
    expect(counts(await one.build("copy", { force: true }))).toMatchObject({ built: 1 });
    expect(registry.requests(/PUT .*\.entry/)).toHaveLength(2);
    const asked = registry.requests(/GET .*manifests/);
    const other = workspace(false);
    expect(counts(await other.build("all", { cacheFrom: false }))).toMatchObject({ built: 5 });
    expect(registry.requests(/GET .*manifests/)).toEqual(asked);
  });

  test("for nothing that would be something else there: what is given, followed or outside", async () => {
    const one = workspace(
      true,
      `
params: { outside: { type: path, default: /etc/hostname } }
targets:
  given: { use: in }
  reads: { run: "cat \${outside} > out/r", outputs: [out/r] }
  kept: { fetch: "file://\${outside}", to: out/f }
  all: { needs: [given, reads, kept] }
`,
    );
    expect(counts(await one.build("all"))).toMatchObject({ built: 3, failed: 0 });
    expect(registry.seen).toEqual([]);
    expect(one.read(".tbuild/logs/reads.log")).toContain(
      "# not in the shared cache: reads uses `/etc/hostname`, which lies outside of the workspace\n",
    );
  });
});

describe("what is made is written", () => {
  test("only where the target file and the command line say so", async () => {
    await workspace(false).build("copy");
    await workspace(true).build("copy", { cacheTo: false });
    expect(registry.requests(/^(POST|PUT|PATCH)/)).toEqual([]);
  });

  test("its tag last, after every blob that it names", async () => {
    await workspace(true).build("tree");
    const writes = registry.requests(/^(POST|PUT|PATCH)/);
    expect(writes.at(-1)).toMatch(/^PUT \/v2\/team\/cache\/manifests\/[0-9a-f]{64}\.entry$/);
    expect(writes.slice(0, -1).every((request) => request.includes("/blobs/"))).toBe(true);
  });

  test("unless a link in it leads elsewhere", async () => {
    const one = workspace(
      true,
      `\ntargets: { links: { run: "mkdir -p out/l; ln -s ../../in/a out/l/a", outputs: [out/l/] } }\n`,
    );
    const run = await one.build("links");
    expect(warnings(run)).toEqual([
      "what target `links` made is not kept in the shared cache: `out/l/a` is a link to `../../in/a`",
    ]);
    expect(registry.requests(/PUT/)).toEqual([]);
  });
});

describe("a build does not fail", () => {
  test("where the cache cannot be reached: one warning, and everything is made", async () => {
    const one = workspace(true);
    const known = place();
    await registry.close();
    const run = await one.build("all");
    expect(counts(run)).toEqual({ built: 5, restored: 0, fresh: 0, failed: 0 });
    const [reading, writing, ...more] = warnings(run);
    expect(reading).toMatch(
      new RegExp(`^the shared cache \`${known}\` is not used in this run: cannot read `),
    );
    expect(writing).toMatch(
      new RegExp(`^what this run makes is not kept in the shared cache \`${known}\`: cannot `),
    );
    expect(more).toEqual([]);
  });

  test("where the cache wants a login", async () => {
    registry.auth = { kind: "basic", username: "me", password: "secret" };
    const run = await workspace(false).build("all");
    expect(counts(run)).toMatchObject({ built: 5, failed: 0 });
    expect(warnings(run)).toHaveLength(1);
  });

  test("where it may be read and not written", async () => {
    await workspace(true).build("copy");
    registry.plan = ({ method }) =>
      method === "POST" || method === "PUT" ? { kind: "status", status: 403 } : undefined;
    const run = await workspace(true).build("upper");
    expect(counts(run)).toMatchObject({ built: 1, restored: 1, failed: 0 });
    expect(warnings(run)).toHaveLength(1);
  });
});

test("rights that count are restored whatever the umask", async () => {
  const built = workspace(true);
  await built.build("copy");
  chmodSync(`${built.root}/out/a`, 0o755);
  const other = workspace(false);
  const before = process.umask(0o077);
  try {
    expect(restored(await other.build("copy"))).toEqual(["copy"]);
  } finally {
    process.umask(before);
  }
  expect(lstatSync(`${other.root}/out/a`).mode & 0o100).toBe(0o100);
});
