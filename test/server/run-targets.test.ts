/** The targets of a run that goes on, asked for again and again. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { RunTargets } from "../../src/server/runs/run-targets.ts";
import { temporaryFolder } from "../support/folder.ts";

const started = (target: string): Buffer => {
  const event = { kind: "target-started", target, title: target, rule: "run", why: "new", ms: 1 };
  return Buffer.from(`${JSON.stringify(event)}\n`);
};

function room() {
  const folder = new DataFolder(temporaryFolder());
  const write = (id: string, bytes: Buffer) => {
    mkdirSync(folder.run(id), { recursive: true });
    appendFileSync(folder.events(id), bytes);
  };
  const targets = new RunTargets(folder);
  const shown = async (id: string) =>
    (await targets.of(id)).targets.map(({ name, state }) => `${name} ${state}`);
  return { folder, write, shown };
}

test("they are read on as its events grow, and half a line counts once it is whole", async () => {
  const { write, shown } = room();
  expect(await shown("a")).toEqual([]);
  const line = started("bücher");
  const inLetter = line.indexOf(0xc3) + 1;
  write("a", started("one"));
  write("a", line.subarray(0, inLetter));
  expect(await shown("a")).toEqual(["one running"]);
  write("a", line.subarray(inLetter));
  expect(await shown("a")).toEqual(["one running", "bücher running"]);
});

test("the graph adds those that wait, whenever it comes", async () => {
  const { folder, write, shown } = room();
  write("a", started("one"));
  expect(await shown("a")).toEqual(["one running"]);
  const targets = ["one", "two"].map((name) => ({ name, title: name, rule: "run" }));
  writeFileSync(folder.graph("a"), JSON.stringify({ targets, edges: [] }));
  expect(await shown("a")).toEqual(["one running", "two waiting"]);
});

test("many who ask at once are told the same, and each run by itself", async () => {
  const { write, shown } = room();
  const ids = Array.from({ length: 30 }, (_, at) => `run${at}`);
  for (const id of ids) write(id, started(id));
  const found = await Promise.all([...ids, ...ids].map(shown));
  expect(found).toEqual([...ids, ...ids].map((id) => [`${id} running`]));
});
