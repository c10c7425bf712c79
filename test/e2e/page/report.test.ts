/** `--report`: one file that a browser opens from the disk, with scripts and without, whatever became of the build. */

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "../../support/folder.ts";
import { tbuild } from "../tbuild.ts";
import { faults, openPage, shows, texts } from "./browser.ts";

const file = `params:
  key: { type: secret, env: KEY }
targets:
  all: { needs: [ship, docs] }
  base: { run: "echo base > base.txt", outputs: [base.txt] }
  app: { needs: [base], run: "cat base.txt > app.txt", inputs: [base.txt], outputs: [app.txt] }
  docs: { run: "echo docs > docs.txt", outputs: [docs.txt] }
  ship: { needs: [app], run: "echo '</script><img src=x onerror=alert(1)>' $KEY; exit $CODE", pass-env: [CODE], secrets: { KEY: "\${key}" }, outputs: [ship.txt] }
`;

async function reported(code: string): Promise<{ readonly html: string; readonly url: string }> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "targets.yaml"), file);
  const env = { KEY: "sesame-opens", CODE: code };
  await tbuild(folder, ["all", "--keep-going", "--report", "out.html"], { env });
  const out = path.join(folder, "out.html");
  return { html: readFileSync(out, "utf8"), url: pathToFileURL(out).href };
}

test("a failed build has its graph, reasons, digests and last output, and asks for nothing else", async () => {
  const { url } = await reported("3");
  const page = await openPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(url);
  await shows(page, "Timeline");
  expect(asked.filter((each) => !each.startsWith("data:"))).toEqual([url]);
  expect(said).toEqual([]);
  expect(await texts(page, "svg .box-failed text:not(.took)")).toEqual(["ship"]);
  expect(await texts(page, "svg .box-skipped text:not(.took)")).toEqual(["all"]);
  expect((await texts(page, "tbody th"))[0]).toBe("ship run");
  await page.click("summary");
  await shows(page, "</script><img src=x onerror=alert(1)> ***");
  await shows(page, "base.txt sha256:");
  await shows(page, "5 B");
  expect(await page.$$("img")).toEqual([]);
  expect(await faults(page)).toEqual([]);
});

test("a secret that a target puts out is in no part of the file", async () => {
  const { html } = await reported("3");
  expect(html).toContain("***");
  expect(html).not.toContain("sesame-opens");
});

test("without scripts a table tells the same", async () => {
  const { url } = await reported("3");
  const page = await openPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(url);
  expect((await texts(page, "h1"))[0]).toContain("failed after");
  const rows = await texts(page, "tr");
  expect(rows.find((row) => row.startsWith("ship"))).toContain("command failed with exit code 3");
});

test("a report that cannot be written ends tbuild before anything runs", async () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "targets.yaml"), file);
  const { exitCode, stderr } = await tbuild(folder, ["docs", "--report", "no/out.html"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("there is no such folder");
  expect(stderr).not.toContain("docs: started");
});
