/** What the two stages of MAMA need around them: repositories of the components, node, and copies of both stages. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { commitAll, git } from "../support/git.ts";
import { checkout } from "./tbuild.ts";

export const components = ["contentstore", "control", "jsbox", "scheduler"];

/** One of the two stages, as the example has it, in a folder of its own below `folder`. */
export function stageCopy(stage: "dockerbuild" | "dockerconfig", folder: string): string {
  const to = path.join(folder, stage);
  const from = path.join(checkout, "examples/mama", stage);
  const filter = (source: string) => !/\/(out|\.tbuild)$|targets\.lock$/.test(source);
  cpSync(from, to, { recursive: true, filter });
  return to;
}

/** Repositories `mama-ng-COMPONENT` with the branch `develop`, as small as real ones can be. */
export async function makeRepositories(): Promise<string> {
  const folder = temporaryFolder({
    ...pythonFiles("contentstore", {
      "contentstore/__init__.py": 'def message():\n    return "a message"\n',
      "contentstore/__main__.py":
        'import contentstore\n\nprint("contentstore has", contentstore.message())\n',
    }),
    ...pythonFiles(
      "control",
      {
        "control/__init__.py": "",
        "control/__main__.py":
          'import os\nimport contentstore\n\nprint("control 1 sends", contentstore.message(), "for", os.environ.get("MAMA_ENVIRONMENT"))\n',
      },
      ["mama-ng-contentstore>=1"],
    ),
    ...pythonFiles("scheduler", {
      "scheduler/__init__.py": "",
      "scheduler/__main__.py": 'print("scheduler 1")\n',
    }),
    "mama-ng-jsbox/package.json": JSON.stringify({
      name: "mama-ng-jsbox",
      version: "1.0.0",
      main: "index.js",
      dependencies: { greeting: "file:vendor/greeting-1.0.0.tgz" },
    }),
    "mama-ng-jsbox/index.js": 'console.log(`jsbox 1 says ${require("greeting")}`);\n',
  });
  await packGreeting(path.join(folder, "mama-ng-jsbox/vendor"));
  for (const component of components) {
    const repository = path.join(folder, `mama-ng-${component}`);
    commitAll(repository);
    git(repository, "branch", "--move", "develop");
  }
  return folder;
}

function pythonFiles(
  component: string,
  files: Readonly<Record<string, string>>,
  needs: readonly string[] = [],
): Record<string, string> {
  const setup = `from setuptools import setup
setup(name="mama-ng-${component}", version="1.0", packages=["${component}"], install_requires=${JSON.stringify(needs)})
`;
  const all = { "setup.py": setup, ...files };
  return Object.fromEntries(
    Object.entries(all).map(([file, text]) => [`mama-ng-${component}/${file}`, text]),
  );
}

/** A package as npm packs them, so that no index of packages is needed. */
async function packGreeting(to: string): Promise<void> {
  const source = temporaryFolder({
    "package/package.json": JSON.stringify({ name: "greeting", version: "1.0.0" }),
    "package/index.js": 'module.exports = "hello";\n',
  });
  mkdirSync(to, { recursive: true });
  await execa("tar", ["-czf", path.join(to, "greeting-1.0.0.tgz"), "-C", source, "package"]);
}

/** One more commit to a component, in which a file says something else. */
export function commitTo(
  repositories: string,
  component: string,
  files: Readonly<Record<string, string>>,
): string {
  const repository = path.join(repositories, `mama-ng-${component}`);
  writeFiles(repository, files);
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message=more");
  return git(repository, "rev-parse", "HEAD");
}

/** Puts the node that runs the tests, and its npm, into the engine, as the image of node has them. */
export async function importNode(reference: string): Promise<void> {
  const folder = temporaryFolder();
  const local = path.join(folder, "usr/local");
  mkdirSync(path.join(local, "bin"), { recursive: true });
  copyFileSync(process.execPath, path.join(local, "bin/node"));
  chmodSync(path.join(local, "bin/node"), 0o755);
  const { stdout: modules } = await execa("npm", ["root", "--global"]);
  cpSync(path.join(modules, "npm"), path.join(local, "lib/node_modules/npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", path.join(local, "bin/npm"));
  const tar = execa("tar", ["-c", "--owner=0", "--group=0", "-C", folder, "."], {
    buffer: false,
  });
  await Promise.all([tar, execa("docker", ["import", "-", reference], { input: tar.stdout })]);
}

/** Everything below a folder, with the folder itself, that belongs to somebody else; links are not followed. */
export function notOwnedBy(uid: number, folder: string): readonly string[] {
  const names = ["", ...readdirSync(folder, { recursive: true }).map(String)];
  return names.filter((name) => lstatSync(path.join(folder, name)).uid !== uid);
}

/** Gives a folder and all below it to somebody. */
export const giveTo = (uid: number, folder: string) =>
  execa("chown", ["--recursive", "--no-dereference", `${uid}:${uid}`, folder]);
