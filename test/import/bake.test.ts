import { importFiles, importProblem } from "./support/import-files.ts";

const files = { "app/Dockerfile": "FROM scratch\n" };
const here = { Dockerfile: "FROM scratch\n" };
const bake = (text: string, more = {}) =>
  importFiles({ "docker-bake.hcl": text, ...files, ...more });

test("a target is an image, a group a group, and a variable a parameter", () => {
  const { top, targets, told } = bake(
    `
variable "NOTHING" { default = null }
variable "TAG" {
  default = "1.2"
  description = "What to release"
}
group "default" { targets = ["app"] }
group "everything" { targets = ["app", "docs"] }
target "app" {
  context = "app"
  dockerfile = "Dockerfile"
  target = "runtime"
  args = { VERSION = TAG, "EXTRA" = NOTHING }
  labels = { "org.example.version" = "v\${TAG}" }
  tags = ["shop/app:\${TAG}", "shop/app:latest"]
  network = "none"
}
target "docs" {
  description = "The manual"
  tags = ["shop/docs"]
}
`,
    here,
  );
  expect(top).toBe(`name: shop
default: app

params:
  tag: { default: "1.2", env: TAG, help: What to release }
`);
  expect(
    targets,
  ).toBe(`  # docker-bake.hcl:13: build argument \`EXTRA\` has no counterpart: it has no value unless one is given
  app:
    image: app
    dockerfile: Dockerfile
    stage: runtime
    args: { VERSION: "\${tag}" }
    tags: [ "shop/app:\${tag}", shop/app:latest ]
    labels: { org.example.version: "v\${tag}" }
    network: none

  docs:
    help: The manual
    image: .
    tags: [ shop/docs ]

  everything: { needs: [ app, docs ] }
`);
  expect(told).toEqual([
    "docker-bake.hcl:13: build argument `EXTRA` has no counterpart: it has no value unless one is given",
  ]);
});

test("what is inherited is put together, and a target that is only inherited from is no image", () => {
  const { targets } = bake(
    `
group "default" { targets = ["web"] }
target "_common" {
  labels = { a = "1", b = "1" }
  tags = ["x"]
}
target "_more" {
  labels = { b = "2" }
  context = "app"
}
target "web" {
  inherits = ["_common", "_more"]
  labels = { c = "3" }
}
`,
  );
  expect(targets).toBe(`  web:
    image: app
    tags: [ x ]
    labels: { a: "1", b: "2", c: "3" }
`);
});

test("a matrix stays one where each member follows from its values", () => {
  const { targets, top } = bake(`
group "default" { targets = ["app", "app-full-1"] }
target "app" {
  name = "app-\${kind}-\${nr}"
  matrix = { kind = ["slim", "full"], nr = [1, 2] }
  context = "app"
  tags = ["shop/app:\${nr}-\${kind}"]
}
`);
  expect(top).toBe('name: shop\ndefault: [ app, "app[full,1]" ]\n');
  expect(targets).toBe(`  app:
    matrix: { kind: [ slim, full ], nr: [ "1", "2" ] }
    image: app
    tags: [ "shop/app:\${nr}-\${kind}" ]
`);
});

test("members of a matrix that need more than their values are written one by one", () => {
  const { targets } = bake(`
target "app" {
  name = "app-\${replace(v, ".", "-")}"
  matrix = { v = ["1.0", "2.0"] }
  context = "app"
  tags = ["shop/app:\${v == "2.0" ? "latest" : v}"]
}
`);
  expect(targets).toBe(`  app-1-0:
    image: app
    tags: [ shop/app:1.0 ]

  app-2-0:
    image: app
    tags: [ shop/app:latest ]

  app: { needs: [ app-1-0, app-2-0 ] }
`);
});

test("functions are worked out, the file's own too, and what hangs on a variable is told", () => {
  const { targets, told } = bake(
    `
variable "REGISTRY" { default = "" }
variable "TAGS" { default = ["1", "2"] }
function "full" {
  params = [name]
  variadic_params = tags
  result = [for t in tags : "\${name}:\${lower(t)}" if t != ""]
}
target "a" { tags = full("shop/a", concat(["One", ""], TAGS)...) }
target "b" { tags = formatlist("%s/b:%s", REGISTRY == "" ? "local" : REGISTRY, ["x"]) }
target "c" { tags = ["c:\${timestamp()}"] }
`,
    here,
  );
  expect(targets).toBe(`  a:
    image: .
    tags: [ shop/a:one, shop/a:1, shop/a:2 ]

  # docker-bake.hcl:10: \`tags\` hangs on \`REGISTRY\`: what follows from the default is written here
  b:
    image: .
    tags: [ local/b:x ]

  # docker-bake.hcl:11: \`tags\` has no counterpart: function \`timestamp\` is not known
  c:
    image: .
`);
  expect(told.slice(1)).toHaveLength(2);
});

