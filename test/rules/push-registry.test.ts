import { chmodSync, readdirSync } from "node:fs";
import { jest } from "@jest/globals";
import type { Digest } from "../../src/model/artifact.ts";
import { findBursts } from "../../src/store/unfinished-bursts.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { handMade } from "../support/image-archive.ts";
import { name, noteOf, problemOf, RuleRoom } from "./support/rule-room.ts";

let registry: FakeRegistry;

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
});

afterEach(() => registry.close());

/** Two images on one layer, with three tags. */
function newRoom(): RuleRoom {
  const room = new RuleRoom();
  for (const [target, references] of [
    ["web", ["shop/web:1", "shop/web:latest"]],
    ["agent", ["shop/agent:1"]],
  ] as const) {
    const image = handMade(
      target,
      ["a layer of both ".repeat(5000), `a layer of ${target}`],
      references,
    );
    room.docker.holdImage(image);
    room.made[target] = [{ kind: "image", digest: image.id, references }];
  }
  return room;
}

const fields = (more = {}) => ({
  push: [name("web"), name("agent")],
  registry: `${registry.host}/team`,
  ...more,
});

test("every tag goes to the registry, with each layer once, and the engine sends nothing", async () => {
  const room = newRoom();
  const outcome = await room.act("push", fields());
  expect(Object.keys(registry.tags())).toEqual(["team/agent:1", "team/web:1", "team/web:latest"]);
  expect([...registry.stored.values()]).toEqual([1, 1, 1, 1, 1]);
  expect(noteOf(outcome)?.replace(registry.host, "HOST").replace(/\d+ B/g, "N B")).toBe(
    "3 tags pushed to HOST/team: N B sent, N B taken over, N B saved by sharing",
  );
  expect(room.docker.pushed).toEqual([]);
});

test("pushed again without changes, nothing is sent and that is told", async () => {
  const room = newRoom();
  await room.act("push", fields());
  registry.seen.length = 0;
  registry.probed = 0;
  expect(noteOf(await room.act("push", fields()))).toBe("3 tags were there already");
  expect([...registry.requests(/./)].sort()).toEqual([
    "HEAD /v2/team/agent/manifests/1",
    "HEAD /v2/team/web/manifests/1",
    "HEAD /v2/team/web/manifests/latest",
  ]);
  expect(registry.probed).toBe(0);
});

describe("with `dated`", () => {
  const at = (time: string) => jest.spyOn(Date, "now").mockReturnValue(Date.parse(time));
  afterEach(() => jest.restoreAllMocks());
  const dated = (more = {}) => fields({ tags: ["latest"], dated: true, ...more });

  test("an image that is news to its other tags gets one by the time, and no other image does", async () => {
    const room = newRoom();
    at("2026-11-21T12:30:05.999Z");
    await room.act("push", dated());
    const first = ["team/agent:20261121123005", "team/agent:latest"];
    const web = ["team/web:20261121123005", "team/web:latest"];
    expect(Object.keys(registry.tags())).toEqual([...first, ...web]);
    at("2026-11-22T09:00:00Z");
    registry.seen.length = 0;
    expect(noteOf(await room.act("push", dated()))).toBe("2 tags were there already");
    expect(registry.requests(/^HEAD/)).toHaveLength(2);
    expect(registry.requests(/^(?!HEAD)/)).toEqual([]);
    const image = handMade("web", ["another layer"], ["shop/web:1"]);
    room.docker.holdImage(image);
    room.made["web"] = [{ kind: "image", digest: image.id, references: ["shop/web:1"] }];
    const outcome = await room.act("push", dated());
    expect(Object.keys(registry.tags())).toEqual([
      ...first,
      "team/web:20261121123005",
      "team/web:20261122090000",
      "team/web:latest",
    ]);
    const pushed = outcome.kind === "made" ? outcome.artifacts : [];
    expect(pushed.map((each) => "reference" in each && each.reference)).toEqual([
      `${registry.host}/team/web:latest`,
      `${registry.host}/team/agent:latest`,
      `${registry.host}/team/web:20261122090000`,
    ]);
  });

  test("two images of one name are told before anything is sent", async () => {
    const room = newRoom();
    const references = ["other/web:2"];
    room.made["agent"] = [{ ...(room.made["agent"]?.[0] as object), references } as never];
    at("2026-11-21T12:30:05Z");
    expect(problemOf(await room.act("push", fields({ dated: true })))).toMatchObject({
      message: `\`shop/web:latest\` and \`other/web:2\` would both be pushed as \`${registry.host}/team/web:20261121123005\``,
    });
    expect(registry.requests(/./)).toEqual([]);
  });
});

