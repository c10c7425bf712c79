import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { runCommand } from "../../src/cli/run-command.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";
import { inventorySchema } from "../../src/report/inventory-schema.ts";
import { digestOf, FakeDocker } from "../rules/support/fake-docker.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAll } from "../support/git.ts";
import { publish } from "../support/published-images.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const targets = (registry = "registry.example.org"): string => `name: market
params: { registry: {} }
targets:
  source: { git: code, to: out/source }
  base: { image: images/base, tags: ["market/base:1"], managed: automatic, help: Under all others }
  apps:
    matrix: { app: [api, admin] }
    image: images/app
    include: { app: source }
    base: base
    tags: ["market/\${app}:1", "market/\${app}:latest"]
    managed: automatic
  tool: { image: images/tool }
  others: { pull: "debian:12" }
  db-backup: { published: "${registry}/market/db-backup:latest", managed: manual, help: Built on a laptop }
  unnamed: { image: images/base, tags: ["\${registry}/unnamed:1"] }
  push: { push: apps, registry: "${registry}/team" }
`;

const folderOf = (text = targets()): string => temporaryFolder({ "targets.yaml": text });

async function inventory(folder: string, argv: readonly string[] = [], docker = new FakeDocker()) {
  const place = fakeSurroundings(folder, { connectDocker: async () => docker });
  const code = await runCommand(["inventory", ...argv], place);
  return { code, out: place.out.text, err: place.err.text };
}

async function rows(folder: string, argv: readonly string[] = [], docker = new FakeDocker()) {
  const { out } = await inventory(folder, [...argv, "--format", "json"], docker);
  return JSON.parse(out) as {
    readonly images: readonly Record<string, unknown>[];
    readonly totals: unknown;
    readonly engine: boolean;
  };
}

/** As the engine has it for an hour. */
function engine(): FakeDocker {
  const docker = new FakeDocker();
  docker.hold(digestOf("old"), ["market/api:0"]);
  docker.hold(digestOf("api"), ["market/api:1", "market/api:latest"]);
  docker.hold(digestOf("base"), ["market/base:1"]);
  return docker;
}

test("each image is a line, with how it is managed, and the totals below", async () => {
  const { code, out, err } = await inventory(folderOf());
  expect(`${code}${err}`).toBe("0");
  expect(out.split("\n").map((line) => line.trimEnd())).toEqual([
    "image                                  managed    source            last build  tags  age  size",
    "market/base                            automatic  images/base       -           -     -    -",
    "market/api                             automatic  code, images/app  -           -     -    -",
    "market/admin                           automatic  code, images/app  -           -     -    -",
    "tool                                   make       images/tool       -           -     -    -",
    "registry.example.org/market/db-backup  manual     -                 -           -     -    -",
    "unnamed                                make       images/base       -           -     -    -",
    "",
    "6 images: 3 automatic, 2 make-managed, 1 manual",
    "",
  ]);
});

test("tags, age and size are those of the engine, of the image that the target names", async () => {
  const { images, totals } = await rows(folderOf(), [], engine());
  expect(images.find(({ image }) => image === "market/api")).toEqual({
    image: "market/api",
    target: "apps[api]",
    managed: "automatic",
    sources: [
      { kind: "git", url: "code" },
      { kind: "folder", path: "images/app" },
    ],
    tags: ["1", "latest", "0"],
    created: "1970-01-01T00:00:01.000Z",
    size: 1,
  });
  expect(totals).toEqual({ images: 6, automatic: 3, make: 2, manual: 1 });
});

test("the last build is that of the trace, and the commit that of the checkout", async () => {
  const folder = temporaryFolder({
    "targets.yaml": `targets:
  source: { git: code, to: out/source }
  tar: { archive: source, to: out/root.tar.gz }
  app: { rootfs: tar, tags: ["market/app:1"] }
