import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { explain } from "../../src/engine/fresh/explain.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";
import { defaultLimits, type Limits } from "../../src/model/limits.ts";
import { explanationLines } from "../../src/report/explanation.ts";
import { type RunOptions, Workspace } from "../support/workspace.ts";

const targets = `
params: { level: { default: "1" } }
targets:
  base: { run: "cp in/a out/base", inputs: [in/a], outputs: [out/base] }
  copy: { run: "cp out/base out/$LEVEL", inputs: [{ target: base }], env: { LEVEL: "\${level}" }, outputs: ["out/\${level}"] }
`;

const today = new Date().toISOString().slice(0, 10);
const withLimits = (limits: Partial<Limits>): Limits => ({ ...defaultLimits, ...limits });

/** A trace of these targets takes some 700 bytes. */
const limits = withLimits({ traces: 8000 });

const buildLevel = (workspace: Workspace, level: number, more: RunOptions = {}) =>
  workspace.build("copy", { given: { level: String(level) }, limits, ...more });

async function withLevels(count: number, more: RunOptions = {}): Promise<Workspace> {
  const workspace = new Workspace(targets, { "in/a": "one", "out/": "" });
  for (let level = 1; level <= count; level++) await buildLevel(workspace, level, more);
  return workspace;
}

/** A copy, for tests that look at the same twenty. */
async function withTwenty(): Promise<Workspace> {
  twenty ??= withLevels(20);
  const workspace = new Workspace(targets);
  cpSync((await twenty).root, workspace.root, { recursive: true, preserveTimestamps: true });
  return workspace;
}

let twenty: Promise<Workspace> | undefined;

async function explained(workspace: Workspace, level: number): Promise<readonly string[]> {
  const { request, parts } = workspace.prepare("copy", { given: { level: String(level) } });
  const result = await explain(request, parts);
  if (!result.ok) throw new Error(result.problems[0]?.message);
  return result.value.flatMap(explanationLines);
}

describe("when traces reach their limit", () => {
  test("a target whose trace went is made again and says why", async () => {
    const workspace = await withTwenty();
    expect(readFileSync(`${workspace.root}/.tbuild/traces`).length).toBeLessThanOrEqual(8000);
    const why = `its trace was evicted on ${today}: traces have a limit of 8 kB`;
    expect(await explained(workspace, 1)).toEqual([`copy is stale: ${why}`]);
    const { ran, events } = await buildLevel(workspace, 1);
    expect(ran).toEqual([`copy: ${why}`]);
    expect(events.find(({ kind }) => kind === "target-started")).toMatchObject({
      reason: { kind: "trace-evicted", at: expect.stringMatching(/^2\d{3}-.*Z$/), limit: 8000 },
    });
    expect((await buildLevel(workspace, 1)).ran).toEqual([]);
  });

  test("a target that was never made says so still", async () => {
    const workspace = await withTwenty();
    expect(await explained(workspace, 99)).toEqual(["copy is stale: never made"]);
  });

  test("what every run relies on stays, and so do artifacts", async () => {
    const workspace = await withTwenty();
    expect((await workspace.build("base")).ran).toEqual([]);
    expect(readdirSync(`${workspace.root}/out`)).toHaveLength(21);
  });

  test("what is used now and then stays before what is not", async () => {
    const workspace = await withLevels(6);
    for (let level = 7; level <= 20; level++) {
      await buildLevel(workspace, 2, { command: `tbuild copy --level 2 ${level}` });
      await buildLevel(workspace, level);
    }
    expect((await buildLevel(workspace, 2)).ran).toEqual([]);
    expect((await buildLevel(workspace, 1)).ran).toHaveLength(1);
  });

  test("a plan of the same command holds after its run evicted others", async () => {
    const workspace = await withLevels(20, { planned: true });
    const { ran, fresh } = await buildLevel(workspace, 20, { planned: true });
    expect([ran, fresh]).toEqual([[], 2]);
    workspace.write({ "in/a": "two" });
    const { ran: again } = await buildLevel(workspace, 20, { planned: true });
    expect(again.map((line) => line.split(":")[0])).toEqual(["base", "copy"]);
  });

  test("cleaning makes them never made, evicted or not", async () => {
    const workspace = new Workspace(`${targets}  clean: { clean: project, keep-images: true }\n`, {
      "in/a": "one",
      "out/": "",
    });
    const problem = { code: "no-engine", blame: "surroundings", message: "no engine" } as const;
    workspace.docker = () => Promise.reject(new DiagnosticError(problem));
    for (let level = 1; level <= 20; level++) await buildLevel(workspace, level);
    await workspace.build("clean", { limits });
    expect(existsSync(`${workspace.root}/out`)).toBe(false);
    expect(await explained(workspace, 1)).toContain("  base is stale: never made");
  });

  test("a lost record of evictions costs the explanation and nothing else", async () => {
    const workspace = await withTwenty();
    rmSync(`${workspace.root}/.tbuild/evictions`);
    expect(await explained(workspace, 1)).toEqual(["copy is stale: never made"]);
  });
});