test("what was pushed before is taken over in a later push of another name", async () => {
  const room = newRoom();
  await room.act("push", fields({ push: [name("web")] }));
  const before = registry.stored.size;
  await room.act("push", fields({ push: [name("agent")] }));
  expect(registry.stored.size - before).toBe(2);
  const pushed = JSON.parse(room.read(".tbuild/pushed.json"));
  expect(Object.keys(pushed)).toEqual([registry.host]);
});

test("a record of pushes that is torn is none", async () => {
  const room = newRoom();
  room.write({ ".tbuild/pushed.json": '{"127.0.0.1": {"sha' });
  await room.act("push", fields());
  expect(Object.keys(registry.tags())).toHaveLength(3);
});

test("digests of the tags are written where they are wanted", async () => {
  const room = newRoom();
  await room.act("push", fields({ digests: `${room.root}/out/digests.json` }));
  await room.act("push", fields({ digests: `${room.root}/out/digests.txt` }));
  const tags = registry.tags();
  const full = Object.entries(tags).map(([tag, digest]) => [`${registry.host}/${tag}`, digest]);
  expect(JSON.parse(room.read("out/digests.json"))).toEqual(Object.fromEntries(full));
  expect(room.read("out/digests.txt")).toBe(full.map((each) => `${each.join("@")}\n`).join(""));
});

test("a registry that asks for a login is told with what to do", async () => {
  registry.auth = { kind: "basic", username: "me", password: "pw" };
  const problem = problemOf(await newRoom().act("push", fields()));
  expect(problem).toMatchObject({
    code: "registry-unauthorized",
    blame: "surroundings",
    hint: `log in with \`docker login ${registry.host}\``,
  });
  expect(registry.tags()).toEqual({});
});

test("the login of the docker command line is used", async () => {
  registry.auth = { kind: "token", username: "me", password: "pw" };
  const room = newRoom();
  const auth = Buffer.from("me:pw").toString("base64");
  room.write({ "docker/config.json": JSON.stringify({ auths: { [registry.host]: { auth } } }) });
  room.more = { environment: { DOCKER_CONFIG: `${room.root}/docker` } };
  await room.act("push", fields());
  expect(Object.keys(registry.tags())).toHaveLength(3);
});

test("a helper for credentials that fails is told, and nothing is pushed", async () => {
  registry.auth = { kind: "token", username: "me", password: "pw" };
  const room = newRoom();
  room.write({
    "docker/config.json": JSON.stringify({ credsStore: "locked" }),
    "bin/docker-credential-locked": "#!/bin/sh\necho 'the keychain is locked'\nexit 1\n",
  });
  chmodSync(`${room.root}/bin/docker-credential-locked`, 0o755);
  const environment = { DOCKER_CONFIG: `${room.root}/docker`, PATH: `${room.root}/bin:/bin` };
  room.more = { environment };
  expect(problemOf(await room.act("push", fields()))).toEqual({
    code: "credential-helper-failed",
    blame: "surroundings",
    message: `\`docker-credential-locked\` cannot tell the credentials of \`${registry.host}\`: the keychain is locked`,
    hint: "install or mend it, or change `credHelpers` and `credsStore` in docker's `config.json`",
  });
  expect(registry.tags()).toEqual({});
});

