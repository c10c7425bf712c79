import { problemsIn } from "./support/workspace.ts";

const images = "  images: { matrix: { c: [agent, web], os: [a, b] }, image: x }\n";
const inFile = (target: string) =>
  problemsIn(`targets:\n${images}  base: { pull: x }\n  t: ${target}\n`);

describe("a reference", () => {
  test("to an unknown target names the nearest, wherever it stands", () => {
    const text = `default: al
targets:
  base: { pull: debian }
  all: { needs: [bsae], after: bsae, with: [bsae] }
  web: { image: x, base: bsae, include: { x: bsae }, with: { bsae: { uses: [x] } } }
  do: { run: x, inputs: [{ target: bsae }] }
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:1:10+2: there is no target `al`; did you mean `all`?",
      "targets.yaml:4:18+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:4:32+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:4:45+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:5:26+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:5:46+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:5:62+4: there is no target `bsae`; did you mean `base`?",
      "targets.yaml:6:36+4: there is no target `bsae`; did you mean `base`?",
    ]);
  });

  test("that is near to nothing gets no guess", () => {
    expect(problemsIn("targets: { a: { needs: [something] } }")).toEqual([
      "targets.yaml:1:25+9: there is no target `something`",
    ]);
  });

  test("to a member that the matrix does not have names the nearest", () => {
    expect(inFile('{ needs: ["images[agnt,a]"] }')).toEqual([
      "targets.yaml:4:16+16: there is no target `images[agnt,a]`; did you mean `images[agent,a]`?",
    ]);
  });

  test("with too few values tells the keys of the matrix", () => {
    expect(inFile('{ needs: ["images[agent]"] }')).toEqual([
      "targets.yaml:4:16+15: `images[agent]` gives 1 value, the matrix has 2 keys: `c`, `os`",
    ]);
  });

  test("to a member of what has no matrix is refused", () => {
    expect(inFile('{ needs: ["base[x]"] }')).toEqual([
      "targets.yaml:4:16+9: there is no target `base[x]`: `base` has no matrix; did you mean `base`?",
    ]);
  });

  test("that takes one target refuses a whole matrix", () => {
    expect(inFile("{ run: x, in: images }")).toEqual([
      "targets.yaml:4:20+6: `in` takes one target, `images` stands for 4; name one of them, such as `images[agent,a]`",
    ]);
  });

  test("with a matrix key in it is checked as far as it is known", () => {
    expect(inFile('{ matrix: { x: [agent] }, needs: ["image[${x}]"] }')).toEqual([
      "targets.yaml:4:40+13: there is no target `image[${x}]`; did you mean `images`?",
    ]);
  });
});

describe("a matrix", () => {
  test("has values, each once, and plain", () => {
    expect(inFile("{ matrix: { x: [], y: [1, { a: b }, 1, 'a b'], z: 7, 'a b': [1] } }")).toEqual([
      "targets.yaml:4:21+2: matrix key `x` is empty",
      "targets.yaml:4:32+8: expected text, a number or a flag in matrix key `y`, found a mapping",
      "targets.yaml:4:42+1: matrix key `y` has `1` a second time",
      "targets.yaml:4:45+5: `a b` cannot name a member of a matrix; use letters, digits and `. _ - + ~ : @ / =`",
      "targets.yaml:4:56+1: expected a list of values for matrix key `z`, found the number 7",
      "targets.yaml:4:59+5: `a b` cannot name a matrix key; use letters, digits, `-` and `_`, a letter first",
    ]);
  });

  test("has at least one key", () => {
    expect(inFile("{ matrix: {} }")).toEqual(["targets.yaml:4:16+2: `matrix` is empty"]);
  });

  test("does not hide a parameter", () => {
    expect(problemsIn("params: { os: {} }\ntargets: { a: { matrix: { os: [a] } } }")).toEqual([
      "targets.yaml:2:27+2: matrix key `os` has the name of a parameter; rename one of them",
    ]);
  });

  test("stays below a hundred thousand targets", () => {
    const list = Array.from({ length: 400 }, (_, index) => index).join(", ");
    const text = `targets:\n  a: { matrix: { x: [${list}], y: [${list}] } }\n`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:2:3+1: the matrix of `a` makes 160000 targets, 100000 are allowed",
    ]);
  });
});
