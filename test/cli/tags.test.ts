import { runCommand } from "../../src/cli/run-command.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

let registry: FakeRegistry;
let digest: string;

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
  const source = new FakeBlobs();
  const { manifest, config } = source.image("web", ["layer*5000000"]);
  digest = manifest.digest;
  registry.blobs.set(config.digest, source.bytes.get(config.digest) as Buffer);
  const repository = registry.repository("team/web");
  repository.blobs.add(config.digest);
  repository.manifests.set(digest, { type: "x", bytes: Buffer.from(manifest.bytes) });
  for (const tag of ["1.0", "latest"]) repository.tags.set(tag, digest);
});

afterEach(() => registry.close());

const tags = (...argv: readonly string[]) => tagsWith("", ...argv);

/** With more in the target file. */
async function tagsWith(more: string, ...argv: readonly string[]): Promise<string> {
  const folder = temporaryFolder({
    "targets.yaml": `${more}targets:
  web: { image: web, tags: ["shop/web:1.0"] }
  push: { push: web, registry: "${registry.host}/team" }
  other: { run: "true", outputs: [o] }
`,
    "web/Dockerfile": "FROM scratch\n",
  });
  const place = fakeSurroundings(folder);
  const code = await runCommand(["tags", ...argv], place);
  return `${code} ${place.out.text}${place.err.text}`.replaceAll(registry.host, "HOST");
}

test.each(["image", "push target"])("the tags of %s are a table", async (what) => {
  const word = what === "image" ? `${registry.host}/team/web` : "push";
  expect(await tags(word)).toBe(
    `0 HOST/team/web\n` +
      `  1.0     ${digest.slice(0, 19)}  2026-01-02 03:04      5.0 MB\n` +
      `  latest  ${digest.slice(0, 19)}  2026-01-02 03:04      5.0 MB\n`,
  );
});

test("with `--log json` each repository is one line", async () => {
  const [, text = ""] = /^0 (.*)\n$/.exec(await tags("push", "--log", "json")) ?? [];
  expect(JSON.parse(text)).toMatchObject({
    kind: "tags",
    repository: "HOST/team/web",
    tags: [{ tag: "1.0", digest, created: "2026-01-02T03:04:05Z" }, { tag: "latest" }],
  });
});

test("a repository without tags is told", async () => {
  expect(await tags(`${registry.host}/team/none`)).toBe("0 HOST/team/none: no tags\n");
});

test.each([
  [[], "`tbuild tags` takes an image or targets, found none"],
  [["other"], "`other` makes no image and pushes none"],
])("%p is a mistake", async (argv, message) => {
  expect(await tags(...argv)).toContain(`error: ${message}`);
});

describe("a registry without TLS on another machine", () => {
  // Leads to this machine, and is no name of it.
  const elsewhere = () => registry.host.replace("127.0.0.1", "0.0.0.0");
  const image = () => `${elsewhere()}/team/none`;

  test("is not spoken to", async () => {
    expect((await tags(image())).replaceAll(elsewhere(), "HOST")).toContain(
      "3 error: cannot list the tags of `HOST/team/none`",
    );
    expect(registry.seen).toEqual([]);
  });

  test("is spoken to when the target file says so", async () => {
    const more = `registries: { "${elsewhere()}": { insecure: true } }\n`;
    expect(await tagsWith(more, image())).toBe(`0 ${image()}: no tags\n`);
  });
});

test("mirrors are not asked for tags", async () => {
  const more = `registries: { "${registry.host}": { mirrors: [mirror.example.org] } }\n`;
  expect(await tagsWith(more, `${registry.host}/team/none`)).toBe("0 HOST/team/none: no tags\n");
});

test("with `--retries 0` a request is tried once", async () => {
  registry.plan = () => ({ kind: "status", status: 503 });
  expect(await tags(`${registry.host}/team/web`, "--retries", "0")).toContain(
    ": `HOST` fails (503)",
  );
  expect(registry.seen).toHaveLength(1);
});

test("a target file that is named is read, also for an image", async () => {
  expect(await tags(`${registry.host}/team/web`, "--file", "none.yaml")).toMatch(/^2 error: /);
});