describe("a push that was cut off among its tags", () => {
  /** Pushes all, then takes tags away as if the burst had not come to them. */
  async function cutOff(room: RuleRoom): Promise<Record<string, string>> {
    await room.act("push", fields());
    const whole = registry.tags();
    const moves = Object.entries(whole).map(([name, digest]) => {
      const [repository = "", tag = ""] = name.split(":");
      return { repository, tag, new: digest as Digest };
    });
    room.journals.begin(registry.host, moves).leave();
    registry.repository("team/web").tags.clear();
    return whole;
  }

  const warnings = (room: RuleRoom) =>
    room.warnings.map((line) => line.replaceAll(registry.host, "HOST"));

  test("is completed by the next one to the host, also when that pushes something else", async () => {
    const room = newRoom();
    const whole = await cutOff(room);
    const outcome = await room.act("push", fields({ push: [name("agent")] }));
    expect(registry.tags()).toEqual(whole);
    expect(noteOf(outcome)).toBe("1 tag was there already");
    expect(warnings(room)).toEqual([
      "a push to HOST was cut off among its tags: 2 moved to their new images now, 1 was there",
    ]);
    expect(room.has(".tbuild/bursts")).toBe(false);
  });

  test("is completed by one that the engine sends, too", async () => {
    const room = newRoom();
    const whole = await cutOff(room);
    await room.act("push", fields({ push: [name("agent")], via: "engine" }));
    expect(registry.tags()).toEqual(whole);
  });

  test("leaves alone what something else moved, and says so", async () => {
    const room = newRoom();
    const whole = await cutOff(room);
    const [agent = ""] = Object.values(whole);
    registry.repository("team/web").manifests.set(agent, { type: "x", bytes: Buffer.from("{}") });
    registry.repository("team/web").tags.set("1", agent);
    await room.act("push", fields({ push: [name("agent")] }));
    expect(warnings(room)).toEqual([
      `a push to HOST was cut off among its tags: 1 moved to its new image now, 1 was there, \`HOST/team/web:1\` left alone since something else moved it to ${agent}`,
    ]);
    expect(registry.tags()).toEqual({ ...whole, "team/web:1": agent });
  });

  test("two pushes to its host at the same time complete it once", async () => {
    const room = newRoom();
    const whole = await cutOff(room);
    await Promise.all([room.act("push", fields()), room.act("push", fields())]);
    expect(warnings(room)).toHaveLength(1);
    expect(registry.tags()).toEqual(whole);
  });

  test("is not completed by a record that is damaged: that is told once and kept aside", async () => {
    const room = newRoom();
    await cutOff(room);
    const [record = ""] = readdirSync(`${room.root}/.tbuild/bursts`);
    room.write({ [`.tbuild/bursts/${record}`]: "half of" });
    for (const _ of [1, 2]) await room.act("push", fields({ push: [name("agent")] }));
    expect(warnings(room)).toEqual([
      `the record of a push to HOST that was cut off is damaged, and nothing is done by it: see \`.tbuild/bursts/${record}.damaged\`, and push again`,
    ]);
    expect(Object.keys(registry.tags())).toEqual(["team/agent:1"]);
    expect(room.read(`.tbuild/bursts/${record}.damaged`)).toBe("half of");
  });

  test("stays recorded while its registry cannot be asked", async () => {
    const room = newRoom();
    await cutOff(room);
    registry.plan = () => ({ kind: "status", status: 403 });
    expect(problemOf(await room.act("push", fields())).code).toBe("registry-denied");
    expect(room.journals.unfinished(registry.host)).toHaveLength(1);
  });
});

test("the record of a burst is there before the first tag is written, and gone when it ended", async () => {
  const room = newRoom();
  let during: readonly string[] = [];
  registry.plan = ({ method, path }) => {
    if (method === "PUT" && /manifests\/[^s]/.test(path) && during.length === 0) {
      const [found] = findBursts(`${room.root}/.tbuild`);
      during = found?.kind === "unfinished" ? found.moves.map(({ tag }) => tag) : [];
    }
    return undefined;
  };
  await room.act("push", fields());
  expect([...during].sort()).toEqual(["1", "1", "latest"]);
  expect(room.has(".tbuild/bursts")).toBe(false);
});

test("the record of a burst stays where tags could not be put back, and the next push completes them", async () => {
  const room = newRoom();
  registry.removesTags = false;
  registry.plan = ({ method, path }) =>
    method === "PUT" && path.endsWith("web/manifests/latest")
      ? { kind: "status", status: 403 }
      : undefined;
  expect(problemOf(await room.act("push", fields())).code).toBe("tags-incomplete");
  registry.plan = () => undefined;
  await room.act("push", fields({ push: [name("agent")] }));
  expect(Object.keys(registry.tags())).toEqual(["team/agent:1", "team/web:1", "team/web:latest"]);
});
