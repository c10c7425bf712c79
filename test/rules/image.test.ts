import { readFileSync } from "node:fs";
import { ruleKindOf } from "../../src/rules/kinds.ts";
import type { RunningServiceView } from "../../src/rules/rule.ts";
import { name, problemOf, RuleRoom, told } from "./support/rule-room.ts";

type Fields = Readonly<Record<string, unknown>>;

const dockerfile = "FROM scratch\nCOPY . /\n";

const mentions = (room: RuleRoom, fields: Fields) =>
  ruleKindOf("image").mentions?.(fields as never, room.files, room.target("image", fields));

describe("the context of an image", () => {
  test("is its folders laid over each other, the later wins", async () => {
    const room = new RuleRoom({
      "a/Dockerfile": dockerfile,
      "a/etc/x": "1",
      "a/etc/y": "1",
      "a/was/folder": "",
      "b/etc/x": "2",
      "b/was": "",
    });
    const fields = { image: ["a", "b"], tags: ["shop/web"] };
    expect(room.reads("image", fields)).toEqual(["a/Dockerfile", "a/etc/y", "b/etc/x", "b/was"]);
    expect(told(await room.act("image", fields))).toEqual(["shop/web:latest"]);
    expect(laid(room)).toEqual({
      Dockerfile: "a/Dockerfile",
      "etc/x": "b/etc/x",
      "etc/y": "a/etc/y",
      was: "b/was",
    });
  });

  test("lacks what the first .dockerignore leaves out, by Docker's rules", () => {
    const room = new RuleRoom({
      "a/Dockerfile": dockerfile,
      "a/keep.md": "",
      "a/node_modules/x/index.js": "",
      "a/sub/deep/README.md": "",
      "a/sub/Makefile": "",
      "b/.dockerignore": "*\n!keep.md\n!sub/Makefile\n",
      "b/sub/other": "",
      "c/.dockerignore": "keep.md\n",
    });
    expect(room.reads("image", { image: ["a", "b", "c"] })).toEqual([
      "a/Dockerfile",
      "a/keep.md",
      "a/sub/Makefile",
    ]);
  });

  test("tells upper from lower case when it ignores, and knows comments and `**`", () => {
    const room = new RuleRoom({
      "a/Dockerfile": dockerfile,
      "a/Readme": "",
      "a/readme": "",
      "a/x/y/z.log": "",
      "a/.dockerignore": "# all\nreadme\n**/*.log\n.dockerignore\n",
    });
    expect(room.reads("image", { image: ["a"] })).toEqual(["a/Dockerfile", "a/Readme"]);
  });

  test("prefers the ignore file of its Dockerfile", () => {
    const room = new RuleRoom({
      "a/web.Dockerfile": dockerfile,
      "a/web.Dockerfile.dockerignore": "x",
      "a/.dockerignore": "y",
      "a/x": "",
      "a/y": "",
    });
    expect(room.reads("image", { image: ["a"], dockerfile: "web.Dockerfile" })).toEqual([
      "a/.dockerignore",
      "a/web.Dockerfile",
      "a/web.Dockerfile.dockerignore",
      "a/y",
    ]);
  });

  test("is the same without the Dockerfile, which may lie outside of it with an ignore file of its own", () => {
    const room = new RuleRoom({
      "docker/web.Dockerfile": "FROM shop/base:1\nCOPY . /\n",
      "docker/web.Dockerfile.dockerignore": "secret",
      "src/web/f": "",
      "src/web/secret": "",
    });
    const fields = { image: ["src/web"], dockerfile: "../../docker/web.Dockerfile" };
    expect(room.reads("image", fields)).toEqual(["docker/web.Dockerfile", "src/web/f"]);
    expect(mentions(room, fields)).toEqual([{ reference: "shop/base:1" }]);
  });

  test("needs no Dockerfile where the target file has its text", () => {
    const room = new RuleRoom({ "src/f": "", "src/.dockerignore": "*.log" });
    const fields = { image: ["src"], dockerfile: "FROM shop/base:1\nCOPY . /\n" };
    expect(room.reads("image", fields)).toEqual(["src/.dockerignore", "src/f"]);
    expect(mentions(room, fields)).toEqual([{ reference: "shop/base:1" }]);
  });

  test("holds nothing of git or tbuild when it is the workspace itself", () => {
    const room = new RuleRoom({ Dockerfile: dockerfile, ".git/HEAD": "", ".tbuild/x": "" });
    expect(room.reads("image", { image: ["."] })).toEqual(["Dockerfile", "targets.yaml"]);
  });

  test("has outputs of targets below the folders that are named", async () => {
    const room = new RuleRoom({ "a/Dockerfile": dockerfile, "out/x.deb": "", "out/html/i/j": "" });
    room.made["packages"] = [room.file("out/x.deb"), room.tree("out/html")];
    const include = [{ at: "packages", targets: [name("packages")] }];
    await room.act("image", { image: ["a"], include });
    expect(laid(room)).toEqual({
      Dockerfile: "a/Dockerfile",
      "packages/x.deb": "out/x.deb",
      "packages/i/j": "out/html/i/j",
    });
  });
});

