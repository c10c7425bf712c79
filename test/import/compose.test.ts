import { importFiles, importProblem } from "./support/import-files.ts";

const made = "FROM scratch\n";
const compose = (text: string, files: Readonly<Record<string, string>> = {}) =>
  importFiles({ "compose.yaml": text, "web/Dockerfile": made, Dockerfile: made, ...files });

test("a service that is built is an image, called as compose calls it", () => {
  const { top, targets, told } = compose(`
services:
  web: { build: ./web }
  site:
    build:
      context: .
      args: [A=1, "B=two words"]
      labels: { c: 3 }
      target: runtime
      network: host
      tags: [shop/site:extra]
    image: shop/site
`);
  expect(top).toBe("name: shop\ndefault: [ web, site ]\n");
  expect(targets).toBe(`  web:
    image: ./web
    tags: [ shop-web ]

  site:
    image: .
    stage: runtime
    args: { A: "1", B: two words }
    tags: [ shop/site, shop/site:extra ]
    labels: { c: "3" }
    network: host
`);
  expect(told).toEqual([]);
});

test("variables are parameters with the value of .env or their default, but for what looks like a secret", () => {
  const { top, targets, told } = compose(
    `
services:
  web:
    image: \${REGISTRY:-hub.example.org}/web:\${TAG-dev}
    build:
      context: web
      args:
        FROM_ENV:
        LITERAL: $$HOME and $\${HOME}
        NEEDED: \${NEEDED:?say it}
        API_TOKEN: \${API_TOKEN:-}
        SET: \${TAG:+yes}
        OTHER: \${TAG:-later}
        OPEN: "\${TAG"
        NOT_SAID:
`,
    { ".env": "# versions\nTAG='1.0' # of today\nexport FROM_ENV=x\nAPI_TOKEN=hidden\n" },
  );
  expect(top).toBe(`# Dockerfile:1: the Dockerfile is not built: nothing that was read names it

name: shop
default: web

params:
  registry: { default: hub.example.org, env: REGISTRY }
  tag: { default: "1.0", env: TAG }
  from-env: { default: x, env: FROM_ENV }
  needed: { default: "", env: NEEDED, help: say it }
  api-token: { default: "", env: API_TOKEN }
`);
  expect(targets).toContain('    tags: [ "${registry}/web:${tag}" ]\n');
  expect(targets).toContain(`      FROM_ENV: \${from-env}
      LITERAL: $HOME and $\${HOME}
      NEEDED: \${needed}
      API_TOKEN: \${api-token}
      SET: yes
      OTHER: \${tag}
      OPEN: $\${TAG
`);
  expect(told.filter((line) => !line.startsWith("Dockerfile"))).toEqual([
    "compose.yaml:11: the value of `API_TOKEN` has no counterpart: it looks like a secret and stays in `.env`; rule `image` has `secrets` for such",
    "compose.yaml:12: `${TAG:+yes}` has no counterpart: a parameter has one value; what it is without the variable is written here",
    "compose.yaml:15: `NOT_SAID` of `args` has no counterpart: it has no value here; declare a parameter with `env` for it",
  ]);
  expect(targets).not.toContain("hidden");
});

test("anchors, merged maps and `extends` are followed; two services of one image are one", () => {
  const { targets, told } = compose(`
x-build: &build
  context: web
  args: { A: "1" }
services:
  web:
    build: { <<: *build, target: full }
    image: shop/web
  worker:
    extends: web
    command: work
  slim:
    extends: { service: web }
    build: { target: slim }
`);
  expect(targets).toBe(`  web:
    image: web
    stage: full
    args: { A: "1" }
    tags: [ shop/web ]

  # the image of \`web\`
  # compose.yaml:11: \`command\` has no counterpart: tbuild builds images and does not run them
  worker:
    needs: [ web ]

  # compose.yaml:12: tag \`shop/web\` has no counterpart: target \`web\` makes it, and one name stands for one image
  slim:
    image: web
    stage: slim
    args: { A: "1" }
`);
  expect(told).toHaveLength(3);
});

