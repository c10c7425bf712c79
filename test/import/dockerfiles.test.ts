import { importFiles, importProblem } from "./support/import-files.ts";

test("images are called after folders and files, and as the Dockerfiles call them that build on them", () => {
  const { top, targets, told } = importFiles({
    Dockerfile: "ARG TAG=latest\nFROM team/runtime:${TAG}\nCOPY --from=tools /x /\n",
    "Dockerfile.debug": "FROM shop/shop\n",
    "docker/tools.Dockerfile": "FROM busybox\nCOPY src/tools /x\n",
    "src/tools": "",
    "images/runtime/Dockerfile": "FROM debian:12\nCOPY . /\n",
    "images/node/Dockerfile": "FROM node:20\n",
    "web/Dockerfile": "FROM node:20\n",
    "node_modules/x/Dockerfile": "FROM x\n",
    "x/Dockerfile.j2": "FROM {{ base }}\n",
  });
  expect(top).toBe(`name: shop
default: all

params:
  version: { default: latest, help: Tag of the images }
`);
  expect(targets).toBe(`  all:
    help: All images
    needs: [ shop, debug, tools, node, runtime, web ]

  # called as the Dockerfiles call it that build on it
  shop:
    image: .
    tags: [ shop/shop ]

  debug:
    image: .
    dockerfile: Dockerfile.debug
    tags: [ "shop/debug:\${version}" ]

  # called as the Dockerfiles call it that build on it
  tools:
    image: .
    dockerfile: docker/tools.Dockerfile
    tags: [ tools ]

  node:
    image: images/node
    tags: [ "shop/node:\${version}" ]

  # called as the Dockerfiles call it that build on it
  runtime:
    image: images/runtime
    tags: [ team/runtime ]

  web:
    image: web
    tags: [ "shop/web:\${version}" ]
`);
  expect(told).toEqual([]);
});

test("a regular tree is one target with a matrix, and those that others need keep their own", () => {
  const service = "FROM shop/base\nCOPY . /\n";
  const { targets } = importFiles({
    "services/api/Dockerfile": service,
    "services/base/Dockerfile": "FROM scratch\n",
    "services/jobs/Dockerfile": service,
    "services/web/Dockerfile": service,
  });
  expect(targets).toBe(`  services:
    matrix: { name: [ api, jobs, web ] }
    image: services/\${name}
    tags: [ "shop/\${name}:\${version}" ]

  # called as the Dockerfiles call it that build on it
  base:
    image: services/base
    tags: [ shop/base ]
`);
});

test("of two folders of one name both say where they lie", () => {
  const { targets } = importFiles({
    "a/web/Dockerfile": "FROM scratch\n",
    "b/web/Dockerfile": "FROM scratch\n",
  });
  expect(targets).toMatch(/^ {2}a-web:\n[\s\S]*\n {2}b-web:\n/);
});

test("a folder without anything to read is told what was looked for", () => {
  expect(importProblem({ "readme.md": "" })).toEqual({
    message: "`SHOP` has nothing that tells of images",
    hint: "looked for bake file, compose file, Makefile with docker lines, Dockerfiles; name another folder: `tbuild init FOLDER`",
  });
  expect(importProblem({ Dockerfile: "FROM scratch\n" }, "bake")).toEqual({
    message: "`SHOP` has no bake file",
    hint: "it has Dockerfiles: leave `--from` out",
  });
});
