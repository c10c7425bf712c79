import { layOut } from "../../src/model/graph-layout.ts";

const drawn = (name: string) => ({ name, title: name, rule: "run" });
const edge = (from: string, to: string) => ({ from, to, kind: "dependency" as const });

/** `last` needs `middle` and `other`, which need `first`; `last` needs that too. */
const layout = layOut(
  {
    targets: ["last", "middle", "other", "first"].map(drawn),
    edges: [
      edge("last", "first"),
      edge("last", "middle"),
      edge("middle", "first"),
      edge("other", "first"),
    ],
  },
  () => 80,
);

const curveOf = (to: string, from: string): string =>
  layout.lines.find(({ edge }) => edge.to === to && edge.from === from)?.curve ?? "";

test("dependencies stand to the left of what needs them, and the picture ends where they do", () => {
  const places = [...layout.boxes.values()].map(({ target, x, y }) => [target.name, x, y]);
  expect(places).toEqual([
    ["first", 20, 20],
    ["middle", 180, 20],
    ["other", 180, 64],
    ["last", 340, 20],
  ]);
  expect([layout.width, layout.height]).toEqual([460, 112]);
});

test("an edge to the next layer is one curve", () => {
  expect(curveOf("first", "middle")).toBe("M120.0 34 C150.0 34 150.0 34 180.0 34");
});

test("an edge that passes a layer goes between its rows, behind no target", () => {
  expect(curveOf("first", "last")).toBe(
    "M120.0 34 C150.0 34 150.0 56 180.0 56 H280.0 C310.0 56 310.0 34 340.0 34",
  );
});
