/** The page of the server in a browser, against the real HTTP side: what is shown, live, by keyboard, to everybody. */

import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "puppeteer-core";
import type { Run, RunTarget } from "../../../src/server/records/run.ts";
import { anInventory, aRun, someRuns } from "../../server/http/support/fake-core.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { build } from "../tbuild.ts";
import { faults, hides, openPage, shows, texts } from "./browser.ts";
import { foldedTargets, PageCore, type PageRoom, startPageRoom, token } from "./page-room.ts";

const needs = { base: [], app: ["base"], docs: [], ship: ["app", "docs"] };
const file = `targets:
  base: { run: "echo base > base.txt", outputs: [base.txt] }
  app: { needs: [base], run: "cat base.txt > app.txt", inputs: [base.txt], outputs: [app.txt] }
  docs: { run: "cat text.md > docs.txt", inputs: [text.md], outputs: [docs.txt] }
  ship: { needs: [app, docs], run: "cat app.txt docs.txt > ship.txt", inputs: [app.txt, docs.txt], outputs: [ship.txt] }
`;

const [first, second] = ["20261121T104900Z-0001", "20261121T105000Z-0002"];
const hostile = "<img src=x onerror=alert(1)> $(reboot)";

/** Two runs of a real tbuild: the second one after an edit of one text. */
async function recorded(core: PageCore): Promise<void> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "targets.yaml"), file);
  for (const [id, text] of [
    [first, "one"],
    [second, "two"],
  ] as const) {
    writeFileSync(path.join(folder, "text.md"), text);
    const { events, finished } = await build(folder, ["ship"]);
    core.targets.set(id, foldedTargets(events, needs));
    const { built, fresh, failed, skipped } = finished;
    core.runs.unshift(aRun({ id, subject: hostile, counts: { built, fresh, failed, skipped } }));
  }
  const log = path.join(folder, "app.log");
  writeFileSync(log, "plain\n\u001b[31mred\u001b[0m and \u001b[1;32mgreen\u001b[0m\n");
  core.logs.set(`${second} app`, { path: log, bytes: 0, isGrowing: true });
  const console = path.join(folder, "output.log");
  writeFileSync(console, "git clone\n");
  core.logs.set(second, { path: console, bytes: 0, isGrowing: false });
}

let core: PageCore;
let room: PageRoom;
let page: Page;

beforeEach(async () => {
  core = new PageCore();
  await recorded(core);
  core.images = [anInventory()];
  room = await startPageRoom({ core });
  page = await openPage();
});

afterEach(() => expect(room.bugs).toEqual([]));

/** Engines beside these tests make and remove networks, for which a browser gives up what it was loading. */
async function visit(address: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.goto(`${room.url}${address}`);
      return;
    } catch (error) {
      if (attempt === 5 || !String(error).includes("ERR_NETWORK_CHANGED")) throw error;
    }
  }
}

const signIn = () => page.evaluate((value) => sessionStorage.setItem("tbuild-token", value), token);

const running = (): Run => {
  const { finishedAt, exitCode, ...run } = core.run(second) as Run;
  return core.change({ ...run, state: "running", startedAt: new Date().toISOString() });
};

const click = (text: string) => page.locator(`::-p-text(${text})`).click();

test("a run is told with its commit, graph, timeline, reasons and what it pushed", async () => {
  await visit("/");
  await shows(page, second);
  await page.click(`a[href="/runs/${second}"]`);
  await shows(page, "input `text.md` changed");
  expect(await page.title()).toBe("Run of shop, main · tbuild");
  expect(await texts(page, "h2")).toEqual(["Graph", "Timeline", "Targets", "Pushed"]);
  expect(
    await page.$$eval("svg .box", (boxes) => boxes.map((box) => box.getAttribute("class"))),
  ).toEqual(["box box-fresh", "box box-built", "box box-fresh", "box box-built"]);
  expect(await texts(page, ".lane-name")).toEqual(["docs", "ship"]);
  await shows(page, "registry.example.org/shop:1.2.3");
});

test("what a commit says is text, whatever it looks like", async () => {
  await visit(`/runs/${second}`);
  await shows(page, hostile);
  expect(await page.$$("img")).toEqual([]);
});

