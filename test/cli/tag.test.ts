/** `tbuild tag`: what it writes, what it tells, and what it refuses. */
import { runCommand } from "../../src/cli/run-command.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { FakeBlobs } from "../support/fleet-images.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

let registry: FakeRegistry;
let digests: readonly string[];

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
  const source = new FakeBlobs();
  const repository = registry.repository("team/web");
  digests = ["one", "two"].map((name) => {
    const { manifest, config } = source.image(name, []);
    repository.blobs.add(config.digest);
    repository.manifests.set(manifest.digest, { type: "x", bytes: Buffer.from(manifest.bytes) });
    return manifest.digest;
  });
  repository.tags.set("1", digests[0] as string);
  repository.tags.set("latest", digests[0] as string);
});

afterEach(() => registry.close());

async function tag(...argv: readonly string[]): Promise<string> {
  const place = fakeSurroundings(temporaryFolder());
  const code = await runCommand(["tag", ...argv], place);
  return [digests[0], digests[1]].reduce<string>(
    (text, digest, index) => text.replaceAll(digest ?? "", `DIGEST-${index}`),
    `${code} ${place.out.text}${place.err.text}`.replaceAll(registry.host, "HOST"),
  );
}

const web = () => `${registry.host}/team/web`;

test("tags name the image of a digest, `latest` last, and what they named before is told", async () => {
  expect(await tag(`${web()}@${digests[1]}`, "latest", "2", "1")).toBe(
    `0 HOST/team/web:2 was not there, now names DIGEST-1\n` +
      `HOST/team/web:1 named DIGEST-0, now names DIGEST-1\n` +
      `HOST/team/web:latest named DIGEST-0, now names DIGEST-1\n`,
  );
  const [one] = new Set(Object.values(registry.tags()));
  expect([one, Object.keys(registry.tags()).length]).toEqual([digests[1], 3]);
  expect(registry.requests(/^(?!GET|HEAD)/)).toHaveLength(3);
});

test("an image is found by its tag, too, and a tag that names it already is not written", async () => {
  expect(await tag(`${web()}:1`, "stable", "latest")).toBe(
    `0 HOST/team/web:stable was not there, now names DIGEST-0\n` +
      `HOST/team/web:latest names DIGEST-0 already\n`,
  );
  expect(registry.requests(/^PUT/)).toHaveLength(1);
});

test("a dry run writes nothing", async () => {
  expect(await tag(`${web()}@${digests[1]}`, "1", "3", "--dry-run")).toBe(
    `0 HOST/team/web:1 named DIGEST-0, would name DIGEST-1\n` +
      `HOST/team/web:3 was not there, would name DIGEST-1\n`,
  );
  expect(registry.requests(/^(?!GET|HEAD)/)).toEqual([]);
});

test("with `--log json` each tag is one line, with `--quiet` there is none", async () => {
  const [, text = ""] = /^0 (.*)\n$/.exec(await tag(web(), "3", "--log", "json")) ?? [];
  expect(JSON.parse(text)).toEqual({
    kind: "tag",
    reference: "HOST/team/web:3",
    before: null,
    digest: "DIGEST-0",
    dryRun: false,
  });
  expect(await tag(web(), "4", "--quiet")).toBe("0 ");
});

const howTo =
  "hint: write `tbuild tag registry.example.org/team/web@sha256:… 1.0` or `tbuild tag registry.example.org/team/web:1.0 latest`\n";

test("an image that is not there is told with where to look", async () => {
  const none = `sha256:${"0".repeat(64)}`;
  expect(await tag(`${web()}@${none}`, "1")).toBe(
    `3 error: there is no \`HOST/team/web@${none}\`\nhint: \`tbuild tags HOST/team/web\` shows what there is\n`,
  );
  expect(await tag(`${web()}:9`, "1")).toBe(
    "3 error: there is no `HOST/team/web:9`\nhint: `tbuild tags HOST/team/web` shows what there is\n",
  );
});

test("a registry that refuses is told", async () => {
  registry.plan = ({ method }) => (method === "PUT" ? { kind: "status", status: 403 } : undefined);
  expect(await tag(web(), "5")).toBe(
    "3 error: cannot write `HOST/team/web:5`: `HOST` denies access (403)\nhint: log in with `docker login HOST`, by an account that has access to `team/web`\n",
  );
});

test.each([
  [[], `\`tbuild tag\` takes an image and the tags that it gets\n${howTo}`],
  [["HOST/team/web"], `\`tbuild tag\` takes an image and the tags that it gets\n${howTo}`],
  [["team/web", "1"], `\`team/web\` is no image of a registry\n${howTo}`],
  [
    ["HOST/team/web@sha256:12", "1"],
    `\`HOST/team/web@sha256:12\` is no image of a registry\n${howTo}`,
  ],
  [["HOST/Team/web", "1"], `\`HOST/Team/web\` is no image of a registry\n${howTo}`],
  [
    ["HOST/team/web", "a:b"],
    "`a:b` is no tag\nhint: a tag has letters, digits, `_`, `.` and `-`, at most 128, and begins with none of the last two\n",
  ],
  [
    ["HOST/team/web", "1", "--poll", "3"],
    "there is no option `--poll`\nhint: `tbuild --help` shows all\n",
  ],
])("%p is a mistake", async (argv, message) => {
  const words = argv.map((word) => word.replace("HOST", registry.host));
  expect(await tag(...words)).toBe(`2 error: ${message}`);
  expect(registry.seen).toEqual([]);
});