describe("when logs reach their limit", () => {
  const many = `
targets:
  a: { matrix: { n: [1, 2, 3, 4, 5, 6, 7, 8] }, run: "echo \${n}; seq 200; cp in/a out/\${n}", inputs: [in/a], outputs: ["out/\${n}"] }
`;
  const logs = withLimits({ logs: 3000 });

  test("the oldest go, and `explain` says what became of one", async () => {
    const workspace = new Workspace(many, { "in/a": "one", "out/": "" });
    for (let n = 1; n <= 8; n++) await workspace.build(`a[${n}]`, { limits: logs });
    expect(readdirSync(`${workspace.root}/.tbuild/logs`).length).toBeLessThanOrEqual(4);
    const { request, parts } = workspace.prepare(["a[1]", "a[8]"]);
    const result = await explain(request, parts);
    if (!result.ok) throw new Error();
    const [first, ...others] = result.value.map(explanationLines);
    expect(first?.[1]).toBe(`  its log was evicted on ${today}: logs have a limit of 3 kB`);
    expect(others[0]).toHaveLength(1);
    await workspace.build("a[1]", { limits: logs, force: true });
    const again = await explain(request, parts);
    expect(again.ok && again.value.map(explanationLines)[0]).toHaveLength(1);
  });

  test("those of the run stay, however many they are", async () => {
    const workspace = new Workspace(many, { "in/a": "one", "out/": "" });
    const { events } = await workspace.build("a", { limits: logs });
    const paths = events.flatMap((event) =>
      event.kind === "target-finished" && event.log ? [event.log] : [],
    );
    expect(paths).toHaveLength(8);
    expect(paths.filter((log) => !existsSync(`${workspace.root}/${log}`))).toEqual([]);
  });

  test("one that is too long keeps both ends", async () => {
    const workspace = new Workspace("targets: { a: { run: seq 20000 } }");
    await workspace.build("a", { limits: withLimits({ log: 4000 }) });
    const lines = workspace.read(".tbuild/logs/a.log").trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual(["# a: never made", "1", "2"]);
    expect(lines.at(-1)).toBe("20000");
    expect(
      lines.filter((line) =>
        /^# .* left out here, \d+ lines: a log has a limit of 4 kB$/.test(line),
      ),
    ).toHaveLength(1);
  });
});

test("an edit of the limits touches no target and no fingerprint", async () => {
  const workspace = await withLevels(1, { planned: true });
  const before = workspace.read("targets.yaml");
  workspace.write({ "targets.yaml": `${before}\nlimits: { traces: 5 MB, plans: 1 MB }\n` });
  const { ran, fresh } = await buildLevel(workspace, 1, { planned: true });
  expect([ran, fresh]).toEqual([[], 2]);
  const { request } = workspace.prepare("copy", { given: { level: "1" } });
  expect(Object.keys(request.project)).not.toContain("limits");
});

describe("plans", () => {
  test("of other commands go when they are too large, that of the run stays", async () => {
    const workspace = await withLevels(5, { planned: true });
    expect(readdirSync(`${workspace.root}/.tbuild/plans`)).toHaveLength(5);
    const small = { limits: withLimits({ plans: 1000 }), planned: true };
    await buildLevel(workspace, 6, small);
    expect(readdirSync(`${workspace.root}/.tbuild/plans`)).toHaveLength(1);
    expect((await buildLevel(workspace, 6, small)).ran).toEqual([]);
  });

  test("are kept of twelve commands", async () => {
    const workspace = await withLevels(15, { planned: true, limits: defaultLimits });
    expect(readdirSync(`${workspace.root}/.tbuild/plans`)).toHaveLength(12);
  });
});
