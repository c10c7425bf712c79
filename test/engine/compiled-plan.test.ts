/** A plan of an earlier run saves work and never tells what is not so. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { Docker } from "../../src/docker/docker.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { settle } from "../support/settle.ts";
import { type Run, type RunOptions, Workspace } from "../support/workspace.ts";

const fleet = `
params:
  word: { default: hello }
targets:
  copy: { run: cp in/a out/a, inputs: ["in/**"], outputs: [out/a] }
  upper: { run: "tr a-z A-Z < out/a > out/b", inputs: [{ target: copy }], outputs: [out/b] }
  tree: { run: "mkdir out/t && cp src/* out/t", inputs: [src/x, src/link], outputs: [out/t/] }
  says: { run: "echo \${word} $\${COLOUR-} > out/w", pass-env: [COLOUR], outputs: [out/w] }
  group: { needs: [tree, says] }
  all: { needs: [upper, group] }
`;

const old = new Date("2020-01-01T00:00:00Z");

const isByPlanAlone = ({ events }: Run): boolean => events.length === 0;

class Planned {
  readonly workspace: Workspace;
  options: RunOptions = {};

  constructor(targets = fleet) {
    this.workspace = new Workspace(targets, { "in/a": "one\n", "src/x": "x", "src/y": "y" });
    symlinkSync("x", `${this.root}/src/link`);
    utimesSync(`${this.root}/in/a`, old, old);
  }

  get root(): string {
    return this.workspace.root;
  }

  build(options: RunOptions = {}): Promise<Run> {
    return this.workspace.build("all", { planned: true, ...this.options, ...options });
  }

  /** Built, and with a plan that tells that nothing is to be done. */
  async made(): Promise<this> {
    await this.build();
    await settle(this.root);
    await this.build();
    expect(isByPlanAlone(await this.build())).toBe(true);
    return this;
  }
}

test("a run without changes is told by the plan alone, with the same counts", async () => {
  const planned = await new Planned().made();
  const byPlan = await planned.build();
  const byLooking = await planned.build({ planned: false });
  expect(byPlan).toMatchObject({ built: 0, fresh: 4, failed: 0, skipped: 0 });
  expect(byLooking).toMatchObject({ built: 0, fresh: 4, failed: 0, skipped: 0 });
});

test.each<[what: string, change: (root: string) => void, ran: readonly string[]]>([
  [
    "an edit that keeps size and mtime",
    (root) => {
      writeFileSync(`${root}/in/a`, "two\n");
      utimesSync(`${root}/in/a`, old, old);
    },
    ["copy: input `in/a` changed", "upper: dependency `copy` changed"],
  ],
  [
    "a file that was replaced by another of the same size and mtime",
    (root) => {
      writeFileSync(`${root}/new`, "two\n");
      utimesSync(`${root}/new`, old, old);
      renameSync(`${root}/new`, `${root}/in/a`);
    },
    ["copy: input `in/a` changed", "upper: dependency `copy` changed"],
  ],
  ["a mode bit", (root) => chmodSync(`${root}/src/x`, 0o755), ["tree: input `src/link` changed"]],
  [
    "a link that leads elsewhere",
    (root) => {
      unlinkSync(`${root}/src/link`);
      symlinkSync("y", `${root}/src/link`);
    },
    ["tree: input `src/link` changed"],
  ],
  [
    "a folder that gained a file under a glob",
    (root) => writeFileSync(`${root}/in/b`, "more"),
    ["copy: input `in/b` is new"],
  ],
  [
    "a folder in a folder that gained one",
    (root) => {
      mkdirSync(`${root}/in/deep`);
      writeFileSync(`${root}/in/deep/c`, "more");
    },
    ["copy: input `in/deep/c` is new"],
  ],
  [
    "an output that was removed",
    (root) => rmSync(`${root}/out/b`),
    ["upper: output `out/b` is missing"],
  ],
  [
    "an output that was edited",
    (root) => writeFileSync(`${root}/out/a`, "mine"),
    ["copy: output `out/a` was changed by something else"],
  ],
  [
    "a file in an output folder",
    (root) => writeFileSync(`${root}/out/t/x`, "mine"),
    ["tree: output `out/t` was changed by something else"],
  ],
  [
    "a file that came into an output folder",
    (root) => writeFileSync(`${root}/out/t/new`, "mine"),
    ["tree: output `out/t` was changed by something else"],
  ],
  [
    "an edit of the target file that changes one target",
    (root) => {
      const file = `${root}/targets.yaml`;
      writeFileSync(file, readFileSync(file, "utf8").replace("tr a-z A-Z", "tr a-y A-Y"));
    },
    ["upper: key `run` changed"],
  ],
  [
    "the loss of traces",
    (root) => rmSync(`${root}/.tbuild/traces`),
    ["tree: never made", "says: never made", "copy: never made", "upper: never made"],
  ],
])("%s is noticed, and makes what it makes without a plan", async (_, change, ran) => {
  const planned = await new Planned().made();
  change(planned.root);
  const run = await planned.build();
  expect([...run.ran].sort()).toEqual([...ran].sort());
  expect(run.built + run.fresh).toBe(4);
  expect((await planned.build({ planned: false })).ran).toEqual([]);
});

