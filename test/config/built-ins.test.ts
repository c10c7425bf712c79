/** Names that stand for values without being declared: `${git.commit}`, `${semver.major}` and the like. */

import { expand } from "../../src/config/expand/expand.ts";
import { reachableGitNames, usesGit } from "../../src/config/list-targets.ts";
import type { TargetName } from "../../src/model/target.ts";
import { commitAll, git } from "../support/git.ts";
import { testKinds } from "./support/kinds.ts";
import { expanded, load, loaded, must, problemsIn, resolved, target } from "./support/workspace.ts";

/** The tags of the target `web` in a repository, and what it lacks. */
function tagsInGit(text: string, prepare: (folder: string) => void = () => {}) {
  const declaration = loaded(text);
  commitAll(declaration.root);
  prepare(declaration.root);
  const project = must(expand(declaration, must(resolved(declaration)), testKinds));
  const web = project.targets.get("web" as TargetName);
  const whys = web?.missing.map((name) => project.noValue?.get(name)?.why ?? name);
  return {
    tags: web?.rule?.fields["tags"],
    whys,
    parameters: web?.parameters,
    root: declaration.root,
  };
}

const tagged = (...tags: readonly string[]) => `targets:
  web: { image: web, tags: [${tags.map((tag) => `"${tag}"`).join(", ")}] }
`;

test("a branch is turned into a tag where a tag is made, and left as it is elsewhere", () => {
  const text = tagged("shop/web:${git.branch}", "shop/web:v-${git.branch}").replace(
    "image: web",
    'image: web, args: { BRANCH: "${git.branch}" }',
  );
  const { tags, parameters } = tagsInGit(text, (root) => {
    git(root, "checkout", "--quiet", "-b", "feature/x+y");
  });
  expect(tags).toEqual(["shop/web:feature-x-y", "shop/web:v-feature-x-y"]);
  expect(parameters).toEqual({ "git.branch": "feature/x+y" });
});

test("a commit counts in the target that names it, and nowhere else", () => {
  const { tags, parameters, root } = tagsInGit(tagged("shop/web:${git.short}"));
  const commit = git(root, "rev-parse", "HEAD").slice(0, 12);
  expect(tags).toEqual([`shop/web:${commit}`]);
  expect(parameters).toEqual({ "git.short": commit });
});

const version = (value: string, more = "") =>
  `params: { version: { default: "${value}" } }
${tagged("w:${semver.major}", "w:${semver.major}.${semver.minor}", "w:${semver.patch}")}${more}`;

test.each([
  ["5.1.0-1", ["w:5", "w:5.1", "w:0"]],
  ["v1.20.3+build.7", ["w:1", "w:1.20", "w:3"]],
])("the numbers of version %s are %p", (value, tags) => {
  expect(target(version(value), "web").rule?.fields["tags"]).toEqual(tags);
});

test.each(["1.2", "bookworm", "01.2.3", "1.2.3.4"])("%s is no semantic version", (value) => {
  const project = must(expanded(version(value)));
  const web = project.targets.get("web" as TargetName);
  expect(web?.missing).toEqual([
    "semver.major of version",
    "semver.minor of version",
    "semver.patch of version",
  ]);
  expect(project.noValue?.get("semver.major of version")).toEqual({
    name: "semver.major",
    why: `\`version\` is \`${value}\`, which is no semantic version`,
    hint: "a semantic version is MAJOR.MINOR.PATCH, such as `1.2.3` or `1.2.3-rc.1`",
  });
});

test("without a parameter `version` the tag of the commit is taken, and without one that is said", () => {
  const text = tagged("w:${semver.major}");
  expect(tagsInGit(text, (root) => git(root, "tag", "v3.4.5")).tags).toEqual(["w:3"]);
  expect(tagsInGit(text).whys).toEqual([
    "there is no parameter `version`, and no tag names the commit that is checked out",
  ]);
});

test("`version` of a matrix counts for its member, and an include's own one in the include", () => {
  const matrix = `targets:
  web: { matrix: { version: [1.2.3, 4.5.6] }, image: web, tags: ["w:\${semver.major}"] }
`;
  expect(target(matrix, "web[4.5.6]").rule?.fields["tags"]).toEqual(["w:4"]);
  const include = {
    "targets.yaml": 'include: { a: { file: a/targets.yaml, params: { version: "7.8.9" } } }\n',
    "a/targets.yaml": `params: { version: { default: 1.0.0 } }\n${tagged("w:${semver.minor}")}`,
  };
  expect(target(include, "a/web").rule?.fields["tags"]).toEqual(["w:8"]);
});

test("a member that is no version, and a name that is nearly one, are told at their place", () => {
  const matrix = `targets:
  web: { matrix: { version: [1.2.3, next] }, image: web, tags: ["w:\${semver.major}"] }
`;
  expect(problemsIn(matrix)).toEqual([
    "targets.yaml:2:68+15: `${semver.major}` has no value for `version` `next`, which is no semantic version; a semantic version is MAJOR.MINOR.PATCH, such as `1.2.3` or `1.2.3-rc.1`",
  ]);
  expect(problemsIn(tagged("w:${git.comit}"))).toEqual([
    "targets.yaml:2:32+12: there is no parameter `git.comit`; did you mean `git.commit`?",
  ]);
  expect(load(tagged("w:$${git.commit}")).ok).toBe(true);
});

test("what git tells counts for the targets that reach it only", () => {
  const declaration = loaded(`targets:
  a: { run: "true" }
  b: { run: "echo \${git.commit}", inputs: [{ target: a }] }
  c: { needs: [b], run: "echo \${semver.major}" }
`);
  expect(usesGit(declaration)).toBe(true);
  expect(reachableGitNames(declaration, ["a"])).toEqual([]);
  expect(reachableGitNames(declaration, ["b"])).toEqual(["git.commit"]);
  expect(reachableGitNames(declaration, ["c"])).toEqual(["git.commit", "git.tag"]);
});
