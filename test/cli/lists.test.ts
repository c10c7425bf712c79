/** What the command line makes of parameters with several values. */
import { againCommand } from "../../src/cli/again.ts";
import { asByDefault } from "../../src/cli/by-default.ts";
import { candidatesFor } from "../../src/cli/commands/complete.ts";
import { runCommand } from "../../src/cli/run-command.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const file = `name: shop
default: all
params:
  service: { type: list, choices: [web, db, cache], default: [web, db], env: SERVICES, help: What to make }
  package: { type: list, form: name==version, help: What to pack }
  version: { help: Of packages without one }
targets:
  made: { help: One service, matrix: { name: "\${service}" }, run: "echo \${name} > \${name}", outputs: ["\${name}"] }
  packed:
    matrix: { one: "\${package}" }
    run: "echo \${one.name} \${one.version} > \${one.name}"
    outputs: ["\${one.name}"]
  given: { first-of: [{ use: "\${package}" }, { target: made }] }
  each: { matrix: { one: "\${package}" }, first-of: [{ use: "x/\${one}" }, { target: made }] }
  all: { needs: [made] }
`;

const folder = () => temporaryFolder({ "targets.yaml": file });

async function run(where: string, ...argv: string[]) {
  const place = fakeSurroundings(where);
  const exitCode = await runCommand(argv, place);
  return { exitCode, out: place.out.lines, err: place.err.lines };
}

function declaration() {
  const where = folder();
  const loaded = loadTargetFile("targets.yaml", where);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return asByDefault(loaded.value, { environment: {}, cwd: where });
}

/** Names of the targets that a dry run would make. */
const wouldMake = async (...argv: string[]) =>
  (await run(folder(), ...argv, "--dry-run", "--log", "json")).out
    .map((line) => JSON.parse(line))
    .flatMap(({ kind, target }) => (kind === "would-run" ? [target] : []));

test("targets are listed with the members of a default, or with the list that gives them", async () => {
  expect((await run(folder(), "list")).out).toEqual([
    "made[…]    One service  [web db]  (one for each --service)",
    "packed[…]  (one for each --package)",
    "given",
    "each[…]    (one for each --package)",
    "all        (default)",
  ]);
  const { out } = await run(folder(), "list", "--log", "json");
  expect(JSON.parse(out[1] ?? "")).toMatchObject({ members: [], each: ["package"] });
});

test("the help says that an option may be repeated", async () => {
  const { out } = await run(folder(), "packed", "--help");
  expect(out.slice(0, 9)).toEqual([
    "tbuild packed [options]",
    "",
    "packed",
    "One for each --package.",
    "",
    "Parameters:",
    "      --package  What to pack; NAME==VERSION, may be given several times[string]",
    "      --version  Of packages without one                                [string]",
    "",
  ]);
});

test("an option given several times is the same as one with commas", async () => {
  const two = ["packed[a==1]", "packed[b==2]"];
  expect(await wouldMake("packed", "--package", "a==1", "--package=b==2")).toEqual(two);
  expect(await wouldMake("packed", "--package", "a==1,b==2")).toEqual(two);
  expect(await wouldMake("packed", "--package", "a", "--version", "1")).toEqual(["packed[a==1]"]);
  expect(await wouldMake("packed[b==2]", "--package", "a==1,b==2")).toEqual(["packed[b==2]"]);
});

test("a list that is switched off leaves its matrix without members, and contradicts its values", async () => {
  expect(await wouldMake("all")).toEqual(["made[web]", "made[db]"]);
  expect(await wouldMake("all", "--no-service")).toEqual([]);
  const none = await run(folder(), "all", "--no-service", "--log", "plain");
  expect(none).toMatchObject({ exitCode: 0, err: ["nothing to do"] });
  for (const [first, second] of [
    ["--service=web", "--no-service"],
    ["--no-service", "--service=web"],
  ] as const) {
    const { exitCode, err } = await run(folder(), "all", first, second);
    expect(exitCode).toBe(2);
    expect(err.join("\n")).toContain(
      `options \`${first.replace("=web", "")}\` and \`${second.replace("=web", "")}\` contradict each other`,
    );
  }
  const member = await run(folder(), "made[web]", "--no-service");
  expect(member.exitCode).toBe(2);
});

test("choices and members of a default are completed, one after the other", () => {
  const complete = (...words: string[]) => candidatesFor(words, declaration());
  expect(complete("all", "--service", "")).toEqual(["web", "db", "cache"]);
  expect(complete("all", "--service", "web,")).toEqual(["web,db", "web,cache"]);
  expect(complete("all", "--service", "web", "--ser")).toEqual(["--service"]);
  expect(complete("made")).toEqual(["made", "made[web]", "made[db]"]);
});

test("the command that makes one member again has the whole list", () => {
  const typed = ["packed", "--package", "a==1", "--package", "b==2"];
  expect(againCommand("packed[b==2]", typed, declaration())).toBe(
    "tbuild 'packed[b==2]' --package a==1 --package b==2",
  );
});

test.each([
  [["packed"], "parameter `package` is not given, and target `packed` needs it"],
  [["each"], "parameter `package` is not given, and target `each` needs it"],
  [["packed[a==1]"], "parameter `package` is not given, and target `packed` needs it"],
  [["packed", "--package", "a"], "parameter `version` is not given, and target `packed` needs it"],
])("what is not given is told before anything runs: %s", async (argv, message) => {
  const { exitCode, err } = await run(folder(), ...argv, "--log", "plain");
  expect(exitCode).toBe(2);
  expect(err.filter((line) => line.includes("error:"))).toEqual([
    expect.stringContaining(`error: ${message}`),
  ]);
});

test("a value of another form is told with what was given and what is expected", async () => {
  const { exitCode, err } = await run(folder(), "packed", "--package", "a==1", "--package", "b==");
  expect([exitCode, ...err]).toEqual([
    2,
    "error: parameter `package` cannot be `b==`: expected `name==version`",
    "  given by --package",
    "hint: What to pack",
  ]);
});

test("an alternative whose list is not given is passed over", async () => {
  const { err, out } = await run(folder(), "given", "--dry-run", "--log", "json");
  expect(err).toEqual([]);
  const made = out.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "would-run");
  expect(made.map(({ target }) => target)).toEqual(["made[web]", "made[db]"]);
});

test("graphs and explanations know the members", async () => {
  const argv = ["--package", "a==1", "--package", "b==2"];
  const { out } = await run(folder(), "explain", "packed", ...argv, "--log", "json");
  expect(out.map((line) => JSON.parse(line).target)).toEqual(["packed[a==1]", "packed[b==2]"]);
  const drawn = await run(folder(), "graph", "packed", ...argv);
  expect(drawn.out.join("\n")).toContain("packed[b==2]");
});