test.each<[what: string, change: (root: string) => void]>([
  ["a file that is touched and not changed", (root) => utimesSync(`${root}/in/a`, old, new Date())],
  [
    "a comment in the target file",
    (root) =>
      writeFileSync(
        `${root}/targets.yaml`,
        `# hello\n${readFileSync(`${root}/targets.yaml`, "utf8")}`,
      ),
  ],
  ["a plan that is gone", (root) => rmSync(`${root}/.tbuild/plans`, { recursive: true })],
])("%s makes nothing, and is told by the plan alone the next time", async (_, change) => {
  const planned = await new Planned().made();
  change(planned.root);
  await settle(planned.root);
  const run = await planned.build();
  expect(run).toMatchObject({ built: 0, fresh: 4, ran: [] });
  expect(isByPlanAlone(run)).toBe(false);
  expect(isByPlanAlone(await planned.build())).toBe(true);
});

test("another value of a variable or a parameter that counts is noticed", async () => {
  const planned = await new Planned().made();
  const environment = { ...process.env, COLOUR: "red" };
  expect((await planned.build({ environment })).ran).toEqual(["says: environment `COLOUR` is new"]);
  await settle(planned.root);
  expect((await planned.build({ environment, given: { word: "bye" } })).ran).toEqual([
    "says: parameter `word` changed from `hello` to `bye`",
  ]);
});

test("only what changed, and what depends on it, is looked at; the rest counts as fresh", async () => {
  const planned = await new Planned().made();
  writeFileSync(`${planned.root}/in/a`, "three\n");
  const run = await planned.build();
  expect(run.events.find(({ kind }) => kind === "started")).toMatchObject({ total: 4, fresh: 2 });
  expect(run).toMatchObject({ built: 2, fresh: 2 });
  expect(planned.workspace.read("out/b")).toBe("THREE\n");
});

test("what a settled target had made and something removes meanwhile is made again by it alone", async () => {
  const planned = await new Planned(`
targets:
  a: { run: echo a > out/a, inputs: [src/x], outputs: [out/a] }
  other: { run: echo o > out/o, inputs: [src/x], outputs: [out/o] }
  group: { needs: [a, other] }
  b: { run: "if grep -q new in/a; then rm -f out/a; fi; cp in/a out/b", inputs: ["in/**"], outputs: [out/b] }
  c: { run: cat out/a out/b > out/c, inputs: [{ target: group }, { target: b }], outputs: [out/c] }
  all: { needs: [c] }
`).made();
  writeFileSync(`${planned.root}/in/a`, "new\n");
  const run = await planned.build();
  expect(run.messages).toEqual([]);
  expect(run.ran).toEqual([
    "b: input `in/a` changed",
    "a: output `out/a` is missing",
    "c: dependency `b` changed",
  ]);
  expect(run).toMatchObject({ built: 3, fresh: 1 });
  expect(planned.workspace.read("out/c")).toBe("a\nnew\n");
  await settle(planned.root);
  expect((await planned.build()).ran).toEqual([]);
});

test("a plan whose file is torn or altered at any byte is as good as none", async () => {
  const planned = await new Planned().made();
  const folder = `${planned.root}/.tbuild/plans`;
  const file = `${folder}/${readdirSync(folder)[0]}`;
  const whole = readFileSync(file);
  writeFileSync(`${planned.root}/in/a`, "two\n");
  await settle(planned.root);
  for (let byte = 0; byte < whole.length; byte += 41) {
    const altered = Buffer.from(whole);
    altered[byte] = (altered[byte] as number) ^ 0x10;
    writeFileSync(file, byte % 2 === 0 ? altered : whole.subarray(0, byte));
    const run = await planned.build({ signal: AbortSignal.abort() });
    expect(isByPlanAlone(run)).toBe(false);
  }
});

