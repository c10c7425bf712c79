/**
 * An application of real size on the whole way: from its name and version to its page, with two Pythons.
 * @one-engine: folders of this machine are mounted, and the newer engine has a root file system of its own.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestFiles } from "../support/folder.ts";
import {
  address,
  appFolder,
  at,
  type Bundlery,
  inBundle,
  logs,
  openBundlery,
  prefix,
  serve,
  start,
  stop,
  succeed,
  untilLog,
} from "./bundle.ts";
import { run } from "./small-workspace.ts";
import { docker } from "./tbuild.ts";

const pythons = ["3.11", "3.13"];

interface Application {
  readonly package: string;
  readonly version: string;
  readonly service: string;
  readonly config: TestFiles;
  readonly options: readonly string[];
  /** Management command that puts `plums` into the database. */
  readonly store: readonly string[];
  /** Python that makes `names` of all that is stored. */
  readonly query: string;
  /** A page that shows what is stored, and one that a person sees. */
  readonly pages: Readonly<Record<string, string>>;
}

/** Keeps track of the packages of many machines: a Django project with 25 requirements, from the index. */
const patchman: Application = {
  package: "patchman",
  version: "4.0.21",
  service: "web",
  config: {
    "own_settings.py": `from patchman.settings import *
SECRET_KEY = "only for tests"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/config/own.sqlite3"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
`,
    "plums.json": '[{ "model": "arch.packagearchitecture", "fields": { "name": "plums" } }]',
  },
  // It imports a library that wants git, and uses it for repositories of Gentoo only.
  options: [
    "--env=PYTHONPATH=/config",
    "--env=DJANGO_SETTINGS_MODULE=own_settings",
    "--env=GIT_PYTHON_REFRESH=quiet",
  ],
  store: ["loaddata", "/config/plums.json"],
  query:
    'from arch.models import PackageArchitecture as P\nnames = list(P.objects.values_list("name", flat=True))',
  pages: { "/api/package-architecture/?format=json": '"name":"plums"', "/login/": "Patchman" },
};

/** What stands in for it where there is no index: the pantry, with Debian's Django. */
const pantry: Application = {
  package: "pantry-shop",
  version: "1.2.0",
  service: "shop",
  config: { "settings.ini": "[pantry]\ndatabase = /config/own.sqlite3\n" },
  options: [],
  store: ["store", "plums"],
  query: 'from pantry.models import Jar\nnames = list(Jar.objects.values_list("name", flat=True))',
  pages: { "/": "<h1>Pantry</h1><p>plums</p>" },
};

let bundlery: Bundlery;
let app: Application;
const clocks = new Map<string, { readonly name: string; readonly scripts: string }>();
const configs = new Map<string, readonly string[]>();

const imageOf = (python: string): string =>
  `${prefix}/${app.package}:${app.version}-python${python}`;
const optionsOf = (python: string): readonly string[] => configs.get(python) ?? [];
const named = (): readonly string[] => [`--package=${app.package}`, `--version=${app.version}`];

const script = (): string => `import django, sys
django.setup()
${app.query}
print(*names)
sys.exit(len(sys.argv))
`;

/** A script that cron runs: it appends what is stored, and which Python it is run by. */
const tick = (): string => `import django, sys
django.setup()
${app.query}
with open("/scripts/ticks", "a") as file:
    print("%d.%d" % sys.version_info[:2], *names, file=file)
`;

beforeAll(async () => {
  bundlery = await openBundlery();
  app = bundlery.index ? patchman : pantry;
  for (const python of pythons) {
    await succeed(bundlery.workspace, ["bundle", ...named(), ...(await bundlery.options(python))]);
    const config = [...at(appFolder(app.config), "/config"), ...app.options];
    configs.set(python, config);
    for (const command of [["migrate", "--verbosity", "0"], app.store]) {
      const done = await inBundle(["django-admin", ...command], config, imageOf(python));
      if (done.exitCode !== 0) throw new Error(done.stdout + done.stderr);
    }
    const scripts = appFolder({ "tick.py": tick() });
    const crontab = path.join(config[1]?.split(":")[0] as string, "crontab");
    writeFileSync(crontab, "* * * * * pyscript tick.py && echo ticked\n");
    // Its second minute comes while the other tests run.
    const name = await start(["cron"], [...config, ...at(scripts, "/scripts")], imageOf(python));
    clocks.set(python, { name, scripts });
  }
}, 1_200_000);

