/** Pictures of the page for the documentation, of a real build; `scripts/screenshots` says where they go. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ElementHandle } from "puppeteer-core";
import { type InventoryImage, totalsOf } from "../../../src/model/inventory.ts";
import type { TimedEvent } from "../../../src/model/run-log.ts";
import type { BranchInventory } from "../../../src/server/records/branch-inventory.ts";
import { anInventory, aRun } from "../../server/http/support/fake-core.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { build } from "../tbuild.ts";
import { openPage, shows } from "./browser.ts";
import { foldedTargets, PageCore, startPageRoom } from "./page-room.ts";

/** Seconds that each takes, and what it needs. */
const fleet: Readonly<Record<string, readonly [number, ...string[]]>> = {
  "packages[agent]": [0.7],
  "packages[api]": [0.5],
  "packages[web]": [0.4],
  "base-image": [0.6],
  "images[agent]": [0.5, "base-image", "packages[agent]"],
  "images[api]": [0.4, "base-image", "packages[api]"],
  "images[web]": [0.3, "base-image", "packages[web]"],
  manual: [0.3],
  "test-api": [0.5, "images[api]"],
  "test-web": [0.2, "images[web]"],
  push: [0.3, "images[agent]", "test-api", "test-web", "manual"],
};

const id = "20261121T104935Z-7f3a";
const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

async function recorded(): Promise<PageCore> {
  const folder = temporaryFolder();
  const plain = (name: string): string => name.replace(/\W+/g, "-").replace(/-$/, "");
  const declared = Object.entries(fleet).map(([name, [seconds, ...needs]]) => {
    const own = `needs: [${needs.map(plain).join(", ")}], run: "sleep ${seconds}"`;
    return `  ${plain(name)}: { ${own} }\n`;
  });
  writeFileSync(path.join(folder, "targets.yaml"), `targets:\n${declared.join("")}`);
  await build(folder, ["push", "--jobs", "4"]);
  const events = runLogOf(folder);
  const names = new Map(Object.keys(fleet).map((name) => [plain(name), name]));
  const nameOf = (name: string): string => names.get(name) ?? name;
  const needs = Object.entries(fleet).map(([name, [, ...below]]) => [
    plain(name),
    below.map(plain),
  ]);
  const core = new PageCore();
  const targets = foldedTargets(events, Object.fromEntries(needs)).map((target) => ({
    ...target,
    name: nameOf(target.name),
    title: nameOf(target.name),
    needs: target.needs.map(nameOf),
    ...(target.name === "push" && { state: "running" as const }),
  }));
  core.targets.set(id, targets);
  core.runs = [fleetRun(), ...earlier];
  core.images = [fleetImages()];
  return core;
}

/** With the times at which things happened. */
function runLogOf(folder: string): readonly TimedEvent[] {
  const runs = path.join(folder, ".tbuild/runs");
  const [file = ""] = readdirSync(runs);
  const lines = readFileSync(path.join(runs, file), "utf8").trim().split("\n").slice(1);
  return lines.map((line) => JSON.parse(line) as TimedEvent);
}

const pushed = ["agent", "api", "web"].flatMap((name, at) =>
  ["1.4.2", "1.4", "latest"].map((tag) => ({
    reference: `registry.example.org/shop/${name}:${tag}`,
    digest: digest("a3f"[at] as string),
  })),
);
const fleetRun = () => {
  const { finishedAt, exitCode, counts, ...run } = aRun({ id, state: "running", pushed });
  return { ...run, subject: "Prices with two digits", startedAt: new Date().toISOString() };
};
const earlier = (["passed", "failed", "replaced", "passed"] as const).map((state, at) =>
  aRun({ id: `20261121T10${40 - at}00Z-00${at}a`, state, branch: at % 2 ? "release/1.4" : "main" }),
);

/** What a fleet of this kind looks like: three images that follow pushes, their base, and two that do not. */
function fleetImages(): BranchInventory {
  const { inventory, ...about } = anInventory();
  const built = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const ofPush = (name: string, size: number): InventoryImage => ({
    ...{ image: `shop/${name}`, target: `images[${name}]`, managed: "automatic", size },
    sources: [{ kind: "git", url: `https://git.example.org/${name}.git`, commit: "4f1c9d20ab37" }],
    ...{ lastBuild: { at: built(2), seconds: size / 7e6 }, created: built(2) },
    tags: ["1.4.2", "1.4", "latest"],
  });
  const base: InventoryImage = {
    ...{ image: "shop/base", target: "base-image", managed: "automatic", tags: ["latest"] },
    sources: [{ kind: "folder", path: "images/base" }],
    ...{ lastBuild: { at: built(74), seconds: 41 }, created: built(74), size: 140_000_000 },
  };
  const tools: InventoryImage = {
    ...{ image: "shop/tools", target: "tools", managed: "make", tags: ["latest"] },
    sources: [{ kind: "folder", path: "images/tools" }],
    ...{ lastBuild: { at: built(400), seconds: 12 }, created: built(400), size: 88_000_000 },
  };
  const backup: InventoryImage = {
    ...{ image: "shop/db-backup", target: "db-backup", managed: "manual", tags: [], sources: [] },
    help: "Built by hand on a laptop, from the infrastructure repository",
  };
  const images = [
    base,
    ofPush("agent", 210e6),
    ofPush("api", 310e6),
    ofPush("web", 260e6),
    tools,
    backup,
  ];
  return { ...about, inventory: { ...inventory, at: built(2), totals: totalsOf(images), images } };
}

test("graph, run and inventory are pictures of less than 150 kB", async () => {
  const into = process.env["TBUILD_SCREENSHOTS"] ?? temporaryFolder();
  mkdirSync(into, { recursive: true });
  const room = await startPageRoom({ core: await recorded() });
  const page = await openPage();
  await page.setViewport({ width: 1080, height: 900 });
  const shoot = async (name: string, from: { screenshot: ElementHandle["screenshot"] }) => {
    const file = path.join(into, `${name}.png`) as `${string}.png`;
    await from.screenshot({ path: file });
    expect([name, statSync(file).size < 150_000]).toEqual([name, true]);
  };
  await page.goto(`${room.url}/runs/${id}`);
  await shows(page, "registry.example.org/shop/web:latest");
  await shoot("server-graph", (await page.$(".graph")) as ElementHandle);
  await shoot("server-run", page as never);
  await page.goto(`${room.url}/inventory`);
  await shows(page, "Built by hand");
  await shoot("server-inventory", page as never);
});