test("a new run and the states of its targets come without a reload", async () => {
  await visit("/");
  await shows(page, second);
  await core.untilHeard();
  core.add(aRun({ id: "20261121T110000Z-0003", state: "running", subject: "Newer" }));
  await shows(page, "Newer");
  await visit(`/runs/${second}`);
  await shows(page, "input `text.md` changed");
  const before = core.targets.get(second)?.find(({ name }) => name === "base") as RunTarget;
  running();
  core.changeTarget(second, { ...before, state: "running", startedMs: 0 });
  await page.waitForSelector("svg .box-running");
  core.changeTarget(second, {
    ...before,
    state: "failed",
    seconds: 2,
    note: "no space",
  });
  await page.waitForSelector("svg .box-failed");
  await shows(page, "no space");
});

test("a run that is looked at while it waits shows its whole graph as soon as that is known", async () => {
  const id = "20261121T110000Z-0003";
  const list = core.targets.get(second) ?? [];
  core.add(aRun({ id, state: "queued" }));
  core.targets.set(id, []);
  await visit(`/runs/${id}`);
  await shows(page, "Nothing ran yet.");
  await core.untilHeard();
  core.targets.set(
    id,
    list.map(({ name, title, rule, needs }) => ({ name, title, rule, needs, state: "waiting" })),
  );
  core.tell({ kind: "graph-known", run: id });
  await page.waitForFunction(() => document.querySelectorAll("svg .box-waiting").length === 4);
  expect((await page.$$("svg .edge")).length).toBe(3);
  const [base] = list as [RunTarget];
  core.changeTarget(id, { ...base, state: "running", startedMs: 0 });
  await page.waitForSelector("svg .box-running");
  for (const target of list) core.changeTarget(id, target);
  await page.waitForFunction(() => !document.querySelector("svg .box-waiting, svg .box-running"));
  expect((await page.$$("svg .box-fresh")).length).toBe(2);
});

test("a server that goes away is told, and what happened meanwhile once it is back", async () => {
  await visit("/");
  await shows(page, second);
  await core.untilHeard();
  const port = Number(new URL(room.url).port);
  await room.close();
  await shows(page, "The server does not answer.");
  core.runs.unshift(aRun({ id: "20261121T111500Z-0004", subject: "Meanwhile" }));
  core.tell({ kind: "run-changed", run: core.runs[0] as Run });
  room = await startPageRoom({ core, port });
  await hides(page, "The server does not answer.");
  await shows(page, "Meanwhile");
});

test("ten thousand runs are paged, and found by state", async () => {
  core.runs = someRuns(10_000);
  core.runs[9_000] = { ...(core.runs[9_000] as Run), state: "failed", subject: "Broken" };
  await visit("/");
  await page.waitForSelector("tbody tr");
  expect((await page.$$("tbody tr")).length).toBe(50);
  await click("Older");
  await page.waitForFunction(() => location.search.includes("before="));
  await shows(page, core.runs[60]?.id as string);
  await page.select("label:last-of-type select", "failed");
  await shows(page, "Broken");
  expect((await page.$$("tbody tr")).length).toBe(1);
});

test("a log has its colours, follows what is written, and leads to its lines", async () => {
  await visit(`/runs/${second}/log?target=app`);
  await shows(page, "red and green");
  expect(await texts(page, ".ansi-1")).toEqual(["red"]);
  expect(await texts(page, ".ansi-bold.ansi-2")).toEqual(["green"]);
  await core.untilHeard();
  const { path: log } = core.logs.get(`${second} app`) as { path: string };
  appendFileSync(log, Array.from({ length: 500 }, (_, at) => `line ${at}\n`).join(""));
  core.tell({ kind: "log-grown", run: second, target: "app", bytes: 0 });
  await shows(page, "line 499");
  await visit(`/runs/${second}/log?target=app#L103`);
  await shows(page, "line 100");
  expect(await texts(page, ".line-marked .line-text")).toEqual(["line 100"]);
});