test("named contexts become tags and small images, and a Dockerfile may stand in the file", () => {
  const { targets, told } = bake(
    `
target "base" {
  context = "app"
  tags = ["shop/base:1"]
}
target "web" {
  dockerfile-inline = <<-EOT
    FROM base
    COPY --from=assets / /srv
    RUN echo "$\${HOME}"
  EOT
  contexts = {
    base = "target:base"
    assets = "./assets"
    tools = "docker-image://debian:12"
    alpine = "docker-image://alpine:3.20"
    remote = "https://example.org/x.git"
  }
  tags = ["shop/web:1"]
}
`,
    here,
  );
  expect(targets).toBe(`  all:
    help: All images
    needs: [ assets, tools, base, web ]

  # \`assets\` in Dockerfiles
  assets:
    image: ./assets
    dockerfile: |
      FROM scratch
      COPY . /
    tags: [ assets ]

  # \`tools\` in Dockerfiles
  tools:
    image: []
    dockerfile: |
      FROM debian:12
    tags: [ tools ]

  # \`base\` is what other Dockerfiles call it
  base:
    image: app
    tags: [ "shop/base:\${version}", base ]

  # docker-bake.hcl:12: context \`remote\` has no counterpart: \`https://example.org/x.git\` is nothing that tbuild can lay into a build
  # docker-bake.hcl:6: context \`alpine\` has no counterpart: the engine would take \`alpine\` for another image; write \`alpine:3.20\` into the Dockerfile
  web:
    image: .
    dockerfile: |
      FROM base
      COPY --from=assets / /srv
      RUN echo "$\${HOME}"
    tags: [ "shop/web:\${version}" ]
`);
  expect(told).toEqual([
    "Dockerfile:1: the Dockerfile is not built: nothing that was read names it",
    "docker-bake.hcl:6: context `alpine` has no counterpart: the engine would take `alpine` for another image; write `alpine:3.20` into the Dockerfile",
    "docker-bake.hcl:12: context `remote` has no counterpart: `https://example.org/x.git` is nothing that tbuild can lay into a build",
  ]);
});

test("secrets are secret parameters, and what is without a counterpart is told with its reason", () => {
  const { top, targets, told } = bake(`
target "app" {
  context = "app"
  secret = ["id=pip,env=PIP_TOKEN", { type = "file", id = "netrc", src = "~/.netrc" }]
  platforms = ["linux/arm64"]
  cache-to = ["type=inline"]
  ssh = ["default"]
}
`);
  expect(top).toBe(`name: shop
default: app

params:
  pip: { type: secret, default: "", env: PIP_TOKEN, help: Secret \`pip\` of builds }
  netrc: { type: secret, default: "", help: Secret \`netrc\` of builds }
`);
  expect(targets).toContain('    secrets: { pip: "${pip}", netrc: "${netrc}" }\n');
  expect(told).toEqual([
    "docker-bake.hcl:4: file `~/.netrc` of secret `netrc` is not named: say `--netrc-file ~/.netrc` when you build",
    "docker-bake.hcl:5: `platforms` has no counterpart: tbuild builds for the platform of the engine",
    "docker-bake.hcl:6: `cache-to` has no counterpart: the engine keeps its own build cache, and `cache` of the target file shares what was made",
    "docker-bake.hcl:7: `ssh` has no counterpart: builds have no SSH agent; fetch sources with rule `git`",
  ]);
});

test("a bake file in JSON says the same, and an override is laid over it", () => {
  const { targets, top } = importFiles({
    ...files,
    "docker-bake.json": `{
  "variable": { "TAG": { "default": "dev" } },
  "target": { "app": { "context": "app", "args": { "A": "1" }, "tags": ["shop/app:\${TAG}"] } }
}`,
    "docker-bake.override.json":
      '{ "target": { "app": { "args": { "B": "say \\"${TAG}\\"" }, "tags": ["x/app:${upper(TAG)}"] } } }',
  });
  expect(top).toContain("  tag: { default: dev, env: TAG }\n");
  expect(targets).toContain(`    args: { A: "1", B: 'say "\${tag}"' }
    tags: [ x/app:DEV ]
`);
});

test.each([
  [
    'target "a" {\n  tags = [1,\n',
    "docker-bake.hcl:3:1: expected a value, found the end of the file",
  ],
  ['target "a" {\n  tags = "x\n}', "docker-bake.hcl:2:10: the text that begins here has no end"],
  [
    'target "a" {\n  context = "." dockerfile = "x"\n}',
    'docker-bake.hcl:2:17: expected the end of the line, found `dockerfile = "x"`',
  ],
  ['target "a" {\n', "docker-bake.hcl:1:1: block `target` has no `}`"],
  ["target { }\n", "docker-bake.hcl:1:1: `target` needs one name, found 0"],
  ['thing "a" { }\n', "docker-bake.hcl:1:1: there is no block `thing` in a bake file"],
  ['target "a" {\n  inherits = ["b"]\n}', "docker-bake.hcl:2:3: there is no target `b`"],
  ['target "a" {\n  inherits = ["a"]\n}', "docker-bake.hcl:2:3: target `a` inherits from itself"],
  ['group "g" { targets = ["b"] }\ntarget "a" {}\n', "docker-bake.hcl:1:1: there is no target `b`"],
  ['target "a" {\n  matrix = "x"\n}', "docker-bake.hcl:2:3: `matrix` of `a` is no object of lists"],
  ['variable "A" { default = 1 }\n', "`docker-bake.hcl` builds no image"],
])("a bake file that cannot be read is told with its place: %j", (text, message) => {
  expect(importProblem({ "docker-bake.hcl": text }).message).toBe(message);
});

test("what is no JSON is told with its place", () => {
  expect(importProblem({ "docker-bake.json": '{ "target": [ }' }).message).toMatch(
    /^docker-bake\.json:1:\d+: not valid YAML: /,
  );
});
