import { expand } from "../../src/config/expand/expand.ts";
import { resolveParameters } from "../../src/config/expand/resolve-parameters.ts";
import { loaded, problemsIn } from "./support/workspace.ts";

/** The filled-in section, or the messages. */
function cacheIn(section: string, given: Readonly<Record<string, string | boolean>> = {}) {
  const declaration = loaded(
    `cache: ${section}\nparams: { ci: { type: flag }, to: {} }\ntargets: {}`,
  );
  const values = new Map(
    Object.entries(given).map(([name, value]) => [name, { value, from: `--${name}` }]),
  );
  const parameters = resolveParameters(declaration, values, {}, "/");
  const project = parameters.ok ? expand(declaration, parameters.value) : parameters;
  if (project.ok) return project.value.cache;
  return project.problems.map(({ message }) => message);
}

test("a cache is a place in a registry, and is written only where that is said", () => {
  const registry = "registry.example.org/team/cache";
  expect(cacheIn(`{ registry: ${registry}/ }`)).toEqual({ registry, write: false });
  expect(cacheIn(`{ registry: "localhost:5000/c", write: true }`)).toEqual({
    registry: "localhost:5000/c",
    write: true,
  });
});

test("parameters may say both, and without a place there is no cache", () => {
  const section = '{ registry: "${to}", write: "${ci}" }';
  const to = "127.0.0.1:5000/c";
  expect(cacheIn(section)).toBeUndefined();
  expect(cacheIn(section, { to })).toEqual({ registry: to, write: false });
  expect(cacheIn(section, { to, ci: true })).toEqual({ registry: to, write: true });
});

test.each([
  "registry.example.org",
  "team/cache",
  "https://registry.example.org/team",
  "localhost:5000/Cache",
])("`%s` is no place of a cache", (place) => {
  expect(cacheIn(`{ registry: "${place}" }`)).toEqual([
    `expected HOST/NAME such as \`registry.example.org/team/cache\` for \`registry\` of \`cache\`, found \`${place}\``,
  ]);
});

test("mistakes are told at their places", () => {
  const problemsOf = (section: string) => problemsIn(`cache: ${section}\ntargets: {}`);
  expect(problemsOf("{ write: true }")).toEqual([
    "targets.yaml:1:8+15: `cache` needs the key `registry`",
  ]);
  expect(problemsOf("{ registry: a.b/c, writes: true }")).toEqual([
    "targets.yaml:1:27+6: `cache` has no key `writes`; did you mean `write`?",
  ]);
  expect(problemsOf("a.b/c")).toEqual([
    "targets.yaml:1:8+5: expected a mapping for `cache`, found the text `a.b/c`",
  ]);
  expect(problemsOf("{ registry: a.b/c, write: maybe }")).toEqual([
    "targets.yaml:1:34+5: expected `true` or `false` for `write` of `cache`, found the text `maybe`",
  ]);
});
