/** A push without changes costs one question to the engine, and one to the registry for each tag. */
import type { BuildRequest as ImageBuild } from "../../src/docker/docker.ts";
import type { Digest } from "../../src/model/artifact.ts";
import { FakeDocker } from "../rules/support/fake-docker.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { handMade } from "../support/image-archive.ts";
import { Workspace } from "../support/workspace.ts";

const components = ["a", "b", "c", "d", "e"];

/** Its images have bytes, and it keeps what it was asked. */
class AskedDocker extends FakeDocker {
  readonly asked: string[] = [];

  override async build(request: ImageBuild): Promise<Digest> {
    const image = handMade(request.tags.join(), ["a layer of all", ...request.tags], request.tags);
    this.holdImage(image);
    return image.id;
  }
}

for (const name of ["images", "imageId", "layersOf", "save"] as const) {
  const original = FakeDocker.prototype[name];
  Object.defineProperty(AskedDocker.prototype, name, {
    value(this: AskedDocker, ...parameters: unknown[]) {
      this.asked.push(name);
      return Reflect.apply(original, this, parameters);
    },
  });
}

let registry: FakeRegistry;
let docker: AskedDocker;
let workspace: Workspace;

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
  docker = new AskedDocker();
  workspace = new Workspace(
    `
targets:
  image: { matrix: { of: [${components.join()}] }, image: web, args: { OF: "\${of}" }, tags: ["shop/\${of}:1"] }
  push: { push: [image], registry: "${registry.host}/team" }
`,
    { "web/Dockerfile": "FROM scratch\nARG OF\n" },
  );
  workspace.docker = () => Promise.resolve(docker);
  await workspace.build("push", { planned: true });
  docker.asked.length = 0;
  registry.seen.length = 0;
  registry.probed = 0;
});

afterEach(() => registry.close());

test.each([
  ["by the plan of the last run", true],
  ["without a plan", false],
])(
  "of five images asks the engine for its list once, and the registry for each tag (%s)",
  async (_, planned) => {
    const run = await workspace.build("push", { planned });
    expect(run).toMatchObject({
      fresh: 5,
      built: 1,
      ran: ["push: made each time it is asked for"],
    });
    expect(docker.asked).toEqual(["images"]);
    const heads = components.map((of) => `HEAD /v2/team/${of}/manifests/1`);
    expect([...registry.requests(/./)].sort()).toEqual(heads);
    expect(registry.probed).toBe(0);
  },
);

test("of an image that was removed from the engine makes it again first", async () => {
  await docker.removeImage("shop/c:1");
  const run = await workspace.build("push", { planned: true });
  expect(run.ran).toEqual([
    "image[c]: image `shop/c:1` is missing in the engine",
    "push: made each time it is asked for",
  ]);
});
