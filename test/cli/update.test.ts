import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { runCommand } from "../../src/cli/run-command.ts";
import { lockText } from "../../src/pins/lock-file.ts";
import { FakeRegistry } from "../support/fake-registry.ts";
import { temporaryFolder } from "../support/folder.ts";
import { commitAgain, commitAll, git } from "../support/git.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

let registry: FakeRegistry;
beforeEach(async () => {
  registry = new FakeRegistry();
  await registry.listen();
});
afterEach(() => registry.close());

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const oneDigest = "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

interface World {
  readonly folder: string;
  readonly repository: string;
  /** Of the branch `main`. */
  readonly commit: string;
  readonly file: string;
}

/** A branch, a base image and a file by URL, each of a server of its own. */
function newWorld(more = ""): World {
  const repository = temporaryFolder({ a: "1" });
  const commit = commitAll(repository);
  const file = `${temporaryFolder({ file: "one" })}/file`;
  registry.repository("base").tags.set("1", digest("a"));
  registry.repository("base").manifests.set(digest("a"), { type: "x", bytes: Buffer.from("{}") });
  const folder = temporaryFolder({
    "targets.yaml": `
params: { ref: { default: main } }
targets:
  api: { git: "${repository}", ref: "\${ref}" }
  web: { image: web }
  file: { fetch: "file://${file}" }
${more}`,
    "web/Dockerfile": `FROM ${registry.host}/base:1\n`,
  });
  return { folder, repository, commit, file };
}

async function run(folder: string, ...argv: readonly string[]) {
  const place = fakeSurroundings(folder, { environment: { PATH: process.env["PATH"] } });
  const code = await runCommand(argv, place);
  return { code, out: place.out.lines, err: place.err.text };
}

const lockOf = ({ folder }: World): string => readFileSync(`${folder}/targets.lock`, "utf8");

test("everything that targets ask for is locked, and said", async () => {
  const world = newWorld();
  const { code, out, err } = await run(world.folder, "update", "web", "api", "file");
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toEqual([
    `added  fetch file://${world.file}  ${oneDigest.slice(7, 19)}`,
    `added  git ${world.repository} main  ${world.commit.slice(0, 12)}`,
    `added  image ${registry.host}/base:1  aaaaaaaaaaaa`,
  ]);
  expect(lockOf(world)).toBe(
    lockText([
      [`fetch file://${world.file}`, oneDigest],
      [`git ${world.repository} main`, world.commit],
      [`image ${registry.host}/base:1`, digest("a")],
    ]),
  );
});

test("what moved is told from where to where; what is asked for by nobody named stays unasked", async () => {
  const world = newWorld();
  await run(world.folder, "update");
  const now = commitAgain(world.repository);
  writeFileSync(world.file, "two");
  const { out } = await run(world.folder, "update", "api", "web");
  expect(out).toEqual([
    `moved  git ${world.repository} main  ${world.commit.slice(0, 12)} -> ${now.slice(0, 12)}, 1 commit`,
    `stays  image ${registry.host}/base:1  aaaaaaaaaaaa`,
  ]);
  expect(lockOf(world)).toContain(`main ${now}\n`);
  expect(lockOf(world)).toContain(`${oneDigest}\n`);
});

test("of a branch that moved it is told by how many commits, and whether it was rewritten", async () => {
  const world = newWorld();
  await run(world.folder, "update");
  commitAgain(world.repository);
  const second = commitAgain(world.repository);
  const { out } = await run(world.folder, "update", "api", "--log", "json");
  expect(JSON.parse(out[0] ?? "")).toEqual({
    kind: "lock-entry",
    change: "moved",
    entry: `git ${world.repository} main`,
    from: world.commit,
    to: second,
    commits: 2,
    dryRun: false,
  });
  git(world.repository, "commit", "--quiet", "--amend", "--allow-empty", "--message=other");
  const other = git(world.repository, "rev-parse", "HEAD").slice(0, 12);
  expect((await run(world.folder, "update", "api")).out).toEqual([
    `moved  git ${world.repository} main  ${second.slice(0, 12)} -> ${other}, rewritten`,
  ]);
});

