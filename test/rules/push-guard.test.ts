import { DiagnosticError } from "../../src/model/diagnostic.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { commitAll, git } from "../support/git.ts";
import { handMade } from "../support/image-archive.ts";
import { publish } from "../support/published-images.ts";
import { name, noteOf, problemOf, RuleRoom } from "./support/rule-room.ts";

let registry: FakeRegistry;

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
});
afterEach(() => registry.close());

/** An image with a release and `latest`; another `content` is another image. */
function newRoom(content: string): RuleRoom {
  const room = new RuleRoom();
  const references = ["shop/web:v1", "shop/web:latest"];
  const image = handMade(content, [`a layer of ${content}`], references);
  room.docker.holdImage(image);
  room.made["web"] = [{ kind: "image", digest: image.id, references }];
  return room;
}

const fields = (more = {}) => ({
  push: [name("web")],
  registry: `${registry.host}/team`,
  ...more,
});
const releases = { releases: ["v*", "release-*"] };
const web = (tag: string): string => `${registry.host}/team/web:${tag}`;
const sent = (): readonly string[] => registry.requests(/^(POST|PUT|PATCH)/);
const refuse = (room: RuleRoom): void => {
  room.onConfirm = () => {
    throw new DiagnosticError({ code: "declined", blame: "target", message: "no" });
  };
};

test.each(["registry", "engine"])(
  "via %s: a release that is new, or the same again, needs no question",
  async (via) => {
    const room = newRoom("one");
    await room.act("push", fields({ ...releases, via }));
    await room.act("push", fields(releases));
    expect(room.confirmed).toEqual([]);
  },
);

test("a release that would name another image is asked for, with both digests", async () => {
  const old = publish(registry, "team/web:v1", "other");
  publish(registry, "team/web:latest", "other");
  const room = newRoom("one");
  await room.act("push", fields(releases));
  const now = registry.tags()["team/web:v1"];
  expect(room.confirmed).toEqual([{ reference: web("v1"), old, new: now, why: "a release" }]);
  expect(now).not.toBe(old);
});

test("nothing is sent before the answer, and nothing at all after a no", async () => {
  publish(registry, "team/web:v1", "other");
  const before = registry.tags();
  const room = newRoom("one");
  refuse(room);
  expect(problemOf(await room.act("push", fields(releases)))).toMatchObject({ code: "declined" });
  expect(room.confirmed).toHaveLength(1);
  expect(sent()).toEqual([]);
  expect(registry.tags()).toEqual(before);
});

test("a tag that moved between the answer and the tag burst is asked for again", async () => {
  const first = publish(registry, "team/web:v1", "other");
  const room = newRoom("one");
  let second: string | undefined;
  room.onConfirm = () => {
    second ??= publish(registry, "team/web:v1", "a third one");
  };
  await room.act("push", fields(releases));
  expect(room.confirmed.map(({ old }) => old)).toEqual([first, second]);
});

test("a release that comes to be there while the push goes on is asked for before the tag burst", async () => {
  const room = newRoom("one");
  let there: string | undefined;
  registry.plan = ({ method, path }) => {
    if (method === "PUT" && path.includes("/manifests/sha256:")) {
      there ??= publish(registry, "team/web:v1", "other");
    }
    return undefined;
  };
  refuse(room);
  expect(problemOf(await room.act("push", fields(releases)))).toMatchObject({ code: "declined" });
  expect(room.confirmed).toMatchObject([{ reference: web("v1"), old: there }]);
  expect(registry.tags()).toEqual({ "team/web:v1": there });
});

describe("a tag that belongs to a branch", () => {
  const onlyFrom = (more = {}) => fields({ "only-from": { latest: "main" }, ...more });
  const whys = ({ confirmed }: RuleRoom) =>
    confirmed.map(({ reference, why }) => `${reference.slice(reference.indexOf("/"))} ${why}`);

  test("is pushed from it without a question", async () => {
    const room = newRoom("one");
    await room.act("push", onlyFrom({ branch: "main" }));
    expect(room.confirmed).toEqual([]);
    expect(registry.tags()).toHaveProperty("team/web:latest");
  });

  test("is asked for from another one, also when it is new", async () => {
    const room = newRoom("one");
    await room.act("push", onlyFrom({ branch: "feature/main" }));
    expect(whys(room)).toEqual([
      "/team/web:latest pushed from `feature/main`, and not from `main`",
    ]);
    expect(room.confirmed[0]?.old).toBeUndefined();
    await room.act("push", onlyFrom({ branch: "feature/main" }));
    expect(room.confirmed).toHaveLength(1);
  });

  test("may belong to branches of a pattern, and be a release too", async () => {
    publish(registry, "team/web:v1", "other");
    const room = newRoom("one");
    const more = { "only-from": { "v*": "release/*" }, ...releases };
    await room.act("push", fields({ ...more, branch: "main" }));
    expect(whys(room)).toEqual([
      "/team/web:v1 a release, pushed from `main`, and not from `release/*`",
    ]);
    await room.act("push", fields({ ...more, branch: "release/1" }));
    expect(room.confirmed).toHaveLength(1);
  });

  test("goes by the branch that is checked out where none is named", async () => {
    const room = newRoom("one");
    commitAll(room.root);
    await room.act("push", onlyFrom());
    expect(room.confirmed).toEqual([]);
    registry.repository("team/web").tags.clear();
    git(room.root, "checkout", "--quiet", "--detach");
    await room.act("push", onlyFrom());
    expect(whys(room)).toEqual(["/team/web:latest pushed from no branch, and not from `main`"]);
  });
});

test("via the engine an image is the same one by its configuration, and asked for before it is sent", async () => {
  const old = publish(registry, "team/web:v1", "other");
  const room = newRoom("one");
  refuse(room);
  const outcome = await room.act("push", fields({ ...releases, via: "engine" }));
  expect(problemOf(outcome)).toMatchObject({ code: "declined" });
  expect(room.confirmed).toEqual([
    { reference: web("v1"), old, new: await room.docker.imageId("shop/web:v1"), why: "a release" },
  ]);
  expect(room.docker.pushed).toEqual([]);
  registry.repository("team/web").tags.clear();
  expect(noteOf(await newRoom("one").act("push", fields(releases)))).toBeDefined();
  const again = newRoom("one");
  refuse(again);
  await again.act("push", fields({ ...releases, via: "engine" }));
  expect(again.confirmed).toEqual([]);
  expect(again.docker.pushed).toHaveLength(2);
});
