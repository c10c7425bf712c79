/**
 * Ten packages bundled by one call: at the same time, with what they share made once.
 * @one-engine: what comes out does not depend on it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { manyPackages, writeSourceDistributions } from "./python-packages.ts";
import { run } from "./small-workspace.ts";
import { type Built, build, docker, fleetCopy } from "./tbuild.ts";

const minutes = 60_000;
const prefix = `tbuild-test/${run}-many`;
const jobs = 5;

/** In place of the runner, which has tests of its own. */
const runner = `ARG BASE
FROM $BASE
COPY wheelhouse /wheelhouse
RUN python3 -m venv /opt/app && /opt/app/bin/pip install --no-index --find-links /wheelhouse \\
    --require-hashes -r /wheelhouse/requirements.txt
`;

interface Offer {
  readonly packages: readonly string[];
  /** A newer version of the first one. */
  readonly newer: string;
  readonly options: readonly string[];
}

const fromIndex: Offer = {
  packages: [
    "jinja2==3.1.2",
    "attrs==23.2.0",
    "certifi==2024.2.2",
    "click==8.1.7",
    "idna==3.6",
    "packaging==23.2",
    "pytz==2024.1",
    "six==1.16.0",
    "sqlparse==0.4.4",
    "toml==0.10.2",
  ],
  newer: "jinja2==3.1.3",
  options: [],
};

let workspace: string;
let offer: Offer;
let first: Built;

/** Source distributions that this test makes; one of them stands for uWSGI. */
async function fromSources(): Promise<Offer> {
  const links = path.join(temporaryFolder(), "links");
  mkdirSync(links);
  await writeSourceDistributions(links, ["native-2.0", "uwsgi-2.0", ...manyPackages]);
  const packages = manyPackages.map((name) => name.replace("-", "=="));
  const newer = packages.pop() ?? "";
  return { packages, newer, options: ["--index=", `--find-links=${links}`] };
}

const bundle = (packages: readonly string[]) =>
  build(workspace, [
    "bundle",
    ...packages.map((each) => `--package=${each}`),
    "--python=3.11",
    `--prefix=${prefix}`,
    `--jobs=${jobs}`,
    ...offer.options,
  ]);

/** The index where one is to be had, which is told and looked at where it is not. */
async function offerOfNow(): Promise<Offer> {
  const args = ["bundles/also", "--also=toml", `--prefix=${prefix}`];
  const built = await build(workspace, args);
  if (built.exitCode === 0) return fromIndex;
  const message = problemsOf(built)[0]?.message;
  expect(message).toMatch(/^the index `https:\/\/pypi\.org\/simple` cannot be reached: /);
  console.warn(`bundled from source distributions of this test: ${message}`);
  return fromSources();
}

const problemsOf = ({ events }: Built) =>
  events.flatMap((event) =>
    event.kind === "target-finished" && event.problem ? [event.problem] : [],
  );

/** Names of the wheels that pip compiled, with the targets in which it did. */
const compiled = ({ events }: Built): readonly string[] =>
  events.flatMap((event) => {
    if (event.kind !== "output") return [];
    const names = /^Building wheels for collected packages: (.*)$/.exec(event.line)?.[1];
    return names?.split(", ").map((name) => `${event.target}: ${name}`) ?? [];
  });

/** How many targets of a family ran at the same time, at most. */
function atOnce({ events }: Built, family: string): number {
  const running = new Set<string>();
  let most = 0;
  for (const event of events) {
    if (event.kind === "target-started" && event.target.startsWith(`${family}[`)) {
      running.add(event.target);
    }
    if (event.kind === "target-finished") running.delete(event.target);
    most = Math.max(most, running.size);
  }
  return most;
}

const requirements = (bundled: string): readonly string[] =>
  readFileSync(
    path.join(
      workspace,
      `bundles/out/wheelhouse/python3.11/${bundled.replace("==", "-")}/requirements.txt`,
    ),
    "utf8",
  ).split("\n");

beforeAll(async () => {
  workspace = fleetCopy();
  rmSync(path.join(workspace, "bundles/runner"), { recursive: true, force: true });
  writeFiles(workspace, { "bundles/runner/Dockerfile": runner });
  offer = await offerOfNow();
  first = await bundle(offer.packages);
  if (first.exitCode !== 0) throw new Error(JSON.stringify(problemsOf(first), null, 2));
}, 30 * minutes);

afterAll(async () => {
  const filter = `reference=${prefix}/*`;
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter);
  await docker("rmi", "--force", ...made.split("\n"));
});

test("ten packages have an image each, and a result file", async () => {
  const filter = `reference=${prefix}/*:*-python3.11`;
  const made = await docker("images", "--format", "{{.Repository}}", "--filter", filter);
  const names = offer.packages.map((each) => `${prefix}/${each.split("==")[0]}`);
  expect(made.split("\n").sort()).toEqual(names.sort());
  const results = readdirSync(path.join(workspace, "bundles/out/result/python3.11"));
  const files = offer.packages.map((each) => `${each.replace("==", "-")}.json`);
  expect(results.sort()).toEqual(files.sort());
});

test("as many are made at the same time as there are jobs", () => {
  expect(atOnce(first, "bundles/wheelhouse-build")).toBe(jobs);
  expect(atOnce(first, "bundles/bundle")).toBeGreaterThan(1);
});

test("what they share is made once: base, compiler, and the wheel of uWSGI", () => {
  const folder = path.join(workspace, "bundles/out/result/python3.11");
  const results = readdirSync(folder).map((file) =>
    JSON.parse(readFileSync(path.join(folder, file), "utf8")),
  );
  expect(results.map((each) => `${each["base-id"]} ${each["compiler-id"]}`)).toEqual(
    results.map(() => expect.stringMatching(/^sha256:[0-9a-f]{64} sha256:[0-9a-f]{64}$/)),
  );
  expect(new Set(results.map((each) => each["base-id"] + each["compiler-id"])).size).toBe(1);
  expect(compiled(first).filter((line) => /: uwsgi$/i.test(line))).toEqual(["bundles/also: uWSGI"]);
  const pins = new Set(
    offer.packages.flatMap((each) => requirements(each).filter((line) => /^uwsgi==/.test(line))),
  );
  expect([...pins]).toEqual([expect.stringMatching(/^uwsgi==2\.0\S* --hash=sha256:[0-9a-f]{64}$/)]);
});

test("a second call builds nothing, in whatever order packages are named", async () => {
  expect(await bundle(offer.packages)).toMatchObject({ exitCode: 0, ran: [] });
  expect(await bundle(offer.packages.toReversed())).toMatchObject({ exitCode: 0, ran: [] });
});

test(
  "a new version of one package takes all else as it is, and leaves the other nine fresh",
  async () => {
    const [before = "", ...others] = offer.packages;
    const next = await bundle([offer.newer, ...others]);
    expect(next.exitCode).toBe(0);
    expect(next.ran).toEqual([
      `bundles/bundle[${offer.newer}]`,
      `bundles/result[${offer.newer}]`,
      `bundles/wheelhouse-build[${offer.newer}]`,
    ]);
    const name = before.split("==")[0];
    const own = `bundles/wheelhouse-build[${offer.newer}]: ${name}`;
    expect(compiled(next).filter((line) => line !== own)).toEqual([]);
    expect(requirements(offer.newer).slice(1)).toEqual(requirements(before).slice(1));
  },
  5 * minutes,
);

test(
  "two packages share what is there already",
  async () => {
    const two = await bundle(offer.packages.slice(3, 5));
    expect([two.exitCode, two.ran]).toEqual([0, []]);
  },
  minutes,
);