describe("what is wrong with an image's declaration", () => {
  test.each<[Fields, string]>([
    [{ image: ["gone"] }, "context folder `gone` does not exist"],
    [{ image: ["a/f"] }, "context `a/f` is not a folder"],
    [{ image: ["b"] }, "no `Dockerfile` in `b`"],
    [{ image: ["a", "b"], dockerfile: "x/Dockerfile" }, "no `x/Dockerfile` in `a`, `b`"],
    [{ image: ["a"], dockerfile: "../x/Dockerfile" }, "no `x/Dockerfile`"],
    [
      { image: ["a"], include: [{ at: "packages/", targets: [] }] },
      "outputs cannot be laid at `packages`: the context holds `packages/README`",
    ],
    [
      { image: ["a"], base: "base" },
      "`base` is given, and `a/Dockerfile` has no `ARG BASE` before its first `FROM`",
    ],
    [{ image: ["c"] }, "`c/.dockerignore` holds a pattern that is not one"],
  ])("%p: %s", (fields, message) => {
    const room = new RuleRoom({
      "a/Dockerfile": dockerfile,
      "a/f": "",
      "a/packages/README": "",
      "b/x": "",
      "c/Dockerfile": "",
      "c/.dockerignore": "a(b\n",
    });
    expect(room.reads("image", fields)).toBe(message);
  });

  test("is told by its keys alone where that is possible", () => {
    const fields = {
      image: ["a"],
      tags: ["Shop/Web", "ok:1"],
      dockerfile: "/etc/Dockerfile",
      include: [{ at: "/abs", targets: [] }],
      base: "base",
      args: { BASE: "x" },
      network: "none",
    };
    expect(new RuleRoom().check("image", fields, { with: [{ target: name("repo") }] })).toEqual([
      "`Shop/Web` is not a name for an image",
      "`/etc/Dockerfile` lies outside the context",
      "`/abs` lies outside the context",
      "build argument `BASE` is given by `base` and by `args`",
      "without a network the build cannot reach its service `repo`",
    ]);
  });

  test("is not a Dockerfile that a target makes", () => {
    const room = new RuleRoom({ "b/x": "" });
    const include = [{ at: "gen", targets: [name("gen")] }];
    expect(room.reads("image", { image: ["b"], dockerfile: "gen/Dockerfile", include })).toEqual([
      "b/x",
    ]);
  });
});