test("colours go on over lines, are what was meant, and can be read in both schemes", async () => {
  const { path: log } = core.logs.get(`${second} app`) as { path: string };
  const esc = "\u001b";
  writeFileSync(log, `${esc}[38;5;226mbegun\n${"x\n".repeat(3000)}going on\n${esc}[0mended\n`);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  await visit(`/runs/${second}/log?target=app#L3002`);
  await page.waitForSelector(".line-marked");
  await visit(`/runs/${second}/log?target=app#L3000`);
  await shows(page, "going on");
  const colourOf = (text: string) =>
    page.$$eval(
      ".line-text",
      (lines, wanted) => {
        const line = lines.find((each) => each.textContent === wanted);
        return getComputedStyle(line?.firstElementChild ?? (line as Element)).color;
      },
      text,
    );
  expect(await colourOf("going on")).toBe("rgb(115, 115, 0)");
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  expect(await colourOf("going on")).toBe("rgb(255, 255, 0)");
  expect(await colourOf("ended")).toBe("rgb(230, 233, 237)");
});

test("a target that put nothing out has an empty log, and no fault", async () => {
  await visit(`/runs/${second}/log?target=docs`);
  await shows(page, "Nothing was put out, so far.");
  expect(await page.$$("[role=alert]")).toEqual([]);
});

test("a search in a log goes to the next line and the one before, across colours", async () => {
  const { path: log } = core.logs.get(`${second} app`) as { path: string };
  appendFileSync(log, "x\n".repeat(900));
  appendFileSync(log, "no\u001b[31meedle\u001b[0m\n");
  appendFileSync(log, "x\n".repeat(900));
  appendFileSync(log, "NEEDLE needle\n");
  await visit(`/runs/${second}/log?target=app`);
  await shows(page, "1804 lines");
  await page.type("input[type=search]", "eedle");
  await page.keyboard.press("Enter");
  await shows(page, "1 of 2 lines");
  await page.waitForSelector(".line-marked .line-text");
  expect(await texts(page, ".line-marked .line-text")).toEqual(["noeedle"]);
  await page.keyboard.press("Enter");
  await shows(page, "2 of 2 lines");
  await shows(page, "NEEDLE needle");
  await page.keyboard.down("Shift");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Shift");
  await shows(page, "1 of 2 lines");
});

test("of a log of 100 MB only what is seen is in the page, and its end is reached", async () => {
  const { path: log } = core.logs.get(`${second} app`) as { path: string };
  const line = `${"some words of a build that says much ".repeat(2)}\n`;
  writeFileSync(log, line.repeat(Math.ceil(100_000_000 / line.length)));
  appendFileSync(log, "the very end\n");
  await visit(`/runs/${second}/log?target=app`);
  await page.waitForFunction(() => document.body.innerText.includes("the very end"), {
    timeout: 60_000,
  });
  expect((await page.$$(".line")).length).toBeLessThan(100);
  await visit(`/runs/${second}/log?target=app#L700000`);
  await page.waitForSelector(".line-marked", { timeout: 60_000 });
  expect(await texts(page, ".line-marked .line-number")).toEqual(["700000"]);
});

test("who signs in starts, cancels and retries runs; who does not is told what is missing", async () => {
  await visit("/start?repository=shop");
  await shows(page, "shop");
  await page.waitForSelector("option[value=shop]");
  await click("Start");
  await page.locator("button[type=submit]").click();
  await page.waitForSelector("[role=alert]");
  expect(core.started).toEqual([]);
  expect(await page.$eval("[role=alert] a", (link) => link.getAttribute("href"))).toBe(
    "/sign-in?back=%2Fstart",
  );
  await signIn();
  await page.locator("button[type=submit]").click();
  await shows(page, "asked for by anna");
  expect(core.started).toEqual([{ repository: "shop", by: "anna" }]);
  await page.locator("button.danger").click();
  await shows(page, "cancelled by anna");
  await click("Retry the run");
  await shows(page, "retry of 20261121T120000Z-aaaa");
});

test("everything is reached by keyboard alone", async () => {
  await visit("/sign-in?back=/start");
  await page.waitForSelector("h1");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Skip to the content");
  await tabTo("Token", "INPUT");
  await page.keyboard.type(token);
  await page.keyboard.press("Enter");
  await shows(page, "Start a run");
  await page.waitForSelector("option[value=shop]");
  await tabTo("Targets", "INPUT");
  await page.keyboard.type("ship");
  await page.keyboard.press("Enter");
  await shows(page, "asked for by anna");
  expect(core.started).toEqual([{ repository: "shop", targets: ["ship"], by: "anna" }]);
  expect(await focused()).toContain("Run ");
  await tabTo("Cancel the run", "BUTTON");
  await page.keyboard.press("Space");
  await shows(page, "cancelled by anna");
});

