/** The page with all of the server behind it: a real repository, a real run, and what a browser sees of it meanwhile. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { hashToken } from "../../../src/server/records/token.ts";
import { temporaryFolder, writeFiles } from "../../support/folder.ts";
import { commitAll } from "../../support/git.ts";
import { startGitServer } from "../git-server.ts";
import { startServer } from "../server.ts";
import { openPage, shows, texts } from "./browser.ts";

const targets = `params:
  gate: { type: string }
targets:
  all: { needs: [after] }
  before: { run: "echo made > made.txt", outputs: [made.txt] }
  web: { image: web, tags: [shop/web], managed: automatic }
  after: { needs: [before], run: 'printf "\\\\033[32mbegun\\\\033[0m\\\\n"; read -r word < \${gate}; echo "heard $word"' }
`;

test("a run that is started in the page is followed to its end without a reload", async () => {
  const repositories = temporaryFolder();
  const host = await startGitServer(repositories);
  try {
    writeFiles(repositories, { "shop/targets.yaml": targets });
    commitAll(path.join(repositories, "shop"));
    const gate = path.join(repositories, "gate");
    execFileSync("mkfifo", [gate]);
    const folder = temporaryFolder({
      "server.yaml": `listen: 127.0.0.1:0
tokens:
  - { name: anna, hash: "${hashToken("token-of-anna")}", scopes: [run] }
repositories:
  shop:
    url: ${host.url}/shop/.git
    branches: [main]
    targets: [all]
    params: { gate: ${gate} }
    notice: { poll: false }
`,
    });
    const server = startServer(folder);
    const url = (await server.says(/listening on/)).replace(/^.*listening on /, "");
    const page = await openPage();
    await page.goto(`${url}/sign-in?back=/start`);
    await page.locator("input[type=password]").fill("token-of-anna");
    await page.keyboard.press("Enter");
    await page.waitForSelector("option[value=shop]");
    await page.locator("button[type=submit]").click();
    await shows(page, "asked for by anna");
    await page.waitForSelector("svg .box-built");
    expect(await texts(page, "svg .box text:not(.took)")).toEqual(["before", "after"]);
    await page.locator('svg a.box-running[href$="target=after"]').click();
    await shows(page, "begun");
    expect(await texts(page, ".ansi-2")).toEqual(["begun"]);
    await writeFile(gate, "the word\n");
    await shows(page, "heard the word");
    await page.goBack();
    await shows(page, "passed");
    await page.waitForFunction(() => document.querySelectorAll(".state-built").length === 2);
    await page.goto(`${url}/inventory`);
    await shows(page, "1 image: 1 automatic, 0 make-managed, 0 manual");
    await shows(page, "shop/web");
    server.signal("SIGTERM");
    expect(await server.ended).toBe(0);
  } finally {
    await host.stop();
  }
});
