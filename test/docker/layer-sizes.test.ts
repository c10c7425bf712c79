import { matchSizes } from "../../src/docker/layer-sizes.ts";
import type { Digest } from "../../src/model/artifact.ts";

const layers = (count: number): Digest[] =>
  Array.from({ length: count }, (_, index): Digest => `sha256:${index}`);
const sizes = (count: number, steps: readonly (readonly [number, string])[]): readonly number[] =>
  matchSizes(
    layers(count),
    steps.map(([bytes, by]) => ({ bytes, by })),
    99,
  ).map(({ bytes }) => bytes);

test("steps that only set something make no layer, even where others wrote nothing", () => {
  const steps = [
    [70, "/bin/sh -c #(nop) ADD file:1 in / "],
    [0, '/bin/sh -c #(nop)  CMD ["bash"]'],
    [0, "ENV A=1"],
    [0, "RUN /bin/sh -c true # buildkit"],
    [20, "COPY a / # buildkit"],
  ] as const;
  expect(sizes(3, steps)).toEqual([70, 0, 20]);
});

test("a history of layers alone is taken as it is, and one that fits in no way counts as a whole", () => {
  expect(sizes(1, [[164, ""]])).toEqual([164]);
  expect(
    sizes(2, [
      [5, "RUN a"],
      [0, "WORKDIR /x"],
      [6, "RUN b"],
    ]),
  ).toEqual([5, 6]);
  expect(sizes(3, [[5, "RUN a"]])).toEqual([0, 0, 99]);
});