const focused = () =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");

async function tabTo(label: string, kind: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press("Tab");
    const [name, text] = await page.evaluate(() => {
      const active = document.activeElement as HTMLInputElement | null;
      return [active?.tagName ?? "", active?.labels?.[0]?.innerText ?? active?.innerText ?? ""];
    });
    if (name === kind && text?.startsWith(label)) return;
  }
  throw new Error(`the keyboard does not reach ${label}`);
}

test("two runs are compared: what was made again and why, what became fresh", async () => {
  await visit(`/diff?from=${first}&to=${second}`);
  await shows(page, "Fresh, was made");
  const tables = await texts(page, "tbody");
  expect(tables[0]).toContain("docs");
  expect(tables[0]).toContain("input `text.md` changed");
  expect(tables[1]).toContain("base");
  await shows(page, "0 of 4 targets were fresh in both.");
});

test("a run is compared with the one before it, where nobody says with which", async () => {
  await visit(`/runs/${second}`);
  await click("Compare with the run before");
  await shows(page, "Fresh, was made");
  await visit("/diff");
  await shows(page, "0 of 4 targets were fresh in both.");
  expect(await page.$$eval("select", (found) => found.map(({ value }) => value))).toEqual([
    first,
    second,
  ]);
});

test("the inventory has all images, how each is managed, and finds them", async () => {
  core.images = [anInventory(), anInventory({ repository: "lab", branch: "release/1" })];
  await visit("/inventory");
  await shows(page, "6 images: 2 automatic, 2 make-managed, 2 manual");
  const rows = await texts(page, "tbody tr");
  expect(rows[0]).toMatch(/^shop main\s+3f2c1b0a9e/);
  expect(rows[1]).toMatch(
    /^shop\/base\s+automatic\s+images\/base\s.* ago 41\.2 s\s+latest\s.*140 MB$/,
  );
  expect(rows[2]).toContain("https://git.example.org/api.git 1a2b3c4d5e6f");
  expect(rows[3]).toContain("Built on a laptop");
  expect(rows[4]).toMatch(/^lab release\/1/);
  await page.type("input[type=search]", "backup");
  expect((await texts(page, "tbody tr")).length).toBe(4);
  await page.select("select", "automatic");
  await shows(page, "There is no such image.");
});

test("what a repository pushed is told with the newest digest of each name", async () => {
  await visit("/inventory");
  await page.locator(".cards a").click();
  await shows(page, "Images of shop");
  await shows(page, "shop/base");
  await shows(page, "registry.example.org/shop:1.2.3");
  await shows(page, "sha256:aaaaaaaaaaaa");
});

test("a server that asks for a token shows nothing without, and all with one", async () => {
  await room.close();
  room = await startPageRoom({ core, read: "token" });
  await visit("/");
  await shows(page, "This server shows its runs to those who sign in.");
  await page.click(".bar a");
  await page.waitForSelector("input[type=password]");
  await page.type("input[type=password]", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
  await page.locator("input[type=password]").fill(token);
  await page.keyboard.press("Enter");
  await shows(page, second);
});

/** Each view, and what it shows when it is complete. */
const views = [
  ["/", second],
  [`/runs/${second}`, "input `text.md` changed"],
  [`/runs/${second}/log?target=app#L2`, "red and green"],
  [`/diff?from=${first}&to=${second}`, "Fresh, was made"],
  ["/inventory", "Last run"],
  ["/inventory?repository=shop", "registry.example.org/shop:1.2.3"],
  ["/start", "Parameters"],
  ["/sign-in", "Token"],
] as const;

test.each(["light", "dark"])(
  "axe finds no serious fault in any view, %s",
  async (scheme) => {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [view, text] of views) {
      await page.goto("about:blank");
      await visit(view);
      await shows(page, text);
      expect([view, await faults(page)]).toEqual([view, []]);
    }
  },
  120_000,
);

test("no view is wider than a phone", async () => {
  await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
  for (const [view, text] of views) {
    await page.goto("about:blank");
    await visit(view);
    await shows(page, text);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect([view, width]).toEqual([view, 360]);
  }
});
