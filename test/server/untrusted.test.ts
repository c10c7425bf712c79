/** Words and trees that nobody vouches for. */
import { staysInside } from "../../src/server/git/links.ts";
import { readStart } from "../../src/server/read-start.ts";
import type { ServerConfig } from "../../src/server/records/config.ts";
import { isBranch, isCommit, isTarget } from "../../src/server/records/names.ts";
import { optionsOf } from "../../src/server/runs/execute.ts";
import { FoldedTargets, type RunLine } from "../../src/server/runs/fold-targets.ts";
import { shown } from "../config/support/workspace.ts";

test.each([
  ["a", "b", true],
  ["a/b/link", "../../c", true],
  ["a/b/link", "../../../c", false],
  ["link", "..", false],
  ["a/link", "..", true],
  ["a/link", "x/../../..", false],
  ["a/link", "x/../y", false],
  ["link", "/etc/passwd", false],
  ["link", "", false],
  ["link", "./b/./c", true],
])("a link `%s` to `%s` stays inside: %p", (link, target, inside) => {
  expect(staysInside(link, target)).toBe(inside);
});

test("names that git, a shell or tbuild would take for something else are refused", () => {
  for (const name of [
    "-x",
    "a..b",
    "a b",
    "a~1",
    "a.lock",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "@",
    "a@{1}",
    "a\nb",
    "",
  ]) {
    expect([name, isBranch(name)]).toEqual([name, false]);
  }
  for (const name of ["--force", "-C", "", "a b", "$(x)", "a;b", ".."]) {
    expect([name, isTarget(name)]).toEqual([name, false]);
  }
  expect(["main", "feature/x+y", "v1.2"].map(isBranch)).toEqual([true, true, true]);
  expect(["all", "images[agent,bookworm]", "bundles/base"].map(isTarget)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["HEAD", "1".repeat(39), "1".repeat(40)].map(isCommit)).toEqual([false, false, true]);
});

const config = {
  repositories: [
    {
      name: "shop",
      branches: ["release/*", "main"],
      targets: ["all"],
      params: { a: "1" },
      priority: 3,
    },
  ],
} as unknown as ServerConfig;
const start = (more: object) => readStart({ repository: "shop", by: "anna", ...more }, config);

test("a request gets what the configuration says where it says nothing", () => {
  expect(start({ params: { b: true } })).toMatchObject({
    value: { branch: "main", targets: ["all"], params: { a: "1", b: true }, priority: 3 },
  });
});

test("of a repository without targets a request says what it wants", () => {
  const bare = { repositories: [{ ...config.repositories[0], targets: [] }] };
  expect(
    shown(readStart({ repository: "shop", by: "anna" }, bare as unknown as ServerConfig)),
  ).toEqual(["nothing is built of repository `shop` by itself; name the targets that are meant"]);
});

test.each([
  [{ repository: "shp" }, "there is no repository `shp`; did you mean `shop`?"],
  [{ branch: "--upload-pack=x" }, "`--upload-pack=x` is no branch"],
  [{ commit: "HEAD~1" }, "`HEAD~1` is no commit; give all of its digits"],
  [{ targets: ["--directory=/"] }, "`--directory=/` is no target"],
  [{ params: { file: "x" } }, "`file` is no parameter that a request may give"],
  [{ params: { "token-file": "x" } }, "`token-file` is no parameter that a request may give"],
  [{ params: { "no-cache": true } }, "`no-cache` is no parameter that a request may give"],
  [{ params: { "--x": "1" } }, "`--x` is no parameter"],
  [
    { params: { to: "/etc" } },
    "parameter `to` names a path outside of the repository; give one that begins neither with `/` nor `~`, and has no `..`",
  ],
  [
    { params: { to: "a/../../b" } },
    "parameter `to` names a path outside of the repository; give one that begins neither with `/` nor `~`, and has no `..`",
  ],
])("a request of %j is refused", (more, problem) => {
  expect(shown(start(more))).toEqual([problem]);
});

test("a value is one word with its name, whatever it says", () => {
  expect(optionsOf({ version: "--force; rm -rf /", fast: true, slow: false, n: 3 })).toEqual([
    "--version=--force; rm -rf /",
    "--fast",
    "--no-slow",
    "--n=3",
  ]);
});

test("targets of a resumed run stay told as made, and what was in the middle begins anew", () => {
  const folded = new FoldedTargets();
  folded.expect({
    targets: ["b", "a"].map((name) => ({ name, title: name, rule: "run" })),
    edges: [{ from: "b", to: "a", kind: "dependency" }],
  });
  const lines = [
    { kind: "target-started", target: "a", title: "a", rule: "run", why: "never made", ms: 5 },
    {
      kind: "target-finished",
      target: "a",
      title: "a",
      rule: "run",
      outcome: "built",
      seconds: 1.23456,
      ms: 6,
    },
    { kind: "target-started", target: "b", title: "b", rule: "run", why: "never made", ms: 7 },
    { kind: "attempt", attempt: 2, ms: 100 },
    {
      kind: "target-finished",
      target: "a",
      title: "a",
      rule: "run",
      outcome: "fresh",
      seconds: 0,
      ms: 101,
    },
  ] as unknown as RunLine[];
  for (const line of lines) folded.take(line);
  expect(folded.targets).toEqual([
    { name: "b", title: "b", rule: "run", state: "waiting", needs: ["a"] },
    {
      ...{ name: "a", title: "a", rule: "run", state: "built", needs: [] },
      ...{ why: "never made", startedMs: 5, seconds: 1.235 },
    },
  ]);
});
