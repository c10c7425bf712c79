/**
 * Bundles of Python packages from end to end: wheels compiled in containers, an image, what tells of it.
 * @one-engine: what comes out does not depend on it.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { privateIndex, releasedAt, writeSourceDistributions } from "./python-packages.ts";
import { run } from "./small-workspace.ts";
import { type Built, build, docker, fleetCopy, registry, tbuild } from "./tbuild.ts";

const minutes = 60_000;
const prefix = `tbuild-test/${run}-bundles`;

/** In place of the runner, which has tests of its own: it installs, and starts a program of the package. */
const runner = `ARG BASE
FROM $BASE
ARG PACKAGE
COPY wheelhouse /wheelhouse
RUN python3 -m venv /opt/app && /opt/app/bin/pip install --no-index --find-links /wheelhouse \\
    --require-hashes -r /wheelhouse/requirements.txt
ENTRYPOINT ["/opt/app/bin/python", "-c", "import demo; print(demo.text())"]
`;

const all = ["demo-1.0", "demo-1.1", "native-2.0", "native-1.0", "one-1.0"];
const bad = ["broken-1.0", "future-1.0", "needy-1.0", "torn-1.0", "half-1.0"];

let workspace: string;
let links: string;

/** Options of calls without an index, and with nothing beside the package. */
const offline = () => ["--index=", "--also=", `--prefix=${prefix}`, `--find-links=${links}`];

const demo = (target: string, version: string, ...more: string[]) => [
  target,
  "--package=demo",
  `--version=${version}`,
  ...offline(),
  ...more,
];

const linesOf = ({ events }: Built): readonly string[] =>
  events.flatMap((event) => (event.kind === "output" ? [event.line] : []));

/** Names of the wheels that pip compiled. */
const compiled = (built: Built): readonly string[] =>
  linesOf(built).flatMap(
    (line) => /^Building wheels for collected packages: (.*)$/.exec(line)?.[1]?.split(", ") ?? [],
  );

const wheelhouse = (version: string, name = "demo"): string =>
  path.join(workspace, `bundles/out/wheelhouse/python3.11/${name}-${version}`);

const requirements = (version: string): string =>
  readFileSync(path.join(wheelhouse(version), "requirements.txt"), "utf8");

const sha256 = (file: string): string =>
  createHash("sha256").update(readFileSync(file)).digest("hex");

/** What is told of the one target that failed. */
async function problemOf(args: readonly string[]) {
  const { exitCode, events } = await build(workspace, args);
  const problems = events.flatMap((event) =>
    event.kind === "target-finished" && event.problem ? [event.problem] : [],
  );
  const [{ message, hint, details = [] }] = problems as [Diagnostic];
  return { exitCode, message, hint, details };
}

beforeAll(async () => {
  workspace = fleetCopy();
  rmSync(path.join(workspace, "bundles/runner"), { recursive: true, force: true });
  writeFiles(workspace, { "bundles/runner/Dockerfile": runner });
  links = path.join(temporaryFolder(), "links");
  mkdirSync(links);
  await writeSourceDistributions(links, [...all, ...bad]);
  const first = await build(workspace, demo("bundle", "1.0"));
  if (first.exitCode !== 0) throw new Error(first.stdout.slice(-6000) + first.stderr);
  expect(compiled(first)).toEqual(["demo", "native"]);
}, 15 * minutes);

// Not by `purge`: the workspace is gone already.
afterAll(async () => {
  const filter = `reference=${prefix}/*`;
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter);
  await docker("rmi", "--force", ...made.split("\n"));
});

test("the image runs the package, with the part that was compiled", async () => {
  expect(await docker("run", "--rm", `${prefix}/demo:1.0`)).toBe("demo 1.0 counts 42");
  const labels = await docker(
    "image",
    "inspect",
    "--format",
    "{{json .Config.Labels}}",
    `${prefix}/demo:1.0-python3.11`,
  );
  expect(JSON.parse(labels)).toMatchObject({
    "bundle.package": "demo",
    "bundle.version": "1.0",
    "bundle.python": "3.11",
  });
});

test("the wheelhouse names each of its wheels with its hash, the package first", () => {
  const wheels = readdirSync(wheelhouse("1.0")).filter((file) => file.endsWith(".whl"));
  expect(wheels.sort()).toEqual([
    "demo-1.0-py3-none-any.whl",
    "native-2.0-cp311-cp311-linux_x86_64.whl",
  ]);
  const [own, native] = wheels.map((file) => sha256(path.join(wheelhouse("1.0"), file)));
  expect(requirements("1.0")).toBe(
    `demo==1.0 --hash=sha256:${own}\nnative==2.0 --hash=sha256:${native}\n`,
  );
});