test("nothing is told of what lies between commits whose history nobody here has", async () => {
  const world = newWorld();
  const shallow = temporaryFolder();
  const now = commitAgain(world.repository);
  git(shallow, "clone", "--quiet", "--depth=1", `file://${world.repository}`, "clone");
  git(world.repository, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(`${shallow}/clone`, "fetch", "--quiet", "--depth=1", "origin", world.commit);
  writeFileSync(
    `${world.folder}/targets.yaml`,
    `targets: { api: { git: "${shallow}/clone", ref: main } }\n`,
  );
  const key = `git ${shallow}/clone main`;
  writeFileSync(`${world.folder}/targets.lock`, lockText([[key, world.commit]]));
  expect((await run(world.folder, "update")).out).toEqual([
    `moved  ${key}  ${world.commit.slice(0, 12)} -> ${now.slice(0, 12)}`,
  ]);
});

test("a dry run tells the same and writes nothing; programs get a line of JSON for each entry", async () => {
  const world = newWorld();
  const { out } = await run(world.folder, "update", "api", "--dry-run", "--log", "json");
  expect(out.map((line) => JSON.parse(line))).toEqual([
    {
      kind: "lock-entry",
      change: "added",
      entry: `git ${world.repository} main`,
      to: world.commit,
      dryRun: true,
    },
  ]);
  expect(existsSync(`${world.folder}/targets.lock`)).toBe(false);
});

test("what nothing names any more goes when everything is asked for, and values of other parameters stay", async () => {
  const world = newWorld();
  const old = [
    [`git ${world.repository} other`, world.commit],
    ["git https://example.org/gone.git main", world.commit],
    ["image gone:1", digest("b")],
    ["fetch https://example.org/gone", digest("b")],
  ] as const;
  writeFileSync(`${world.folder}/targets.lock`, lockText(old));
  await run(world.folder, "update", "api");
  expect(lockOf(world)).toContain("https://example.org/gone.git");
  const { out } = await run(world.folder, "update");
  expect(out.filter((line) => line.startsWith("gone"))).toEqual([
    "gone   fetch https://example.org/gone  bbbbbbbbbbbb",
    `gone   git https://example.org/gone.git main  ${world.commit.slice(0, 12)}`,
    "gone   image gone:1  bbbbbbbbbbbb",
  ]);
  expect(lockOf(world)).not.toContain("gone");
  expect(lockOf(world)).toContain(`git ${world.repository} other `);
});

test("a server that cannot be asked is told, the rest is locked, and what was locked stays", async () => {
  const world = newWorld();
  await run(world.folder, "update");
  const before = lockOf(world);
  rmSync(world.repository, { recursive: true });
  writeFileSync(world.file, "two");
  const { code, err, out } = await run(world.folder, "update");
  expect(code).toBe(3);
  expect(err).toContain(`error: the repository was not found: \`${world.repository}\``);
  expect(out.map((line) => line.split(" ", 1)[0])).toEqual(["moved", "stays"]);
  expect(lockOf(world)).toContain(before.split("\n")[2]);
});

test("the frontend that a Dockerfile names is locked like its base", async () => {
  const world = newWorld();
  writeFileSync(
    `${world.folder}/web/Dockerfile`,
    `# syntax=${registry.host}/base:1\nFROM scratch\n`,
  );
  expect((await run(world.folder, "update", "web")).out).toEqual([
    `added  image ${registry.host}/base:1  aaaaaaaaaaaa`,
  ]);
});

test("what the Dockerfile of a checkout names is locked where its commit is on this machine", async () => {
  const world =
    newWorld(`  app: { image: [], include: { ".": sources }, dockerfile: sub/Dockerfile }
  sources: { git: "${temporaryFolder()}", ref: main }`);
  const sources = temporaryFolder({ "sub/Dockerfile": `FROM ${registry.host}/base:1\n` });
  const commit = commitAll(sources);
  const targets = readFileSync(`${world.folder}/targets.yaml`, "utf8");
  writeFileSync(
    `${world.folder}/targets.yaml`,
    targets.replace(/(sources: \{ git: ")[^"]*/, `$1${sources}`),
  );
  expect(await run(world.folder, "update", "app")).toEqual({
    code: 0,
    err: "",
    out: [
      `added  git ${sources} main  ${commit.slice(0, 12)}`,
      `added  image ${registry.host}/base:1  aaaaaaaaaaaa`,
    ],
  });
  // Of another commit, in which it names nothing, nothing is asked, and the entry may be of other values.
  writeFileSync(`${sources}/sub/Dockerfile`, "FROM scratch\n");
  git(sources, "commit", "--quiet", "--all", "--message=scratch");
  const now = git(sources, "rev-parse", "HEAD").slice(0, 12);
  expect((await run(world.folder, "update", "app")).out).toEqual([
    `moved  git ${sources} main  ${commit.slice(0, 12)} -> ${now}, 1 commit`,
  ]);
});

test("an image that no registry has cannot be locked", async () => {
  const world = newWorld();
  registry.repository("base").tags.clear();
  const { code, err } = await run(world.folder, "update", "web");
  expect(code).toBe(3);
  expect(err).toContain(`error: its registry has no \`${registry.host}/base:1\``);
  expect(existsSync(`${world.folder}/targets.lock`)).toBe(false);
});

test("asking again and locking fast contradict each other", async () => {
  const { code, err } = await run(newWorld().folder, "update", "--locked");
  expect(code).toBe(2);
  expect(err).toContain("options `tbuild update` and `--locked` contradict each other");
});

describe("a name of a checkout", () => {
  const says = (text: string): string => `  says: { run: "echo ${text} > said", outputs: [said] }`;

  test("stands for the commit of the lock, which it writes when there is none", async () => {
    const world = newWorld(
      says("\\${api.short} \\${api.commit} \\${api.ref}".replaceAll("\\", "")),
    );
    const first = await run(world.folder, "says");
    expect(first).toMatchObject({ code: 0 });
    const said = () => readFileSync(`${world.folder}/said`, "utf8");
    expect(said()).toBe(`${world.commit.slice(0, 12)} ${world.commit} main\n`);
    expect(lockOf(world)).toBe(lockText([[`git ${world.repository} main`, world.commit]]));
    const now = commitAgain(world.repository);
    expect((await run(world.folder, "says")).err).toContain("the target is fresh");
    expect((await run(world.folder, "explain", "says")).out[0]).toMatch(/^says is fresh: /);
    await run(world.folder, "update", "says");
    expect((await run(world.folder, "explain", "says")).out.join("\n")).toContain(
      `parameter \`api.commit\` changed from \`${world.commit}\` to \`${now}\``,
    );
    await run(world.folder, "says");
    expect(said()).toBe(`${now.slice(0, 12)} ${now} main\n`);
  });

  test("is asked for by nobody who does not use it, and fails with --locked where it is not locked", async () => {
    const world = newWorld(`${says("${api.short}")}
  other: { run: touch other, outputs: [other] }`);
    expect(await run(world.folder, "other")).toMatchObject({ code: 0 });
    expect(existsSync(`${world.folder}/targets.lock`)).toBe(false);
    const { code, err } = await run(world.folder, "says", "--locked");
    expect(code).toBe(2);
    expect(err).toContain(`error: \`main\` of \`${world.repository}\` is not in \`targets.lock\``);
    expect(err).toContain("hint: `tbuild update api` adds it");
  });

  test("stands for a local checkout that is given, and says that it has changes", async () => {
    const world = newWorld(says("${api.short}"));
    const source = temporaryFolder({ a: "mine" });
    const commit = commitAll(source).slice(0, 12);
    const said = () => readFileSync(`${world.folder}/said`, "utf8");
    await run(world.folder, "says", "--source", `api=${source}`);
    expect(said()).toBe(`${commit}\n`);
    writeFileSync(`${source}/a`, "changed");
    await run(world.folder, "says", "--source", `api=${source}`);
    expect(said()).toBe(`${commit}-dirty\n`);
    expect(existsSync(`${world.folder}/targets.lock`)).toBe(false);
  });

  test("of a matrix is that of the member with the same values, or of the one that is named", async () => {
    const [one, two] = [temporaryFolder({ a: "1" }), temporaryFolder({ a: "2" })];
    const parent = temporaryFolder();
    const commits = [commitAll(one), commitAll(two)].map((commit) => commit.slice(0, 12));
    const folder = temporaryFolder({
      "targets.yaml": `
targets:
  apps: { git: "\${place}", matrix: { place: ["${one}", "${two}"] } }
  says:
    matrix: { place: ["${one}", "${two}"], word: [a, b] }
    run: "echo \${apps.short} > $TO"
    env: { TO: "${parent}/\${word}" }
    outputs: ["said/\${word}\${place}"]
  named: { run: "echo \${apps[${two}].short} > said", outputs: [said] }
`,
    });
    expect(await run(folder, "named")).toMatchObject({ code: 0 });
    expect(readFileSync(`${folder}/said`, "utf8")).toBe(`${commits[1]}\n`);
    expect(readFileSync(`${folder}/targets.lock`, "utf8").split("\n")).toHaveLength(3);
    const { out } = await run(folder, "list", "--log", "json");
    expect(out).toHaveLength(3);
  });

  test("is asked for only where a member that is wanted uses it, by whatever way it needs it", async () => {
    const parent = temporaryFolder({ "one/a": "1" });
    const commit = commitAll(`${parent}/one`).slice(0, 12);
    const app = "matrix: { app: [one, two] }";
    const folder = temporaryFolder({
      "targets.yaml": `
targets:
  source: { ${app}, git: "${parent}/\${app}", ref: main }
  says: { ${app}, run: "echo \${source.short} >said-\${app}", outputs: ["said-\${app}"] }
  all: { ${app}, first-of: [{ target: "says[\${app}]" }] }
  last: { needs: ["all[one]"] }
`,
    });
    expect(await run(folder, "last")).toMatchObject({ code: 0 });
    expect(readFileSync(`${folder}/said-one`, "utf8")).toBe(`${commit}\n`);
    const locked = readFileSync(`${folder}/targets.lock`, "utf8");
    expect(locked).toContain("/one main ");
    expect(locked).not.toContain("/two");
    const { code, err } = await run(folder, "says");
    expect(code).toBe(3);
    expect(err).toContain(`error: the repository was not found: \`${parent}/two\``);
  });
});
