import { explain } from "../../src/engine/fresh/explain.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { publish } from "../support/published-images.ts";
import { type Run, Workspace } from "../support/workspace.ts";

let registry: FakeRegistry;

beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
});
afterEach(() => registry.close());

/** `made` stands for checkout, build and push; `after` for what needs the image in the registry. */
const workspace = (more = ""): Workspace =>
  new Workspace(`
params: { rebuild: { type: flag, help: Make it again }, registry: {} }
${more}
targets:
  api:
    first-of:
      - { published: "${registry.host}/team/api:1", unless: "\${rebuild}" }
      - target: made
  made: { run: echo made >out/x.txt, outputs: [out/x.txt] }
  after: { run: echo after >out/y.txt, outputs: [out/y.txt], needs: [api] }
`);

const name = () => `${registry.host}/team/api:1`;
const asked = (): readonly string[] => registry.requests(/manifests/);
const outcomes = ({ events }: Run): readonly string[] =>
  events.flatMap((event) =>
    event.kind === "target-finished"
      ? [`${event.target} ${event.outcome}${event.note === undefined ? "" : `, ${event.note}`}`]
      : [],
  );
const passedOver = ({ events }: Run): readonly string[] =>
  events.flatMap((event) =>
    event.kind === "alternative" ? event.passedOver.map(({ why }) => why) : [],
  );

test("an image that the registry has is not made, for one question a run", async () => {
  publish(registry, "team/api:1", "one");
  const one = workspace();
  const run = await one.build("api");
  expect(outcomes(run)).toEqual(["api#1 fresh, already in the registry"]);
  expect(run).toMatchObject({ built: 0, fresh: 1 });
  expect(asked()).toEqual(["HEAD /v2/team/api/manifests/1"]);
  await one.build("api", { planned: true });
  await one.build("api", { planned: true });
  expect(asked()).toHaveLength(3);
});

test("one that it has not is made, and the registry is asked anew by the next run", async () => {
  const one = workspace();
  const first = await one.build("api", { planned: true });
  expect(first.ran).toEqual(["api#1: made each time it is asked for", "made: never made"]);
  expect(passedOver(first)).toEqual([`\`${name()}\` is not in the registry`]);
  expect((await one.build("api", { planned: true })).ran).toEqual([
    "api#1: made each time it is asked for",
  ]);
  publish(registry, "team/api:1", "one");
  const later = await one.build("api", { planned: true });
  expect(outcomes(later)).toEqual(["api#1 fresh, already in the registry"]);
  expect(passedOver(later)).toEqual([]);
  expect(asked()).toHaveLength(3);
});

test("what needs it sees another image under the name, and nothing where it is the same", async () => {
  publish(registry, "team/api:1", "one");
  const one = workspace();
  await one.build("after");
  expect((await one.build("after")).ran).toEqual(["api#1: made each time it is asked for"]);
  publish(registry, "team/api:1", "two");
  expect((await one.build("after")).ran).toEqual([
    "api#1: made each time it is asked for",
    "after: dependency `api` changed",
  ]);
});

test("`unless` passes it over where its value is true, and nobody is asked", async () => {
  publish(registry, "team/api:1", "one");
  const run = await workspace().build("api", { given: { rebuild: "true" } });
  expect(run.ran).toEqual(["made: never made"]);
  expect(passedOver(run)).toEqual(["switched off by `unless`"]);
  expect(registry.seen).toEqual([]);
});

test("`unless` passes any alternative over, and another value is another choice", async () => {
  const one = new Workspace(`
params: { plain: { type: flag } }
targets:
  some: { matrix: { x: [a] }, first-of: [{ target: rich, unless: "\${plain}" }, { run: echo, unless: true }, { target: "plain-\${x}" }] }
  rich: { run: echo rich >out/x.txt, outputs: [out/x.txt] }
  plain-a: { run: echo plain >out/y.txt, outputs: [out/y.txt] }
`);
  const plain = { given: { plain: "true" } };
  expect((await one.build("some", plain)).ran).toEqual(["plain-a: never made"]);
  expect((await one.build("some")).ran).toEqual(["rich: never made"]);
  expect(passedOver(await one.build("some", plain))).toEqual([
    "switched off by `unless`",
    "switched off by `unless`",
  ]);
  expect((await one.build("some", plain)).fresh).toBe(1);
});

