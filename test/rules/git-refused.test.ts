import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolveUrl } from "../../src/rules/git/submodules.ts";
import { newRoom, Repository } from "./support/repository.ts";
import { problemOf, told } from "./support/rule-room.ts";

/** A repository with a link and what it leads to. */
function withLink(target: string): Repository {
  const repository = new Repository();
  symlinkSync(target, path.join(repository.folder, "sub/link"));
  repository.commit({});
  return repository;
}

test.each(["/etc/passwd", "../../x", "../around/../../x"])(
  "a link to %s leads out of the checkout, which is refused",
  async (target) => {
    const repository = withLink(target);
    symlinkSync("sub", path.join(repository.folder, "around"));
    repository.commit({});
    const room = newRoom();
    const problem = problemOf(await room.act("git", { git: repository.folder }));
    expect(problem).toMatchObject({
      blame: "target",
      code: "link-outside",
      message: `link \`sub/link\` leads out of the checkout: \`${target}\``,
      hint: "mend it in its repository",
    });
    expect(room.has(".tbuild/out/it/checkout")).toBe(false);
  },
);

test.each(["../a", "b", "nothing", "link", "../sub/../a"])(
  "a link to %s stays in the checkout, and is kept",
  async (target) => {
    const outcome = await newRoom().act("git", { git: withLink(target).folder });
    expect(told(outcome)).toEqual([".tbuild/out/it/checkout"]);
  },
);

/** A repository whose submodule `part` has this URL. */
function withSubmodule(url: string): Repository {
  const repository = new Repository();
  const commit = repository.first;
  repository.commit({ ".gitmodules": `[submodule "part"]\n\tpath = part\n\turl = ${url}\n` });
  repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},part`);
  repository.git("commit", "--quiet", "--message=x");
  return repository;
}

const words = { GIT_CONFIG_VALUE_0: "user" };

test.each([
  "ext::sh -c touch% ran",
  "--upload-pack=touch ran",
  "foo://h/x",
  "ssh://-oProxyCommand=x/y",
])("a submodule from %s is refused", async (url) => {
  const room = newRoom(words);
  const given = { git: withSubmodule(url).folder, submodules: true };
  expect(problemOf(await room.act("git", given))).toMatchObject({
    blame: "target",
    code: "submodule-refused",
    message: `submodule \`part\` may not come from \`${url}\``,
    hint: "give it a URL of http, https, ssh or git",
  });
  expect(existsSync(path.join(room.root, "ran"))).toBe(false);
});

test.each(["/etc", "file:///etc"])("a submodule from the path %s is refused", async (url) => {
  const given = { git: withSubmodule(url).folder, submodules: true };
  expect(problemOf(await newRoom(words).act("git", given))).toMatchObject({
    message: `submodule \`part\` may not come from \`${url}\``,
    hint: "give it a relative URL, or allow paths by `git config --global protocol.file.allow always`",
  });
});

test("a submodule at a commit that its repository lacks is told with both", async () => {
  const part = new Repository();
  part.commit({ only: "here" });
  const outer = withSubmodule(part.folder);
  const missing = outer.first.replace(/^.{8}/, "00000000");
  outer.git("update-index", "--cacheinfo", `160000,${missing},part`);
  outer.git("commit", "--quiet", "--message=y");
  const given = { git: outer.folder, submodules: true };
  expect(problemOf(await newRoom().act("git", given))).toMatchObject({
    message: `submodule \`part\` is at commit \`${missing}\`, which \`${part.folder}\` does not have`,
    hint: "push it there, or move the submodule to one that is there",
  });
});

test("a submodule without a URL is told", async () => {
  const outer = withSubmodule("x");
  writeFileSync(path.join(outer.folder, ".gitmodules"), "");
  outer.git("commit", "--quiet", "--message=y", ".gitmodules");
  const given = { git: outer.folder, submodules: true };
  expect(problemOf(await newRoom().act("git", given))).toMatchObject({
    message: "`.gitmodules` has no URL of submodule `part`",
  });
});

test.each([
  ["https://h/team/main.git", "../part.git", "https://h/team/part.git"],
  ["https://h/team/main.git/", "./part", "https://h/team/main.git/part"],
  ["https://h/team/main", "../../other/part", "https://h/other/part"],
  ["git@h:team/main.git", "../part.git", "git@h:team/part.git"],
  ["git@h:main.git", "../part.git", "git@h:part.git"],
  ["/srv/main", "../part", "/srv/part"],
  ["https://h/main", "ssh://g/part", "ssh://g/part"],
])("below %s a submodule %s is %s", (outer, given, url) => {
  expect(resolveUrl(outer, given)).toBe(url);
});

test("a commit that would write into `.git` is not checked out, and its clone is not to blame", async () => {
  const repository = new Repository();
  const tree = repository.git("rev-parse", "main:sub");
  const entry = Buffer.concat([Buffer.from("40000 .git\0"), Buffer.from(tree, "hex")]);
  writeFileSync(path.join(repository.folder, "entry"), entry);
  const bad = repository.git("hash-object", "-t", "tree", "-w", "--literally", "entry");
  repository.git("update-ref", "refs/heads/bad", repository.git("commit-tree", "-m", "x", bad));
  const room = newRoom();
  const problem = problemOf(await room.act("git", { git: repository.folder, ref: "bad" }));
  expect(problem.message).toBe(`cannot check out \`${repository.git("rev-parse", "bad")}\``);
  expect(problem.details).toContain("error: invalid path '.git/b'");
  expect(room.warnings).toEqual([]);
});

test("hooks and settings that a repository could bring run nothing", async () => {
  const repository = new Repository();
  repository.commit({
    ".gitattributes": "* filter=own\n",
    "post-checkout": "#!/bin/sh\ntouch ran\n",
  });
  const room = newRoom();
  await room.act("git", { git: repository.folder, to: "out/source" });
  expect(room.has("out/source/ran")).toBe(false);
  expect(room.read("out/source/a")).toBe("2");
});
