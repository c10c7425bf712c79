/**
 * What tbuild keeps between runs stays below its limits, whatever commands write and however often
 * values change; and a tbuild that is killed while it makes room leaves nothing that is not true.
 *
 * @newer-engine: no engine is asked.
 */
import { readdirSync, readFileSync, statSync, watch } from "node:fs";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { start } from "./running.ts";
import { build, checkout, tbuild } from "./tbuild.ts";

const workspace = (targets: string): string =>
  temporaryFolder({ "targets.yaml": `name: limits\n${targets}` });

// Many runs in a row take their seconds on a busy machine.
const today = new Date().toISOString().slice(0, 10);

/** Makes Node say at its end how much memory it had, in kB. */
const tellMemory =
  "--import=data:text/javascript,process.on('exit',()=>process.stderr.write('memory:'+process.resourceUsage().maxRSS))";

async function memoryOf(folder: string, target: string): Promise<number> {
  const { stderr, exitCode } = await execa(
    process.execPath,
    [tellMemory, `${checkout}/bin/tbuild.js`, target],
    { cwd: folder, reject: false },
  );
  expect(exitCode).toBe(0);
  return Number(/memory:(\d+)/.exec(stderr)?.[1]) / 1000;
}

test("a command that writes 500 MB leaves a log with both of its ends, and takes no memory", async () => {
  const folder = workspace(`
limits: { log: 4 MB }
targets:
  short: { run: "echo one" }
  long: { run: "echo begun; yes $(printf '%0999d' 0) | head -n 500000; echo ended" }
`);
  const short = await memoryOf(folder, "short");
  let largest = 0;
  const watcher = watch(`${folder}/.tbuild/logs`, () => {
    largest = Math.max(largest, statSync(`${folder}/.tbuild/logs/long.log`).size);
  });
  const long = await memoryOf(folder, "long");
  watcher.close();

  const lines = readFileSync(`${folder}/.tbuild/logs/long.log`, "utf8").trimEnd().split("\n");
  expect(lines.slice(0, 2)).toEqual(["# long: never made", "begun"]);
  expect(lines.at(-1)).toBe("ended");
  const at = lines.findIndex((line) => line.includes("left out here"));
  const missing = 500_003 - (lines.length - 1);
  expect(lines[at]).toBe(
    `# ${Math.round((missing * 1000) / 1e6)} MB left out here, ${missing} lines: a log has a limit of 4 MB`,
  );
  expect(largest).toBeGreaterThan(1_000_000);
  expect(largest).toBeLessThan(4_100_000);
  expect(long - short).toBeLessThan(100);
});

const levels = `
params: { level: { default: "0" } }
targets:
  base: { run: "echo base >out/base", outputs: [out/base] }
  part:
    matrix: { n: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
    run: "echo \${level} >out/\${level}-\${n}"
    inputs: [{ target: base }]
    outputs: ["out/\${level}-\${n}"]
`;

describe("many values of a parameter", () => {
  const env = { TBUILD_LIMITS: "traces: 30 kB, logs: 1 kB" };

  test("evict the traces of those that were not used for longest, and `explain` names it", async () => {
    const folder = workspace(levels);
    for (let level = 0; level < 6; level++) {
      const { exitCode } = await tbuild(folder, ["part", "--level", `${level}`], { env });
      expect(exitCode).toBe(0);
      expect(statSync(`${folder}/.tbuild/traces`).size).toBeLessThanOrEqual(30_000);
    }

    const why = `its trace was evicted on ${today}: traces have a limit of 30 kB`;
    const explained = await tbuild(folder, ["explain", "part[3]", "--level", "0"], { env });
    expect(explained.stdout).toBe(`part[3] is stale: ${why}`);
    const dry = await tbuild(folder, ["part[3]", "--level", "0", "--dry-run"], { env });
    expect(dry.stdout).toContain(`part[3]: would be built: ${why}`);
    const never = await tbuild(folder, ["explain", "part[3]", "--level", "7"], { env });
    expect(never.stdout).toBe("part[3] is stale: never made");
    const last = await build(folder, ["part", "--level", "5"], { env });
    expect(last.ran).toEqual([]);
    expect(readdirSync(`${folder}/out`)).toHaveLength(61);
  });

  test("change no result when the limits do", async () => {
    const folder = workspace(levels);
    await tbuild(folder, ["part"]);
    const { stderr, exitCode } = await tbuild(folder, ["part"], { env });
    expect([exitCode, stderr]).toEqual([0, "all 11 targets are fresh"]);
  });

  test("say what is wrong with a limit of the machine", async () => {
    const wrong = { TBUILD_LIMITS: "trace: 30 kB" };
    const { stderr, exitCode } = await tbuild(workspace(levels), ["part"], { env: wrong });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "error: `TBUILD_LIMITS` has no limit `trace`\nhint: did you mean `traces`?",
    );
  });
});

/** Files that appear while room is made, in this order. */
const moments = ["evictions", "traces.new", "traces", "logs.size.new", "logs.size"] as const;

test.each(moments)("a tbuild that is killed when `%s` appears has lost nothing", async (moment) => {
  const env = { TBUILD_LIMITS: "traces: 12 kB, logs: 1 kB" };
  const folder = workspace(levels);
  await tbuild(folder, ["part", "--level", "1"], { env });

  const running = start(folder, ["part", "--level", "2"], { env });
  const watcher = watch(`${folder}/.tbuild`, (kind, name) => {
    const appeared = name?.replace(/\.\d+\.new$/, ".new");
    if (appeared === moment && (kind === "rename" || moment === "evictions")) {
      running.signal("SIGKILL");
    }
  });
  const { by } = await running.ended;
  watcher.close();
  expect(by).toBe("SIGKILL");

  const next = await build(folder, ["part", "--level", "2"], { env });
  expect({ exitCode: next.exitCode, stderr: next.stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(statSync(`${folder}/.tbuild/traces`).size).toBeLessThanOrEqual(12_000);
  expect(readdirSync(`${folder}/.tbuild`).filter((name) => name.endsWith(".new"))).toEqual([]);
  for (const n of "0123456789") {
    expect(readFileSync(`${folder}/out/2-${n}`, "utf8")).toBe("2\n");
  }
  expect((await build(folder, ["part", "--level", "2"], { env })).ran).toEqual([]);
  const before = await build(folder, ["part", "--level", "1"], { env });
  const reasons = before.events.flatMap((event) =>
    event.kind === "target-started" ? [event.reason.kind] : [],
  );
  expect(reasons.filter((kind) => kind !== "trace-evicted")).toEqual([]);
});