test("times in a wheel are those of its source distribution", () => {
  const wheel = readFileSync(path.join(wheelhouse("1.0"), "demo-1.0-py3-none-any.whl"));
  // Archives count in steps of two seconds, from 1980 on.
  const [time, date] = [wheel.readUInt16LE(10), wheel.readUInt16LE(12)];
  const day = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31] as const;
  expect(new Date(Date.UTC(...day, time >> 11, (time >> 5) & 63, (time & 31) * 2))).toEqual(
    releasedAt,
  );
});

test("a second run makes nothing", async () => {
  expect(await build(workspace, demo("bundle", "1.0"))).toMatchObject({ exitCode: 0, ran: [] });
});

test(
  "a wheel that is compiled again has the same bytes",
  async () => {
    const before = requirements("1.0");
    rmSync(path.join(workspace, ".tbuild/keep"), { recursive: true });
    const again = await build(workspace, [...demo("bundles/wheelhouse-build", "1.0"), "--force"]);
    expect(compiled(again)).toEqual(["demo", "native"]);
    expect(requirements("1.0")).toBe(before);
  },
  2 * minutes,
);

test(
  "what was compiled before another wheel failed is not compiled again",
  async () => {
    rmSync(path.join(workspace, ".tbuild/keep"), { recursive: true });
    const args = ["dependencies", "--package=half==1.0", ...offline()];
    expect((await problemOf(args)).message).toBe("`broken` does not compile");
    const demoAgain = [...demo("bundles/wheelhouse-build", "1.0"), "--force"];
    expect(compiled(await build(workspace, demoAgain))).toEqual(["demo"]);
  },
  2 * minutes,
);

test(
  "a new version makes its own wheel and image, and takes all else as it is",
  async () => {
    // Of the wheels that are kept, whatever the order of the tests.
    await build(workspace, [...demo("bundles/wheelhouse-build", "1.0"), "--force"]);
    const next = await build(workspace, demo("bundle", "1.1"));
    expect(next.ran).toEqual([
      "bundles/bundle[demo==1.1]",
      "bundles/result[demo==1.1]",
      "bundles/wheelhouse-build[demo==1.1]",
    ]);
    expect(compiled(next)).toEqual(["demo"]);
    expect(requirements("1.1").split("\n")[1]).toBe(requirements("1.0").split("\n")[1]);
    expect(await docker("run", "--rm", `${prefix}/demo:1.1`)).toBe("demo 1.1 counts 42");
  },
  3 * minutes,
);

test(
  "another package shares base, compiler and wheels",
  async () => {
    const args = ["dependencies", "--package=native", "--version=2.0", ...offline()];
    const other = await build(workspace, args);
    expect([other.exitCode, other.ran, compiled(other)]).toEqual([
      0,
      ["bundles/wheelhouse-build[native==2.0]"],
      [],
    ]);
  },
  2 * minutes,
);

test(
  "a constraint file counts, and is laid beside the wheels",
  async () => {
    const file = path.join(temporaryFolder({ "own.txt": "native<2\n" }), "own.txt");
    const built = await build(workspace, demo("dependencies", "1.0", `--constraints=${file}`));
    expect(built.exitCode).toBe(0);
    expect(readdirSync(wheelhouse("1.0")).sort()).toEqual([
      "constraints.txt",
      "demo-1.0-py3-none-any.whl",
      "native-1.0-cp311-cp311-linux_x86_64.whl",
      "requirements.txt",
    ]);
    expect((await build(workspace, demo("bundle", "1.0"))).exitCode).toBe(0);
  },
  minutes,
);

test(
  "a finished wheelhouse takes the place of compiling",
  async () => {
    const given = temporaryFolder();
    cpSync(wheelhouse("1.0"), given, { recursive: true });
    const { exitCode, ran } = await build(workspace, [
      ...demo("dependencies", "1.0"),
      `--wheels=${given}`,
    ]);
    expect([exitCode, ran]).toEqual([0, ["bundles/given", "bundles/wheelhouse[demo==1.0]#1"]]);
    const other = await problemOf([
      ...demo("dependencies", "1.0", `--wheels=${given}`).filter(
        (arg) => !/^--(pac|ver)/.test(arg),
      ),
      "--package=demo==1.1",
    ]);
    expect(other).toEqual({
      exitCode: 1,
      message: `the wheelhouse \`${given}\` is that of \`demo==1.0\`, and \`demo==1.1\` is wanted`,
      hint: "for several packages give a folder that has each in a folder such as `demo-1.1`",
      details: [],
    });
  },
  minutes,
);

