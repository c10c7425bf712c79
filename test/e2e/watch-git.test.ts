/** `tbuild watch` in a repository of git. @newer-engine: no engine is asked. */
import { readFileSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { Watching } from "./watching.ts";

test("another commit or branch builds what names it, and nothing else", async () => {
  const folder = temporaryFolder({
    "targets.yaml": `
name: named
targets:
  says: { run: "echo \${git.branch} \${git.commit} >out/says", outputs: [out/says] }
  plain: { run: "echo plain >out/plain", outputs: [out/plain] }
  all: { needs: [says, plain] }
`,
  });
  commitAll(folder);
  const watch = new Watching(folder, ["all"]);
  await watch.rests();
  const commit = commitAgain(folder);
  expect(await watch.rests()).toMatchObject({ changed: [".git/refs/heads/main"], ran: ["says"] });
  expect(readFileSync(`${folder}/out/says`, "utf8")).toBe(`main ${commit}\n`);
  git(folder, "checkout", "--quiet", "-b", "feature/x");
  expect(await watch.rests()).toMatchObject({ changed: [".git/HEAD"], ran: ["says"] });
  expect(readFileSync(`${folder}/out/says`, "utf8")).toBe(`feature/x ${commit}\n`);
  expect((await watch.end()).exitCode).toBe(0);
});

test("the lock that a build writes begins no other one; one that is moved builds what it moved", async () => {
  const repository = temporaryFolder({ text: "1" });
  const first = commitAll(repository);
  const folder = temporaryFolder({
    "targets.yaml": `
name: locked
targets:
  source: { git: "${repository}", ref: main, to: out/source }
  says: { run: "echo \${source.short} >out/says", outputs: [out/says] }
  all: { needs: [source, says] }
`,
  });
  const watch = new Watching(folder, ["all"]);
  expect(await watch.rests()).toMatchObject({ builds: 1, changed: [], ran: ["source", "says"] });
  const second = commitAgain(repository);
  const lock = readFileSync(`${folder}/targets.lock`, "utf8");
  writeFileSync(`${folder}/targets.lock`, lock.replace(first, second));
  expect(await watch.rests()).toMatchObject({
    changed: ["targets.lock"],
    ran: expect.arrayContaining(["source", "says"]),
  });
  expect(readFileSync(`${folder}/out/says`, "utf8")).toBe(`${second.slice(0, 12)}\n`);
  expect((await watch.end()).exitCode).toBe(0);
});
