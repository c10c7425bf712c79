/**
 * Layouts that projects have, small: what init writes of each is listed, builds with the engine, and is fresh then.
 *
 * @newer-engine: what init writes is proved, not the engine.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";
import { fileInImage, imageId, onBase, run } from "./small-workspace.ts";
import { type Built, baseImage, build, docker, tbuild } from "./tbuild.ts";

/** Names of images that the suite removes. */
const ours = `tbuild-test/${run}-`;

/** Names of folders and contexts become names of images, so these are the suite's own too. */
const named: string[] = [];

function own(name: string): string {
  named.push(`${name}-${run}`);
  return `${name}-${run}`;
}

function project(files: Readonly<Record<string, string>>): string {
  const folder = path.join(temporaryFolder(), `p${run}`);
  writeFiles(folder, files);
  return folder;
}

/** Writes the target file, lists it, builds it twice, and tells what the first build ran. */
async function initAndBuild(
  folder: string,
  args: readonly string[] = [],
): Promise<Built & { told: string }> {
  const made = await tbuild(folder, ["init", ...args]);
  expect(made).toMatchObject({ exitCode: 0 });
  const listed = await tbuild(folder, ["list"]);
  expect(listed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(made.stdout).toContain(listed.stdout);
  const first = await build(folder, []);
  expect(first).toMatchObject({ exitCode: 0 });
  const second = await build(folder, []);
  expect(second).toMatchObject({ exitCode: 0, ran: [] });
  return { ...first, told: made.stderr };
}

afterAll(async () => {
  if (process.env["DOCKER_HOST"] === undefined) return;
  for (const name of named) await execa("docker", ["rmi", "--force", name], { reject: false });
  const label = `label=org.tbuild.project=p${run}`;
  const replaced = await docker(
    "images",
    "--quiet",
    "--filter",
    "dangling=true",
    "--filter",
    label,
  );
  const ids = replaced.split("\n").filter((id) => id !== "");
  if (ids.length > 0) await docker("rmi", "--force", ...ids);
  const made = await docker("images", "--format", "{{.Repository}}:{{.Tag}}");
  const left = made
    .split("\n")
    .filter((name) => name.startsWith(`p${run}`) || name.startsWith(ours));
  if (left.length > 0) await docker("rmi", "--force", ...left);
});

test("a compose file with services that are built, one on another, and others that only run", async () => {
  const folder = project({
    ".env": "VERSION=3\n",
    "docker-compose.yml": `services:
  database:
    image: postgres:16
  common:
    image: ${ours}common:\${VERSION:-dev}
    build: ./common
    profiles: [base]
  api: &api
    image: ${ours}api:\${VERSION:-dev}
    build:
      context: .
      dockerfile: docker/api.Dockerfile
      target: runtime
      args: { VERSION: "\${VERSION:-dev}" }
    depends_on: [database]
    ports: ["8000:8000"]
  worker:
    <<: *api
    command: work
`,
    "common/Dockerfile": onBase("RUN echo common > /common"),
    "docker/api.Dockerfile": `ARG VERSION
FROM ${ours}common:\${VERSION} AS runtime
COPY src/app /app
FROM runtime AS debug
RUN false
`,
    "src/app": "the app\n",
  });
  const { ran, told } = await initAndBuild(folder);
  expect(ran).toEqual(["api", "common"]);
  expect(told).toBe(
    `docker-compose.yml:2: service \`database\` has no counterpart: nothing is built for it
docker-compose.yml:15: \`depends_on\` has no counterpart: it is the order of what runs; what images build on is found in their Dockerfiles
docker-compose.yml:16: \`ports\` has no counterpart: tbuild builds images and does not run them
docker-compose.yml:19: \`command\` has no counterpart: tbuild builds images and does not run them
`.trimEnd(),
  );
  expect(await fileInImage(`${ours}api:3`, "/app")).toBe("the app");
  const other = await build(folder, ["--version", "4"]);
  expect(other).toMatchObject({ exitCode: 0, ran: ["api", "common"] });
  expect(await fileInImage(`${ours}api:4`, "/common")).toBe("common");
});

test("a bake file with groups, inheritance, a matrix, functions, named contexts and an inline Dockerfile", async () => {
  const context = own("context");
  const assets = own("assets");
  const folder = project({
    "docker-bake.hcl": `
variable "REPO" { default = "${ours}bake" }
variable "TAG" { default = "1.0" }
function "tags" {
  params = [name]
  result = ["\${REPO}-\${name}:\${TAG}", "\${REPO}-\${name}:latest"]
}
group "default" { targets = ["app", "site"] }
target "_common" {
  args = { TAG = TAG }
  labels = { "org.example.vendor" = "test" }
  platforms = ["linux/amd64", "linux/arm64"]
}
target "base" {
  inherits = ["_common"]
  context = "base"
  tags = tags("base")
}
target "app" {
  inherits = ["_common"]
  name = "app-\${flavour}-\${replace(level, ".", "-")}"
  matrix = {
    flavour = ["slim", "full"]
    level = ["1.1", "1.2"]
  }
  contexts = { "${context}" = "target:base" }
  target = flavour
  args = { LEVEL = level }
  tags = ["\${REPO}-app:\${TAG}-\${flavour}-\${level}"]
}
target "site" {
  dockerfile-inline = <<-EOT
    FROM ${baseImage}
    COPY --from=${assets} /index.html /srv/
    ARG TAG
    RUN echo "$\${TAG}" > /tag
  EOT
  contexts = { "${assets}" = "./site" }
  inherits = ["_common"]
  tags = tags("site")
}
`,
    "base/Dockerfile": onBase("RUN echo base > /base"),
    Dockerfile: `FROM ${context} AS slim\nARG LEVEL\nRUN echo $LEVEL > /level\nFROM slim AS full\nRUN echo full > /full\n`,
    "site/index.html": "<p>\n",
  });
  const { ran, told } = await initAndBuild(folder);
  expect(ran).toEqual(
    [
      "app[full,1.1]",
      "app[full,1.2]",
      "app[slim,1.1]",
      "app[slim,1.2]",
      assets,
      "base",
      "site",
    ].sort(),
  );
  expect(told).toBe(
    "docker-bake.hcl:12: `platforms` has no counterpart: tbuild builds for the platform of the engine",
  );
  expect(await fileInImage(`${ours}bake-app:1.0-full-1.2`, "/level")).toBe("1.2");
  expect(await fileInImage(`${ours}bake-app:1.0-full-1.2`, "/base")).toBe("base");
  expect(await fileInImage(`${ours}bake-site:latest`, "/tag")).toBe("1.0");
  writeFiles(folder, { "base/Dockerfile": onBase("RUN echo other > /base") });
  expect((await build(folder, ["app[slim,1.1]"])).ran).toEqual(["app[slim,1.1]", "base"]);
});

test("a tree of Dockerfiles that name each other by what their folders are called", async () => {
  const folder = project({
    "base/Dockerfile": onBase("RUN echo base > /base"),
    "lang/runtime/Dockerfile": `FROM ${ours}tree/base\nRUN echo runtime > /runtime\n`,
    "tools/Dockerfile": onBase("RUN echo tool > /tool"),
    ...Object.fromEntries(
      ["api", "jobs", "web"].flatMap((name) => [
        [
          `services/${name}/Dockerfile`,
          `FROM ${ours}tree/runtime:latest\nCOPY --from=${ours}tree/tools /tool /\nCOPY name /\n`,
        ],
        [`services/${name}/name`, `${name}\n`],
      ]),
    ),
  });
  const { ran, told } = await initAndBuild(folder);
  expect(told).toBe("");
  expect(ran).toEqual([
    "base",
    "runtime",
    "services[api]",
    "services[jobs]",
    "services[web]",
    "tools",
  ]);
  expect(readFileSync(path.join(folder, "targets.yaml"), "utf8")).toContain(
    "matrix: { name: [ api, jobs, web ] }",
  );
  expect(await fileInImage(`p${run}/web:latest`, "/runtime")).toBe("runtime");
});

test("a Makefile with lines that build, tag and save", async () => {
  const folder = project({
    Makefile: `USER ?= ${ours}make
VERSION := 2.1
SERVICES = web worker
DOCKER = docker

.PHONY: all save
all: $(addprefix build-,$(SERVICES))

base:
\t@echo "base first"
\t$(DOCKER) build --rm -t $(USER)/base:$(VERSION) \\
\t\t-f docker/base.Dockerfile docker

build-%: base
\tcd services && $(DOCKER) build --build-arg VERSION=$(VERSION) -t $(USER)/$*:$(VERSION) ./$*

run: all
\tdocker run --rm $(USER)/web:$(VERSION)

save: base
\t$(DOCKER) tag $(USER)/base:$(VERSION) $(USER)/base:latest
\t$(DOCKER) save $(USER)/base:$(VERSION) | gzip > dist/base.tar.gz
`,
    "docker/base.Dockerfile": onBase("RUN echo base > /base"),
    "services/web/Dockerfile": `ARG VERSION\nFROM ${ours}make/base:\${VERSION}\nRUN echo web > /name\n`,
    "services/worker/Dockerfile": `ARG VERSION\nFROM ${ours}make/base:\${VERSION}\nRUN echo worker > /name\n`,
  });
  const { ran, told } = await initAndBuild(folder);
  expect(ran).toEqual(["base", "images[web]", "images[worker]"]);
  expect(told).toBe(
    "Makefile:18: `docker run` of `run` has no counterpart: tbuild builds images and does not run them",
  );
  expect(await fileInImage(`${ours}make/worker:2.1`, "/name")).toBe("worker");
  expect(await build(folder, ["save"])).toMatchObject({ exitCode: 0, ran: ["save"] });
  expect(await imageId(`${ours}make/base:latest`)).toBe(await imageId(`${ours}make/base:2.1`));
});

test("a monorepo whose compose file builds some of its services, on a base that only a Dockerfile knows", async () => {
  const folder = project({
    "compose.yaml": `name: p${run}
x-build: &build
  args: [LEVEL=3]
services:
  gateway:
    build: { <<: *build, context: services/gateway }
    ports: ["80:80"]
  users:
    build:
      <<: *build
      context: .
      dockerfile: services/users/Dockerfile
      additional_contexts: ["${own("lib")}=./libs"]
`,
    "images/base/Dockerfile": onBase("RUN echo base > /base"),
    "services/gateway/Dockerfile": `FROM ${ours}mono/base\nARG LEVEL\nRUN echo $LEVEL > /level\n`,
    "services/users/Dockerfile": `FROM ${ours}mono/base\nCOPY services/users/main /\nCOPY --from=lib-${run} /library /\n`,
    "services/users/main": "main\n",
    "services/old/Dockerfile": "FROM old\n",
    "libs/library": "lib\n",
    Makefile: "build:\n\tdocker build .\n",
  });
  const { ran, told } = await initAndBuild(folder);
  expect(ran).toEqual(["base", "gateway", `lib-${run}`, "users"]);
  expect(
    told,
  ).toBe(`compose.yaml:7: \`ports\` has no counterpart: tbuild builds images and does not run them
services/old/Dockerfile:1: the Dockerfile is not built: nothing that was read names it`);
  expect(await fileInImage(`p${run}-gateway`, "/level")).toBe("3");
  expect(await fileInImage(`p${run}-users`, "/library")).toBe("lib");
});

test("a package of Sideloader's kind `dir` is made in a builder", async () => {
  const folder = project({
    ".deploy.yaml": `name: p${run}
buildtype: dir
buildscript: deploy/build.sh
postinstall: deploy/post.sh
dependencies: [nginx, libpq5 >= 9]
nginx: [etc/shop.conf]
version: "1.2"
`,
    "deploy/build.sh":
      '#!/bin/sh -e\nmkdir -p "$BUILDDIR/etc" "$BUILDDIR/$NAME"\necho "$BRANCH" > "$BUILDDIR/$NAME/branch"\necho conf > "$BUILDDIR/etc/shop.conf"\n',
    "deploy/post.sh": "echo installed $INSTALLDIR\n",
  });
  const made = await tbuild(folder, ["import", "sideloader"]);
  expect(made).toMatchObject({ exitCode: 0, stderr: "" });
  const first = await build(folder, ["--builder-base", baseImage]);
  expect(first).toMatchObject({ exitCode: 0, ran: ["builder", "package"] });
  const { stdout: fields } = await execa("dpkg-deb", [
    "--field",
    path.join(folder, `dist/p${run}.deb`),
  ]);
  expect(fields).toContain(`Package: p${run}\nVersion: 1.2\n`);
  expect(fields).toContain("Depends: nginx, libpq5 (>= 9)\n");
  const listed = (await execa("dpkg-deb", ["--contents", path.join(folder, `dist/p${run}.deb`)]))
    .stdout;
  expect(listed).toContain("./etc/nginx/sites-enabled/shop.conf");
  expect(listed).toContain(`./srv/p${run}/branch`);
  expect((await build(folder, ["--builder-base", baseImage])).ran).toEqual([]);
});