test(
  "a result file and a bill of materials tell what the image was made of",
  async () => {
    await build(workspace, demo("bundle", "1.0"));
    await build(workspace, demo("bundles/sbom", "1.0"));
    const folder = path.join(workspace, "bundles/out/result/python3.11");
    const idOf = (image: string) => docker("image", "inspect", "--format", "{{.Id}}", image);
    const pins = requirements("1.0").matchAll(/^(.*)==(.*) --hash=sha256:(.*)$/gm);
    const wheels = [...pins].map(([, name, version, hash]) => ({ name, version, sha256: hash }));
    const result = JSON.parse(readFileSync(path.join(folder, "demo-1.0.json"), "utf8"));
    expect(result).toEqual({
      image: `${prefix}/demo:1.0`,
      "image-id": await idOf(`${prefix}/demo:1.0`),
      package: "demo",
      version: "1.0",
      python: "3.11",
      "base-id": await idOf(`${prefix}/base:python3.11`),
      "compiler-id": await idOf(`${prefix}/compiler:python3.11`),
      wheels: wheels.map((wheel) => expect.objectContaining(wheel)),
    });
    const sbom = JSON.parse(readFileSync(path.join(folder, "demo-1.0.cdx.json"), "utf8"));
    expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
    expect(sbom.components).toEqual(
      wheels.map(({ name, version, sha256: content }) => ({
        type: "library",
        "bom-ref": `pkg:pypi/${name}@${version}`,
        name,
        version,
        purl: `pkg:pypi/${name}@${version}`,
        hashes: [{ alg: "SHA-256", content }],
      })),
    );
  },
  minutes,
);

test(
  "a push writes the digests by which the registry knows the image beside the result",
  async () => {
    const host = registry();
    const args = demo("bundles/push", "1.0", `--registry=${host}/${run}`);
    expect(await build(workspace, args)).toMatchObject({ exitCode: 0 });
    const file = path.join(workspace, "bundles/out/result/python3.11/demo-1.0.pushed.json");
    const pushed = JSON.parse(readFileSync(file, "utf8"));
    const tags = ["1.0", "1.0-python3.11"].map((tag) => `${host}/${run}/demo:${tag}`);
    expect(Object.keys(pushed)).toEqual(tags);
    const asked = await fetch(`http://${host}/v2/${run}/demo/manifests/1.0`, {
      headers: {
        accept:
          "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
      },
    });
    const digest = asked.headers.get("docker-content-digest");
    expect(Object.values(pushed)).toEqual([digest, digest]);
  },
  minutes,
);

