import { pinDockerfile } from "../../src/rules/image/pin-dockerfile.ts";
import { digestOf, problem } from "./support/fake-docker.ts";
import { name, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;

describe("an image that is pulled", () => {
  test("is locked by the digest that the engine knows it by", async () => {
    const room = new RuleRoom();
    room.docker.digests.set("debian:12", digest);
    await room.act("pull", { pull: "debian:12" });
    expect([...room.locked]).toEqual([["image debian:12", digest]]);
  });

  test("and comes from a mirror is locked by the same digest, as the image of its own registry", async () => {
    const room = new RuleRoom();
    room.registries = { "docker.io": { insecure: false, mirrors: ["mirror.example"] } };
    room.docker.digests.set("mirror.example/library/debian:12", digest);
    await room.act("pull", { pull: "debian:12" });
    expect([...room.locked]).toEqual([["image debian:12", digest]]);
  });

  test("and locked is asked for by its digest, and has the name that was asked for", async () => {
    const room = new RuleRoom();
    room.locked.set("image debian:12", digest);
    room.docker.hold(digestOf("newer"), ["debian:12"]);
    expect(told(await room.act("pull", { pull: "debian:12" }))).toEqual(["debian:12"]);
    expect(room.docker.pulls).toEqual([`debian@${digest}`]);
    expect(await room.docker.imageId("debian:12")).toBe(digestOf(`pull debian@${digest}`));
  });

  test("and locked is asked of nobody when the engine has it", async () => {
    const room = new RuleRoom();
    room.locked.set("image debian:12", digest);
    room.docker.hold(digestOf("held"), [`debian@${digest}`]);
    room.docker.problems.pull = problem("registry-unreachable", "no way");
    expect(told(await room.act("pull", { pull: "debian:12" }))).toEqual(["debian:12"]);
  });

  test("and locked, which no registry has any more, is an error at its line and passed over by nobody", async () => {
    const room = new RuleRoom();
    room.locked.set("image debian:12", digest);
    room.docker.problems.pull = problem("image-not-found", "manifest unknown");
    const outcome = await room.act("pull", { pull: "debian:12" });
    expect(outcome.kind).toBe("failed");
    expect(problemOf(outcome)).toEqual({
      code: "digest-gone",
      blame: "surroundings",
      message: `the registry no longer has \`${digest}\`, locked for \`debian:12\``,
      at: { file: "targets.lock", line: 2, column: 1 },
      hint: "`tbuild update it` takes what the name stands for now",
    });
    room.docker.problems.pull = problem("registry-unreachable", "no way");
    expect((await room.act("pull", { pull: "debian:12" })).kind).toBe("unavailable");
  });

  test("and has a digest in its name is not locked", async () => {
    const room = new RuleRoom();
    await room.act("pull", { pull: `debian@${digest}` });
    expect(room.locked.size).toBe(0);
  });
});

describe("an image that a Dockerfile names", () => {
  const newRoom = (dockerfile: string): RuleRoom => new RuleRoom({ "web/Dockerfile": dockerfile });
  const built = (room: RuleRoom): string | undefined => {
    const packed = room.docker.builds.at(-1)?.context.find(({ name }) => name === "Dockerfile");
    return packed?.source.startsWith(`${room.root}/web/`) ? undefined : "pinned";
  };
  const fields = { image: ["web"], tags: ["shop/web:1"] };

  test("and that the engine holds is locked as it is, and the registry not asked", async () => {
    const room = newRoom("FROM debian:12\n");
    room.docker.hold(digestOf("held"), ["debian:12", `debian@${digest}`]);
    room.docker.digests.set("debian:12", digest);
    await room.act("image", fields);
    expect([...room.locked]).toEqual([["image debian:12", digest]]);
    expect(room.docker.pulls).toEqual([]);
    expect(built(room)).toBe("pinned");
  });

  test("of a checkout is locked like one of the workspace", async () => {
    const room = new RuleRoom({ "made/sub/Dockerfile": "FROM debian:12\n" });
    room.made["sources"] = [{ kind: "tree", path: "made", digest: digestOf("made") }];
    room.docker.digests.set("debian:12", digest);
    const include = [{ at: "app", targets: [name("sources")] }];
    await room.act("image", { ...fields, image: [], include, dockerfile: "app/sub/Dockerfile" });
    expect([...room.locked]).toEqual([["image debian:12", digest]]);
    const { context } = room.docker.builds.at(-1) ?? {};
    const sent = context?.filter((file) => file.name === "app/sub/Dockerfile");
    expect(sent?.map(({ source }) => source.startsWith(`${room.root}/made/`))).toEqual([false]);
  });

  test("and that the engine lacks is pulled and locked before the build", async () => {
    const room = newRoom("FROM debian:12\n");
    room.docker.digests.set("debian:12", digest);
    await room.act("image", fields);
    expect(room.docker.pulls).toEqual(["debian:12", `debian@${digest}`]);
    expect([...room.locked]).toEqual([["image debian:12", digest]]);
  });

  test("and that only this engine has is not locked, and built on as ever", async () => {
    const room = newRoom("FROM own:1\n");
    room.docker.hold(digestOf("own"), ["own:1"]);
    expect(told(await room.act("image", fields))).toEqual(["shop/web:1"]);
    expect(room.locked.size).toBe(0);
    expect(built(room)).toBeUndefined();
  });

  test("and that cannot be pulled is left to the build, which tells why", async () => {
    const room = newRoom("FROM debian:12\n");
    room.docker.absent.set("debian:12", problem("registry-unreachable", "no way"));
    await room.act("image", fields);
    expect(room.output).toEqual(["not locked: no way"]);
    expect(room.docker.builds).toHaveLength(1);
  });

  test("and that is locked and gone fails the target at the line of the lock", async () => {
    const room = newRoom("FROM debian:12\n");
    room.locked.set("image debian:12", digest);
    room.docker.problems.pull = problem("image-not-found", "manifest unknown");
    expect(problemOf(await room.act("image", fields))).toMatchObject({
      message: `the registry no longer has \`${digest}\`, locked for \`debian:12\``,
      at: { file: "targets.lock", line: 2 },
    });
    expect(room.docker.builds).toHaveLength(0);
  });
});

describe("a Dockerfile with locked images in it", () => {
  const pinned = new Map([
    ["debian:12", `debian@${digest}`],
    ["node:20", `node@${other}`],
  ]);
  const pin = (text: string, args = {}): string => pinDockerfile(text, args, pinned);

  test("differs in the names of images alone, wherever they stand", () => {
    expect(
      pin(`# syntax=docker/dockerfile:1
ARG VERSION=12
from --platform=$BUILDPLATFORM  debian:$VERSION  AS build   # \n
FROM "node:20" as other
RUN --mount=type=bind,from=node:20,target=/n \\
    echo  from=node:20   debian:12
COPY --from=debian:12 /a /a
COPY --from=build /debian:12 /b
FROM build
RUN cat <<EOT
FROM debian:12
EOT
`),
    ).toBe(`# syntax=docker/dockerfile:1
ARG VERSION=12
from --platform=$BUILDPLATFORM  debian@${digest}  AS build   # \n
FROM node@${other} as other
RUN --mount=type=bind,from=node@${other},target=/n \\
    echo  from=node:20   debian:12
COPY --from=debian@${digest} /a /a
COPY --from=build /debian:12 /b
FROM build
RUN cat <<EOT
FROM debian:12
EOT
`);
  });

  test("has the image that an argument names", () => {
    const text = "ARG BASE\nFROM $BASE\n";
    expect(pin(text, { BASE: "docker.io/library/debian:12" })).toBe(
      `ARG BASE\nFROM debian@${digest}\n`,
    );
    expect(pin(text, { BASE: "alpine" })).toBe(text);
  });

  test("leaves stages alone that are called like images", () => {
    const text = "FROM scratch AS node\nFROM node\nCOPY --from=0 /a /a\n";
    expect(pinDockerfile(text, {}, new Map([["node:latest", `node@${other}`]]))).toBe(text);
  });

  test("has the image under a stage of the same name", () => {
    const node = new Map([["node:latest", `node@${other}`]]);
    expect(pinDockerfile("FROM node AS node\nFROM node\n", {}, node)).toBe(
      `FROM node@${other} AS node\nFROM node\n`,
    );
  });

  test.each([
    ["# syntax=docker/dockerfile:1", `# syntax=docker/dockerfile@${other}`],
    ["#syntax = docker/dockerfile:1 ", `#syntax = docker/dockerfile@${other} `],
    [
      "#!/usr/bin/env x\n# escape=`\n# SYNTAX=docker/dockerfile:1",
      `#!/usr/bin/env x\n# escape=\`\n# SYNTAX=docker/dockerfile@${other}`,
    ],
  ])("has the frontend of `%s` by its digest", (written, locked) => {
    const frontend = new Map([["docker/dockerfile:1", `docker/dockerfile@${other}`]]);
    const pinned = (args: Readonly<Record<string, string>>) =>
      pinDockerfile(`${written}\nFROM scratch\n`, args, frontend);
    expect(pinned({})).toBe(`${locked}\nFROM scratch\n`);
    // The argument says which one is meant, and the line counts no more.
    expect(pinned({ BUILDKIT_SYNTAX: "other:1" })).toBe(`${written}\nFROM scratch\n`);
  });

  test("leaves what looks like a frontend behind the first comment as it is", () => {
    const text = "# of ours\n# syntax=docker/dockerfile:1\nFROM scratch\n";
    const frontend = new Map([["docker/dockerfile:1", `docker/dockerfile@${other}`]]);
    expect(pinDockerfile(text, {}, frontend)).toBe(text);
  });

  test("whose name cannot be found in its line is refused, since it could be another image", () => {
    expect(() => pin("FROM deb\\\nian:12\n")).toThrow(
      "cannot put the locked image into line 1 of the Dockerfile",
    );
  });
});