describe.each(pythons)("with Python %s", (python) => {
  test("pages come through nginx from the database that a management command migrated", async () => {
    const name = await serve(app.service, optionsOf(python), imageOf(python));
    for (const [place, text] of Object.entries(app.pages)) {
      const page = await fetch((await address(name, 8080)) + place);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(text)]);
      expect(await logs(name)).toContain(`"GET ${place} HTTP/1.1" 200 `);
    }
    expect((await stop(name)).exitCode).toBe(0);
  });

  test("a script queries it with that Python, and its exit code comes back", async () => {
    const folder = appFolder({ "names.py": script(), "fail.py": "import sys; sys.exit(11)" });
    const options = [...optionsOf(python), ...at(folder, "/scripts")];
    const asked = await inBundle(["pyscript", "names.py", "a", "b"], options, imageOf(python));
    expect(asked).toEqual({ exitCode: 3, stdout: "plums", stderr: "" });
    const failed = await inBundle(["pyscript", "fail.py"], options, imageOf(python));
    expect(failed).toEqual({ exitCode: 11, stdout: "", stderr: "" });
    const version = await inBundle(["python", "--version"], [], imageOf(python));
    expect(version.stdout).toMatch(new RegExp(`^Python ${python}\\.`));
  });

  test("cron runs its job a second time", async () => {
    const { name, scripts } = clocks.get(python) as { name: string; scripts: string };
    await untilLog(name, /(info job-\d+: ticked[\s\S]*){2}/);
    const ticks = readFileSync(path.join(scripts, "ticks"), "utf8");
    expect(ticks).toMatch(new RegExp(`^(${python} plums\n){2,}$`));
  });
});

test("wheels that are compiled again, uWSGI among them, have the same bytes", async () => {
  const { workspace } = bundlery;
  const file = path.join(wheelhouse(), "requirements.txt");
  const before = readFileSync(file, "utf8");
  expect(before).toMatch(/^uwsgi==/m);
  rmSync(path.join(workspace, ".tbuild/keep"), { recursive: true });
  const again = ["bundles/also", "bundles/wheelhouse-build"];
  const options = [...named(), ...(await bundlery.options("3.11"))];
  const { stdout } = await succeed(workspace, [...again, ...options, "--force"]);
  expect(stdout).toContain("Building wheel for uWSGI");
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("an image that is built again from nothing has the same layers", async () => {
  const { workspace } = bundlery;
  const [id, layers] = await idAndLayers();
  // A variable that nobody reads, with a value that no step was cached with.
  for (const name of ["base", "runner"]) {
    const file = path.join(workspace, "bundles", name, "Dockerfile");
    const again = `FROM $BASE\nARG AGAIN=${run}`;
    writeFileSync(file, readFileSync(file, "utf8").replace("FROM $BASE", again));
  }
  const given = [...named(), ...(await bundlery.options("3.11")), `--wheels=${wheelhouse()}`];
  await succeed(workspace, ["bundles/bundle", ...given]);
  const [newId, newLayers] = await idAndLayers();
  expect(newLayers).toEqual(layers);
  // The times in the configuration, as docs/bundles.md says.
  expect(newId).not.toBe(id);
});

const wheelhouse = (): string =>
  path.join(bundlery.workspace, `bundles/out/wheelhouse/python3.11/${app.package}-${app.version}`);

async function idAndLayers(): Promise<readonly [string, readonly string[]]> {
  const format = "{{.Id}} {{json .RootFS.Layers}}";
  const [id, layers] = (await docker("inspect", "--format", format, imageOf("3.11"))).split(" ");
  return [id as string, JSON.parse(layers as string)];
}
