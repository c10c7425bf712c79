import { pathBetween } from "../../src/engine/plan/path-between.ts";
import { graphOf, name } from "../support/graph.ts";

const graph = graphOf(`
all: [images, prep]
images: [base, repo]
prep: [repo]
repo: [packages]
packages: { first-of: [given, built] }
`);

const way = (from: string, to: string) =>
  pathBetween(graph, name(from), name(to))?.map(({ target }) => target);

test("the shortest way is taken, through alternatives too", () => {
  expect(way("all", "built")).toEqual(["all", "images", "repo", "packages", "built"]);
});

test("each step says how it depends", () => {
  expect(pathBetween(graph, name("repo"), name("given"))).toEqual([
    { target: "repo" },
    { target: "packages", by: "dependency" },
    { target: "given", by: "alternative" },
  ]);
});

test("a target is no way from itself, and there is none against the arrows", () => {
  expect(way("repo", "repo")).toEqual(["repo"]);
  expect(way("packages", "all")).toBeUndefined();
});
