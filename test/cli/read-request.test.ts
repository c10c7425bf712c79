import { readRequest } from "../../src/cli/read-request.ts";
import { reservedParameters } from "../../src/config/reserved.ts";
import { commonOptions } from "../../src/model/command-line.ts";

const read = (...argv: string[]) => readRequest(argv, { cwd: "/home/me", cpus: () => 3 });

function messages(...argv: string[]): string[] {
  const request = read(...argv);
  return request.ok ? [] : request.problems.map(({ message }) => message);
}

const plain = {
  directory: "/home/me",
  jobs: 3,
  keepGoing: false,
  dryRun: false,
  force: false,
  yes: false,
  locked: false,
  fallback: true,
  cacheFrom: true,
  cacheTo: true,
  quiet: false,
  verbose: false,
  reports: {},
  sources: [],
};

const kindOf = (...argv: string[]): string => {
  const request = read(...argv);
  return request.ok ? request.value.kind : "refused";
};

test("without any word the default is built, on all CPUs", () => {
  expect(read()).toEqual({ ok: true, value: { kind: "build", common: plain, argv: [] } });
});

test("every common option is understood, long and short", () => {
  const all = {
    directory: "/home/me/sub",
    file: "x.yaml",
    jobs: 7,
    keepGoing: true,
    dryRun: true,
    force: true,
    yes: true,
    fallback: false,
    cacheFrom: false,
    cacheTo: false,
    quiet: true,
    verbose: false,
    log: "plain",
  };
  const long =
    "--file x.yaml --directory sub --jobs 7 --keep-going --dry-run --yes --force --no-cache-from --no-cache-to --no-fallback --log plain --quiet";
  const short =
    "-fx.yaml -C sub -j7 -kqn --yes --force --no-cache-from --no-cache-to --no-fallback --log=plain";
  for (const line of [long, short]) {
    expect(read(...line.split(" "))).toMatchObject({ ok: true, value: { common: all } });
  }
});

test("sources are given as often as there are some", () => {
  const sources = ["a=../a", "b=../b"];
  expect(read("x", "--source", "a=../a", "--source=b=../b")).toMatchObject({
    ok: true,
    value: { common: { sources } },
  });
});

test("the file of a profile starts at the folder that `-C` names", () => {
  const common = { reports: { profile: "/home/me/sub/x.json" } };
  expect(read("--profile", "x.json", "-C", "sub")).toMatchObject({ ok: true, value: { common } });
});

test("`--version` alone asks for tbuild's version, and with anything else is a parameter", () => {
  expect(kindOf("--version")).toBe("version");
  expect(kindOf("--version", "5.1")).toBe("build");
  expect(kindOf("all", "--version")).toBe("build");
  expect(kindOf("--version=5.1")).toBe("build");
});

test("the first word names a command, unless it may be the value of a parameter", () => {
  expect(kindOf("list")).toBe("list");
  expect(kindOf("-C", "sub", "list")).toBe("list");
  expect(kindOf("completion", "zsh")).toBe("completion");
  expect(kindOf("--version", "list")).toBe("build");
  expect(kindOf("web", "list")).toBe("build");
});

test("help is asked for by option and by command", () => {
  expect(read("help", "web", "--help")).toMatchObject({ value: { kind: "help" } });
  expect(read("web", "-h")).toMatchObject({ value: { kind: "help", argv: ["web", "-h"] } });
  expect(read("help", "web")).toMatchObject({ value: { kind: "help", argv: ["web"] } });
});

test.each([
  [
    ["--retries", "often"],
    "option `--retries` cannot be `often`: expected a whole number from 0 to 100",
  ],
  [
    ["--retries", "101"],
    "option `--retries` cannot be `101`: expected a whole number from 0 to 100",
  ],
  [["--jobs", "0"], "option `--jobs` cannot be `0`: expected a whole number from 1"],
  [["-j", "many"], "option `-j` cannot be `many`: expected a whole number from 1"],
  [["--log", "xml"], "option `--log` cannot be `xml`: expected `pretty`, `plain` or `json`"],
  [["-n", "--profile", "x"], "options `--dry-run` and `--profile` contradict each other"],
  [["-n", "--junit", "x"], "options `--dry-run` and `--junit` contradict each other"],
  [["--junit", "a/../x", "--profile", "x"], "options `--profile` and `--junit` name the same file"],
  [["--quiet", "--verbose"], "options `--quiet` and `--verbose` contradict each other"],
  [["--force", "--force"], "option `--force` is given twice"],
  [["--jobs", "1", "-j", "2"], "option `-j` is given twice"],
  [["--file"], "option `--file` needs a value"],
  [["--file", "--force"], "option `--file` needs a value"],
  [["--force=maybe"], "option `--force` takes no value"],
  [["list", "web"], "`tbuild list` takes no targets, found `web`"],
  [["list", "--lgo", "json"], "there is no option `--lgo`"],
  [["completion"], "which shell is missing"],
  [["completion", "tcsh"], "there is no completion for `tcsh`"],
])("%j is refused: %s", (argv, message) => {
  expect(messages(...argv)).toContain(message);
});

test("a value that looks like an option has a way to be given", () => {
  const request = read("--file", "--force");
  expect(request).toMatchObject({
    problems: [{ hint: "if `--force` is the value, write `--file=--force`" }],
  });
  expect(read("--file=--force")).toMatchObject({ value: { common: { file: "--force" } } });
});

test("all problems of the common options are told at once", () => {
  expect(messages("--jobs", "x", "--log", "y")).toHaveLength(2);
});

test("what the completion scripts ask is cut at the cursor", () => {
  expect(read("--complete", "zsh", "1", "web", "--o", "--force")).toEqual({
    ok: true,
    value: { kind: "complete", shell: "zsh", words: ["web", "--o"] },
  });
});

test("no parameter can take the name of an option", () => {
  const names = commonOptions.map(({ name }) => name);
  expect(names.filter((name) => !reservedParameters.has(name))).toEqual([]);
});