`,
    "code/a.txt": "a",
  });
  const commit = commitAll(`${folder}/code`);
  const docker = new FakeDocker();
  const place = fakeSurroundings(folder, {
    connectDocker: async () => docker,
    environment: { PATH: process.env["PATH"] },
  });
  expect(await runCommand(["app"], place)).toBe(0);
  const [app] = (await rows(folder, [], docker)).images;
  expect(app).toMatchObject({
    sources: [{ kind: "git", url: "code", commit }],
    lastBuild: { at: expect.stringMatching(/^\d{4}-.*Z$/), seconds: expect.any(Number) },
    tags: ["1"],
  });
  const { out } = await inventory(folder, [], docker);
  expect(out).toMatch(
    RegExp(`market/app +make +code ${commit.slice(0, 12)} +\\d{4}-\\d\\d-\\d\\d `),
  );
});

test("names choose targets, with all that they need", async () => {
  const { images } = await rows(folderOf(), ["apps[api]"]);
  expect(images.map(({ image }) => image)).toEqual(["market/base", "market/api"]);
});

test("without an engine the rest is told, and why there is no more", async () => {
  const problem = {
    code: "engine-unreachable",
    blame: "surroundings",
    message: "no engine",
  } as const;
  const place = fakeSurroundings(folderOf(), {
    connectDocker: () => Promise.reject(new DiagnosticError(problem)),
  });
  expect(await runCommand(["inventory"], place)).toBe(0);
  expect(place.out.text).toContain("6 images: 3 automatic, 2 make-managed, 1 manual");
  expect(place.err.text).toBe(
    "warning: no engine: tags in the engine, ages and sizes are left out\n",
  );
});

test("with `--published` registries are asked for tags, and for what lies nowhere else", async () => {
  const registry = new FakeRegistry();
  await registry.listen();
  try {
    const folder = folderOf(targets(registry.host));
    await rows(folder);
    expect(registry.seen).toEqual([]);
    publish(registry, "market/db-backup:latest", "backup");
    publish(registry, "team/api:1", "api");
    const { images } = await rows(folder, ["--published"]);
    const of = (target: string) => images.find((image) => image["target"] === target);
    expect(of("apps[api]")).toMatchObject({
      published: [{ repository: `${registry.host}/team/api`, tags: ["1"] }],
    });
    expect(of("apps[admin]")).toMatchObject({
      published: [{ repository: `${registry.host}/team/admin`, tags: [] }],
    });
    expect(of("db-backup")).toMatchObject({
      published: [{ repository: `${registry.host}/market/db-backup`, tags: ["latest"] }],
      created: "2026-01-02T03:04:05Z",
      size: expect.any(Number),
    });
    const { out } = await inventory(folder, ["--published"]);
    expect(out).toContain(`${registry.host}/team/api 1 `);
  } finally {
    await registry.close();
  }
});

test("a registry that cannot be asked is a failure", async () => {
  const registry = new FakeRegistry();
  await registry.listen();
  registry.auth = { kind: "basic", username: "me", password: "pw" };
  try {
    const { code, err } = await inventory(folderOf(targets(registry.host)), ["--published"]);
    expect(`${code} ${err}`).toMatch(/^3 error: cannot .* wants a login/);
  } finally {
    await registry.close();
  }
});

test("the page needs nothing else, and escapes what the target file says", async () => {
  const text = targets().replace("Built on a laptop", '"Built by <Ann> & Bo"');
  const { out } = await inventory(folderOf(text), ["--format", "html"]);
  expect(out.startsWith('<!DOCTYPE html>\n<html lang="en">\n')).toBe(true);
  expect(out).not.toMatch(/<script|src=|href=|url\(|@import/);
  expect(out).toContain(
    "<li>registry.example.org/market/db-backup: Built by &lt;Ann&gt; &amp; Bo</li>",
  );
  expect(out).toContain('<tr class="manual" title="Built by &lt;Ann&gt; &amp; Bo">');
  expect(out.match(/<th scope="row">/g)).toHaveLength(6);
  expect(out.match(/<th scope="col">/g)).toHaveLength(7);
});

test("JSON is as its schema says, which is the one in the repository", async () => {
  const written = readFileSync(
    new URL("../../schema/inventory.schema.json", import.meta.url),
    "utf8",
  );
  expect(written).toBe(`${JSON.stringify(inventorySchema(), null, 2)}\n`);
  const accepts = new Ajv({ allErrors: true }).compile(inventorySchema());
  accepts(await rows(folderOf(), [], engine()));
  expect(accepts.errors).toBeNull();
});

test("`managed` is one of three words, and for images", async () => {
  const folder = folderOf(`targets:
  a: { image: a, managed: maual }
  b: { run: "true", outputs: [o], managed: manual }
`);
  const { code, err } = await inventory(folder);
  expect(code).toBe(2);
  expect(err).toContain(
    "targets.yaml:2:27: error: `managed` cannot be `maual`: choose `automatic`, `make` or `manual`",
  );
  expect(err).toContain("targets.yaml:3:44: error: `managed` is for images");
  expect(err).toContain("hint: put it beside `image`, `rootfs`, `pull` or `published`");
});

test("no server of repositories is asked: what only it could tell is as a parameter that is not given", async () => {
  const { code, out, err } = await inventory(
    folderOf(`name: market
targets:
  source: { git: "https://127.0.0.1:1/api.git" }
  api: { image: [], include: { .: source }, tags: ["market/api:\${source.short}"], managed: automatic }
  push: { push: api, registry: r.example, tags: ["\${source.short}"] }
`),
  );
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out.split("\n")[1]).toMatch(/^api +automatic +https:\/\/127\.0\.0\.1:1\/api\.git +- /);
});