describe("a build", () => {
  const repo: RunningServiceView = {
    target: name("my-repo"),
    host: "my-repo",
    hostPort: 20001,
    url: "http://my-repo:20001",
    localHost: "127.0.0.1",
    digest: `sha256:${"0123456789abcdef".repeat(4)}`,
  };

  test("is asked for with everything that the target declares", async () => {
    const room = new RuleRoom({ "a/Dockerfile": "ARG BASE\nFROM $BASE\n" });
    room.secrets.set("token", "s3cret");
    room.made["base"] = [{ kind: "image", digest: repo.digest, references: ["shop/base:1"] }];
    await room.act("image", {
      image: ["a"],
      base: name("base"),
      args: { VERSION: "1" },
      stage: "runtime",
      secrets: { "index-token": "token" },
      tags: ["shop/web:1", "docker.io/shop/web"],
      labels: { a: "b" },
      network: "none",
    });
    const [request] = room.docker.builds;
    expect(request).toMatchObject({
      dockerfile: "Dockerfile",
      tags: ["shop/web:1", "shop/web:latest"],
      labels: { a: "b", "org.tbuild.project": "shop", "org.tbuild.target": "it" },
      args: { BASE: "shop/base:1", VERSION: "1" },
      stage: "runtime",
      network: "none",
      extraHosts: [],
    });
    expect(String(request?.secrets.get("index-token"))).toBe("s3cret");
  });

  test("has the time of its build in the labels that say so, and no date makes it stale", async () => {
    const room = new RuleRoom({ "a/Dockerfile": dockerfile });
    const fields = { image: ["a"], tags: ["shop/web:1"], "built-at": ["built"] };
    const before = new Date(Math.floor(Date.now() / 1000) * 1000);
    await room.act("image", fields);
    room.more = { environment: { SOURCE_DATE_EPOCH: "1000000000" } };
    await room.act("image", fields);
    const dates = room.docker.builds.map(({ labels }) => labels["built"] ?? "");
    expect(dates[1]).toBe("2001-09-09T01:46:40Z");
    expect(new Date(dates[0] ?? "").getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(room.check("image", { ...fields, labels: { built: "x" } })).toEqual([
      "label `built` is given by `built-at` and by `labels`",
    ]);
  });

  test("is sent its Dockerfile also when that does not lie in the context", async () => {
    const text = "FROM scratch\nCOPY f /\n";
    const room = new RuleRoom({ "a/f": "", "a/Dockerfile": "FROM none", "b/Dockerfile": text });
    for (const dockerfile of ["../b/Dockerfile", text]) {
      await room.act("image", { image: ["a"], dockerfile });
      const { dockerfile: name, context } = room.docker.builds.at(-1) ?? {};
      expect(name).toBe(".tbuild.Dockerfile");
      expect(context?.map((file) => file.name)).toEqual(["Dockerfile", "f", name]);
      expect(readFileSync(context?.at(-1)?.source ?? "", "utf8")).toBe(text);
    }
  });

  test("reaches its services, and misses the cache when what counts of them changed", async () => {
    const room = new RuleRoom({ "a/Dockerfile": dockerfile });
    room.more = { services: [repo], environment: { http_proxy: "http://p:1", NO_PROXY: "x" } };
    await room.act("image", { image: ["a"] });
    const [request] = room.docker.builds;
    expect(request?.extraHosts).toEqual([
      "my-repo:host-gateway",
      "my-repo-0123456789ab:host-gateway",
    ]);
    expect(request?.args).toEqual({
      MY_REPO_URL: "http://my-repo:20001",
      MY_REPO_DIGEST: repo.digest,
      http_proxy: "http://p:1",
      NO_PROXY: "x,my-repo",
      no_proxy: "x,my-repo",
    });
  });

  test("is offered the caller's certificates as a secret", async () => {
    const room = new RuleRoom({ "a/Dockerfile": dockerfile, "ca.crt": "CERT" });
    room.more = { environment: { SSL_CERT_FILE: `${room.root}/ca.crt` } };
    await room.act("image", { image: ["a"] });
    expect(String(room.docker.builds[0]?.secrets.get("ca-certificates"))).toBe("CERT");
  });

  test("needs files from what it includes, and an image as its base", async () => {
    const room = new RuleRoom({ "a/Dockerfile": "ARG BASE\nFROM $BASE\n", f: "" });
    room.made["image"] = [{ kind: "image", digest: repo.digest, references: ["x:1"] }];
    room.made["file"] = [room.file("f")];
    const include = [{ at: "x", targets: [name("image")] }];
    expect(told(await room.act("image", { image: ["a"], include }))).toBe(
      "`image` makes an image, and `include` takes files and folders",
    );
    const outcome = await room.act("image", { image: ["a"], base: name("file") });
    expect(problemOf(outcome).message).toBe("`file` makes no image, and `base` needs one");
  });
});

test("an image without tags is called after its target", () => {
  const room = new RuleRoom();
  const target = room.target("image", {}, { name: name("images[agent]") });
  expect(ruleKindOf("image").outputs({ image: ["a"] } as never, target)).toEqual([
    { kind: "image", reference: "images-agent:latest" },
  ]);
});

test("a Dockerfile mentions the images that it needs, but not its base", () => {
  const room = new RuleRoom({
    "a/Dockerfile": "FROM old",
    "b/Dockerfile":
      "ARG BASE=x\nARG T=1\nFROM $BASE\nCOPY --from=shop/tools:2 / /\nFROM y:$T\nCOPY --from=0 / /",
  });
  const fields = { image: ["a", "b"], base: "base", args: { T: "3" } };
  expect(mentions(room, fields)).toEqual([{ reference: "y:3" }, { reference: "shop/tools:2" }]);
});

function laid(room: RuleRoom): Readonly<Record<string, string>> {
  const context = room.docker.builds.at(-1)?.context ?? [];
  return Object.fromEntries(
    context.map(({ name: at, source }) => [at, source.slice(room.root.length + 1)]),
  );
}