describe("what cannot be bundled is told:", () => {
  const wheelsOf = (name: string, version: string) => [
    "dependencies",
    `--package=${name}`,
    `--version=${version}`,
    ...offline(),
  ];

  test("a package that is not there", async () => {
    expect(await problemOf(wheelsOf("demmo", "1.0"))).toEqual({
      exitCode: 1,
      message: "there is no package `demmo` in the folder of `--find-links`",
      hint: "look at how its name is written",
      details: [
        "Could not find a version that satisfies the requirement demmo==1.0 (from versions: none)",
      ],
    });
  });

  test("a version that is not there, with the nearest", async () => {
    expect(await problemOf(wheelsOf("demo", "1.0.5"))).toMatchObject({
      exitCode: 1,
      message: "there is no version `1.0.5` of `demo` in the folder of `--find-links`",
      hint: "the nearest are `1.0` and `1.1`",
    });
  });

  test("a Python that it is not for", async () => {
    expect(await problemOf(wheelsOf("future", "1.0"))).toMatchObject({
      exitCode: 1,
      message: "`future` 1.0 needs Python >=4, and this is 3.11",
      hint: "choose another with `--python`, or an older `--version`",
    });
  });

  test("something that it needs and that is not there", async () => {
    expect(await problemOf(wheelsOf("needy", "1.0"))).toMatchObject({
      exitCode: 1,
      message: "`needy` needs `nowhere-to-be-had>=3`, which is not to be had",
    });
  });

  test("a conflict, in the words of pip", async () => {
    expect(await problemOf(wheelsOf("torn", "1.0"))).toEqual({
      exitCode: 1,
      message: "what `torn` 1.0 needs contradicts itself",
      hint: "these are the words of pip; `--constraints FILE` and `--also` may have a part in it",
      details: [
        "Cannot install torn and torn==1.0 because these package versions have conflicting dependencies.",
        "The conflict is caused by:",
        "    torn 1.0 depends on native>=2",
        "    one 1.0 depends on native<2",
      ],
    });
  });

  test("a wheel that does not compile, with the last lines of the compiler", async () => {
    const { details, ...told } = await problemOf(wheelsOf("broken", "1.0"));
    expect(told).toEqual({
      exitCode: 1,
      message: "`broken` does not compile",
      hint: "a library that it lacks goes into `bundles/base/base_vars.sh`; the log has all lines",
    });
    expect(details.join("\n")).toContain("error: ‘no_such_name’ undeclared");
    expect(details.at(-1)).toBe(
      "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1",
    );
  });

  test(
    "an index that nobody answers at",
    async () => {
      const args = wheelsOf("demo", "1.0").filter((arg) => !/^--(index|find-links)/.test(arg));
      expect(await problemOf([...args, "--index=http://127.0.0.1:1/simple"])).toMatchObject({
        exitCode: 1,
        message:
          "the index `http://127.0.0.1:1/simple` cannot be reached: [Errno 111] Connection refused",
        hint: "look at `--index`, or give source distributions with `--find-links` and `--index ''`",
      });
    },
    minutes,
  );

  test("a version that is nearly one", async () => {
    expect(await problemOf(wheelsOf("demo", "1..0"))).toEqual({
      exitCode: 1,
      message: "`1..0` is no version of a Python package",
      hint: "a version is like `1.2`, `1.2.3` or `2.0rc1`",
      details: [],
    });
  });

  test("a name that is none, and no version at all, before anything runs", async () => {
    const told = async (...args: string[]) => {
      const { exitCode, stderr } = await tbuild(workspace, ["dependencies", ...args]);
      return [exitCode, ...stderr.split("\n").filter((line) => /error:|hint:/.test(line))];
    };
    const hint = "hint: What is bundled: names in lower case, each with its version";
    expect(await told("--package=demo=1.0")).toEqual([
      2,
      "error: parameter `package` cannot be `demo=1.0`: expected text like `[a-z0-9]+([._-][a-z0-9]+)*` as `name`, found `demo=1.0`",
      hint,
    ]);
    expect(await told("--package=native==2.0", "--package=demo==")).toEqual([
      2,
      "error: parameter `package` cannot be `demo==`: expected `name==version`",
      hint,
    ]);
    expect(await told("--package=demo", "--version=latest")).toEqual([
      2,
      "error: parameter `package` cannot be `demo`: expected text like `[0-9]+[0-9a-z.]*` as `version`, found `latest`",
      hint,
    ]);
    expect(await told("--package=demo==1.0", "--package=demo", "--version=1.0")).toEqual([
      2,
      "error: parameter `package` has `demo==1.0` a second time",
    ]);
    expect(await told("--package=demo", "--python=3.12")).toEqual([
      2,
      "error: parameter `python` cannot be `3.12`: choose `3.11` or `3.13`",
    ]);
    expect(await told("--package=demo")).toEqual([
      2,
      expect.stringContaining(
        "parameter `version` is not given, and target `bundles/wheelhouse` needs it",
      ),
      "hint: add `--version VALUE`",
    ]);
  });
});

describe("an index that wants a login", () => {
  const secret = `open-${run}`;
  let container: string;
  let index: string;

  beforeAll(async () => {
    const image = `${prefix}/base:python3.11`;
    container = await docker("create", "--entrypoint", "python3", image, "/srv/server.py");
    const served = temporaryFolder({ "server.py": privateIndex(`me:${secret}`) });
    cpSync(links, path.join(served, "files"), { recursive: true });
    await docker("cp", `${served}/.`, `${container}:/srv`);
    await docker("start", container);
    const format = "{{.NetworkSettings.IPAddress}}";
    index = `http://${await docker("inspect", "--format", format, container)}:8000/simple`;
  }, minutes);

  afterAll(() => docker("rm", "--force", "--volumes", container), minutes);

  const args = (name: string) => [
    "dependencies",
    `--package=${name}`,
    "--version=1.0",
    "--also=",
    `--prefix=${prefix}`,
    `--index=${index}`,
  ];

  test(
    "says so where none is given",
    async () => {
      expect(await problemOf(args("broken"))).toMatchObject({
        exitCode: 1,
        message: `the index \`${index}\` refuses: 401 Unauthorized`,
        hint: "give USER:PASSWORD with `--index-credentials-file PATH` or `BUNDLES_INDEX_CREDENTIALS`",
      });
    },
    minutes,
  );

  test(
    "gets it from the environment, and nobody else sees it",
    async () => {
      const env = { BUNDLES_INDEX_CREDENTIALS: `me:${secret}` };
      const built = await build(workspace, args("native"), { env });
      expect(built.exitCode).toBe(0);
      expect(built.stdout + built.stderr).not.toContain(secret);
      const left = readdirSync(workspace, { recursive: true, withFileTypes: true });
      const holding = left
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).includes(secret));
      expect(holding).toEqual([]);
    },
    minutes,
  );
});