test("with `--force` the registry is asked all the same", async () => {
  publish(registry, "team/api:1", "one");
  const run = await workspace().build("api", { force: true });
  expect(outcomes(run)).toEqual(["api#1 fresh, already in the registry"]);
});

test("an alternative without its parameter is passed over, and nobody is asked", async () => {
  const one = new Workspace(`
params: { registry: {} }
targets:
  api: { first-of: [{ published: "\${registry}/api:1" }, { target: made }] }
  made: { run: echo made >out/x.txt, outputs: [out/x.txt] }
`);
  expect(passedOver(await one.build("api"))).toEqual(["`--registry` not given"]);
});

test("all references have to be there", async () => {
  publish(registry, "team/api:1", "one");
  const both = `["${name()}", "${registry.host}/team/api:2", "${registry.host}/team/api:3"]`;
  const one = new Workspace(`targets:\n  api: { published: ${both} }\n`);
  const run = await one.build("api");
  expect(run.problems).toEqual([
    {
      code: "not-published",
      blame: "surroundings",
      message: `\`${registry.host}/team/api:2\` (and 1 other) is not in the registry`,
      hint: "push it, or name an image that is there",
    },
  ]);
});

test("a registry that cannot be asked is a failure, and nothing is made in its place", async () => {
  registry.auth = { kind: "basic", username: "me", password: "pw" };
  const run = await workspace().build("api");
  expect(run.messages).toEqual([
    `cannot look for \`${name()}\`: \`${registry.host}\` wants a login (401)`,
  ]);
  expect(run.ran).toEqual(["api#1: made each time it is asked for"]);
  expect(run).toMatchObject({ failed: 1, built: 0 });
});

test("a request that fails for a while is tried again", async () => {
  publish(registry, "team/api:1", "one");
  let failures = 1;
  registry.plan = () =>
    failures-- > 0 ? { kind: "status", status: 503, retryAfter: "0" } : undefined;
  expect(outcomes(await workspace().build("api"))).toEqual([
    "api#1 fresh, already in the registry",
  ]);
});

test("mirrors are not asked", async () => {
  publish(registry, "team/api:1", "one");
  const mirrors = `registries: { "${registry.host}": { mirrors: [mirror.example.org] } }`;
  expect(outcomes(await workspace(mirrors).build("api"))).toEqual([
    "api#1 fresh, already in the registry",
  ]);
});

describe("a dry run asks too", () => {
  const wouldRun = ({ events }: Run): readonly string[] =>
    events.flatMap((event) =>
      event.kind === "would-run" ? [`${event.title}: ${event.certain}, ${event.why}`] : [],
    );

  test("and tells of nothing where the image is there", async () => {
    publish(registry, "team/api:1", "one");
    const run = await workspace().build("api", { dryRun: true });
    expect(wouldRun(run)).toEqual([]);
    expect(run).toMatchObject({ fresh: 1, problems: [] });
  });

  test("and tells what would be made where it is not", async () => {
    const run = await workspace().build("after", { dryRun: true });
    expect(wouldRun(run)).toEqual([
      "made: true, never made",
      "after: false, `api` would be made first",
    ]);
    expect(passedOver(run)).toEqual([`\`${name()}\` is not in the registry`]);
  });

  test("and tells that the registry cannot be asked", async () => {
    registry.plan = () => ({ kind: "status", status: 403 });
    const run = await workspace().build("api", { dryRun: true });
    expect(run.messages).toEqual([expect.stringMatching(/^cannot look for .* denies/)]);
  });

  test("and without fallback what would be passed over is a problem", async () => {
    const run = await workspace().build("api", { dryRun: true, fallback: false });
    expect(run.messages).toEqual([
      `target \`api\` cannot have \`published ${name()}\`: \`${name()}\` is not in the registry`,
    ]);
  });
});

test("`explain` leads to what would be made where the image is not there", async () => {
  const { request, parts } = workspace().prepare("api");
  expect(await explain(request, parts)).toEqual({
    ok: true,
    value: [
      {
        kind: "stale",
        target: "api",
        causes: [
          {
            target: "made",
            reasons: [{ kind: "never-made" }],
            path: ["made", "api (target made)", "api"],
          },
        ],
      },
    ],
  });
});