test("profiles are groups, secrets secret parameters, and contexts and Dockerfiles may lie elsewhere", () => {
  const { top, targets, told } = compose(
    `
secrets:
  pip: { environment: PIP_TOKEN }
  key: { file: ./key }
services:
  web:
    build:
      context: web
      dockerfile: ../docker/web
      secrets: [pip, { source: key, target: id }]
      additional_contexts: { site: "service:site" }
  site:
    profiles: [docs, all-of-it]
    build:
      context: .
      dockerfile_inline: |
        FROM scratch
`,
    { "docker/web": made },
  );
  expect(top).toBe(`# Dockerfile:1: the Dockerfile is not built: nothing that was read names it
# web/Dockerfile:1: the Dockerfile is not built: nothing that was read names it

name: shop
default: web

params:
  pip: { type: secret, default: "", env: PIP_TOKEN, help: Secret \`pip\` of builds }
  id: { type: secret, default: "", help: Secret \`id\` of builds }
`);
  expect(
    targets,
  ).toBe(`  # compose.yaml:10: file \`./key\` of secret \`id\` is not named: say \`--id-file ./key\` when you build
  web:
    image: web
    dockerfile: ../docker/web
    secrets: { pip: "\${pip}", id: "\${id}" }
    tags: [ shop-web ]

  # \`site\` is what other Dockerfiles call it
  site:
    image: .
    dockerfile: |
      FROM scratch
    tags: [ site ]

  docs:
    help: Profile docs
    needs: [ site ]

  all-of-it:
    help: Profile all-of-it
    needs: [ site ]
`);
  expect(told).toHaveLength(3);
});

test("what runs, and what comes from elsewhere, is told with its place and its reason", () => {
  const { told } = compose(
    `
include: [other.yaml]
services:
  web:
    build:
      context: web
      cache_from: [shop/web]
      network: frontend
      additional_contexts: [src=git://example.org/x]
      strange: 1
    ports: [80]
    depends_on: [database]
  remote: { build: "https://example.org/x.git" }
  database: { image: "postgres:16" }
networks: { frontend: }
`,
    { "compose.override.yaml": "services: {}\n" },
  );
  expect(told.filter((line) => line.startsWith("compose"))).toEqual([
    "compose.override.yaml:1: the override has no counterpart: it is for running; what it says of builds is left out",
    "compose.yaml:2: `include` has no counterpart: other compose files are not read",
    "compose.yaml:7: `cache_from` has no counterpart: the engine keeps its own build cache, and `cache` of the target file shares what was made",
    "compose.yaml:8: network `frontend` has no counterpart: builds have the networks `default`, `host` and `none`",
    "compose.yaml:9: context `src` has no counterpart: `git://example.org/x` is nothing that tbuild can lay into a build",
    "compose.yaml:10: `strange` has no counterpart: tbuild does not know it",
    "compose.yaml:11: `ports` has no counterpart: tbuild builds images and does not run them",
    "compose.yaml:12: `depends_on` has no counterpart: it is the order of what runs; what images build on is found in their Dockerfiles",
    "compose.yaml:13: service `remote` has no counterpart: it is built from `https://example.org/x.git`; rule `git` can fetch that",
    "compose.yaml:14: service `database` has no counterpart: nothing is built for it",
    "compose.yaml:15: `networks` has no counterpart: tbuild builds images and does not run them",
  ]);
});

test("an image that a Dockerfile takes with another tag than the one made here is told", () => {
  const { told } = importFiles({
    "compose.yaml":
      "services:\n  a: { build: a, image: shop/a:1 }\n  b: { build: b, image: shop/b:1 }\n",
    "a/Dockerfile": made,
    "b/Dockerfile": "# on a\nFROM shop/a:2\n",
  });
  expect(told).toEqual([
    "b/Dockerfile:2: `shop/a:2` comes from a registry: target `a` makes `shop/a:1`",
  ]);
});

test("a version and a registry that several images have are parameters", () => {
  const { top, targets } = importFiles({
    "compose.yaml": `services:
  a: { build: a, image: "hub.example.org/shop/a:1.4" }
  b: { build: a, image: "hub.example.org/shop/b:1.4" }
`,
    "a/Dockerfile": made,
  });
  expect(top).toContain(`  version: { default: "1.4", help: Tag of the images }
  registry: { default: hub.example.org, help: Registry of the images }
`);
  expect(targets).toContain('    tags: [ "${registry}/shop/b:${version}" ]\n');
});

test.each([
  ["services:\n  web: { build: [ }\n", /^compose\.yaml:2:19: not valid YAML: /],
  ["services:\n  web: { image: x }\n  # build:\n", /^`compose\.yaml` builds no image$/],
  [
    "services:\n  web: { extends: gone, build: . }\n",
    /^compose\.yaml:2:19: there is no service `gone`$/,
  ],
  [
    "services:\n  web: { extends: web, build: . }\n",
    /^compose\.yaml:2:19: service `web` extends itself$/,
  ],
])("a compose file that cannot be read is told with its place: %j", (text, message) => {
  expect(importProblem({ "compose.yaml": text }, "compose").message).toMatch(message);
});
