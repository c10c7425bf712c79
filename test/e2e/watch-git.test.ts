/** `tbuild watch` in a repository of git. @one-engine: no engine is asked. */
import { readFileSync } from "node:fs";
import { jest } from "@jest/globals";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { Watching } from "./watching.ts";

jest.setTimeout(60_000);

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
