import { Workspace } from "../support/workspace.ts";

const problemsOf = async (targets: string, wanted = "a") => {
  const run = await new Workspace(`targets:\n${targets}`, {
    "context/Dockerfile": "FROM scratch\n",
  }).build(wanted);
  expect(run.ran).toEqual([]);
  return run.problems.map(({ message, hint, at }) => ({ message, hint, line: at?.line }));
};

test("a cycle is shown as a chain", async () => {
  const targets = `
  a: { needs: [b] }
  b: { run: "true", inputs: [{ target: c }] }
  c: { needs: [a] }
`;
  expect(await problemsOf(targets)).toEqual([
    {
      message: "dependency cycle: a -> b -> c -> a",
      hint: "take one of these dependencies out",
      line: 4,
    },
  ]);
});

test("an image that a command is told of is a dependency", async () => {
  const targets = `
  a: { run: "true", images: { B: b } }
  b: { needs: [a] }
`;
  const problems = await problemsOf(targets);
  expect(problems.map(({ message }) => message)).toEqual(["dependency cycle: a -> b -> a"]);
});

test("a cycle through an alternative that is not chosen is a cycle all the same", async () => {
  const targets = `
  a:
    first-of:
      - { use: targets.yaml }
      - target: b
  b: { needs: [a] }
`;
  const problems = await problemsOf(targets);
  expect(problems.map(({ message }) => message)).toEqual(["dependency cycle: a -> a#2 -> b -> a"]);
});

test("two targets with one output are named, with their places", async () => {
  const targets = `
  a: { run: "true", outputs: [out/x] }
  b: { run: "true", outputs: [out/x] }
`;
  expect(await problemsOf(targets)).toEqual([
    {
      message: "targets `a` and `b` both make `out/x`",
      hint: "give one of them another output; `a` is declared at targets.yaml:4",
      line: 5,
    },
  ]);
});

test("an output inside another target's output is one output", async () => {
  const targets = `
  a: { run: "true", outputs: [out/] }
  b: { run: "true", outputs: [out/deep/x] }
`;
  const problems = await problemsOf(targets);
  expect(problems.map(({ message }) => message)).toEqual([
    "targets `a` and `b` both make `out/deep/x`",
  ]);
});

test("two images with one tag are one output", async () => {
  const targets = `
  a: { image: context, tags: ["x:1"] }
  b: { image: context, tags: ["docker.io/library/x:1"] }
`;
  const problems = await problemsOf(targets);
  expect(problems.map(({ message }) => message)).toEqual(["targets `a` and `b` both make `x:1`"]);
});

test("all problems are told in one run", async () => {
  const targets = `
  a: { needs: [a] }
  b: { run: "true", outputs: [x] }
  c: { run: "true", outputs: [x] }
`;
  expect(await problemsOf(targets)).toHaveLength(2);
});

test("what is only brought clashes with nothing: two targets may pull one image", async () => {
  const targets = `
  a: { pull: "127.0.0.1:1/x:1" }
  b: { pull: "127.0.0.1:1/x:1" }
  c: { first-of: [{ pull: "127.0.0.1:1/y:1" }, { target: made }] }
  made: { image: context, tags: ["127.0.0.1:1/y:1"] }
  nothing: { needs: [] }
`;
  expect(await problemsOf(targets, "nothing")).toEqual([]);
});

test("a rule's own checks come before anything runs", async () => {
  const targets = `
  a: { push: img, registry: "http://x" }
  img: { image: context }
`;
  const [problem] = await problemsOf(targets);
  expect(problem?.message).toContain("`http://x`");
});