test("while another build runs in the workspace the plan tells nothing", async () => {
  const planned = await new Planned().made();
  writeFileSync(
    `${planned.root}/.tbuild/lock`,
    JSON.stringify({ pid: process.pid, startedAt: "0", command: "tbuild" }),
  );
  expect(isByPlanAlone(await planned.build())).toBe(false);
});

describe("images", () => {
  const references = ["shop:1", "shop:latest"];
  const target = `
targets:
  shop: { image: shop, tags: ["shop:1", "shop:latest"] }
  all: { needs: [shop] }
`;
  const id = (digit: string) => `sha256:${digit.repeat(64)}` as const;

  /** An engine that holds images by name, and takes builds for done. */
  class Engine {
    held = new Map<string, `sha256:${string}`>();
    asked = 0;
    builds = 0;

    get docker(): Docker {
      return {
        images: async () => {
          this.asked++;
          return [...this.held].map(([reference, image]) => ({
            id: image,
            references: [reference],
          }));
        },
        build: async () => {
          this.builds++;
          for (const reference of references) this.held.set(reference, id("a"));
          return id("a");
        },
        close: () => undefined,
      } as unknown as Docker;
    }
  }

  async function built() {
    const engine = new Engine();
    const workspace = new Workspace(target, { "shop/Dockerfile": "FROM scratch\n" });
    workspace.docker = async () => engine.docker;
    const build = () => workspace.build("all", { planned: true });
    const first = await build();
    expect(first.messages).toEqual([]);
    await settle(workspace.root);
    await build();
    engine.asked = 0;
    return { engine, build };
  }

  test("are held against the engine by one question", async () => {
    const { engine, build } = await built();
    expect(isByPlanAlone(await build())).toBe(true);
    expect(engine.asked).toBe(1);
  });

  test("that are gone or moved are noticed, with the same one question", async () => {
    const { engine, build } = await built();
    engine.held.delete("shop:latest");
    expect((await build()).ran).toEqual(["shop: image `shop:latest` is missing in the engine"]);
    engine.asked = 0;
    engine.held.set("shop:1", id("b"));
    expect((await build()).ran).toEqual(["shop: `shop:1` names another image now"]);
    expect(engine.asked).toBe(1);
  });
});

describe("what git tells", () => {
  const targets = `
targets:
  plain: { run: "echo plain > out/p", outputs: [out/p] }
  says: { run: "echo \${git.commit} > out/w", outputs: [out/w] }
  branch: { run: "echo \${git.branch} > out/b", outputs: [out/b] }
`;

  async function made(wanted: string): Promise<Workspace> {
    const workspace = new Workspace(targets);
    commitAll(workspace.root);
    await workspace.build(wanted, { planned: true });
    await settle(workspace.root);
    await workspace.build(wanted, { planned: true });
    expect(isByPlanAlone(await workspace.build(wanted, { planned: true }))).toBe(true);
    return workspace;
  }

  test("is noticed by the plan of a target that uses it", async () => {
    const workspace = await made("says");
    const commit = commitAgain(workspace.root);
    const { ran } = await workspace.build("says", { planned: true });
    expect(ran).toHaveLength(1);
    expect(workspace.read("out/w")).toBe(`${commit}\n`);
  });

  test("changes no plan of a target that does not use it, and of one only what it uses", async () => {
    const [plain, branch] = [await made("plain"), await made("branch")];
    for (const workspace of [plain, branch]) commitAgain(workspace.root);
    expect(isByPlanAlone(await plain.build("plain", { planned: true }))).toBe(true);
    expect(isByPlanAlone(await branch.build("branch", { planned: true }))).toBe(true);
    git(branch.root, "checkout", "--quiet", "-b", "feature/x");
    const { ran } = await branch.build("branch", { planned: true });
    expect(ran).toEqual(["branch: parameter `git.branch` changed from `main` to `feature/x`"]);
  });

  test("counts where a change of something else lets the plan be used in part", async () => {
    const workspace = await made("plain");
    commitAgain(workspace.root);
    writeFileSync(`${workspace.root}/out/p`, "mine");
    expect((await workspace.build("plain", { planned: true })).ran).toEqual([
      "plain: output `out/p` was changed by something else",
    ]);
  });

  test("and has no value stops the target that needs it, with what to do", async () => {
    const workspace = new Workspace(targets);
    const { problems } = await workspace.build("says");
    expect(problems).toMatchObject([
      {
        message: `\`\${git.commit}\` has no value, and target \`says\` needs it: \`${workspace.root}\` lies in no git repository`,
        hint: "run `git init`, or use a parameter in its place",
        blame: "usage",
      },
    ]);
  });
});
