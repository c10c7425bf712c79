import { importFiles, importProblem } from "./support/import-files.ts";

const made = "FROM scratch\n";
const make = (text: string, files: Readonly<Record<string, string>> = {}) =>
  importFiles({ Makefile: text, Dockerfile: made, ...files });

test("lines that build, tag, push and save are targets, and plain variables parameters", () => {
  const { top, targets, told } = make(`REGISTRY ?= hub.example.org:5000
VERSION := 2.1
NAME = $(REGISTRY)/team/web
COMMIT := $(shell git rev-parse --short HEAD)

all: build

build:
\t@docker build --pull=false -t $(NAME):$(VERSION) --build-arg COMMIT=$(COMMIT) \\
\t   --build-arg 'WORDS=two words' --label a=b --target run --secret id=pip,env=PIP .

push: build
\tdocker tag $(NAME):$(VERSION) $(NAME):latest
\tdocker push $(NAME):$(VERSION) && docker push "$(NAME):latest"

save: build
\tdocker save -o dist/web.tar $(NAME):$(VERSION)
`);
  expect(top).toBe(`name: shop
default: all

params:
  registry: { default: hub.example.org:5000, env: REGISTRY }
  version: { default: "2.1" }
  pip: { type: secret, default: "", env: PIP, help: Secret \`pip\` of builds }
`);
  expect(
    targets,
  ).toBe(`  # Makefile:9: \`--pull\` has no counterpart: tbuild builds with the images that the engine has, and pulls those that it lacks
  web:
    image: .
    stage: run
    args: { COMMIT: "\${git.short}", WORDS: two words }
    secrets: { pip: "\${pip}" }
    tags: [ "\${registry}/team/web:\${version}", "\${registry}/team/web:latest" ]
    labels: { a: b }

  push:
    push: web
    registry: \${registry}/team

  save:
    save: web
    to: dist/web.tar

  all: { needs: [ web ] }

  build: { needs: [ web ] }
`);
  expect(told).toHaveLength(1);
});

test("a pattern rule is a matrix of what other rules ask of it", () => {
  const { targets, top } = make(
    `SERVICES = web worker
build: $(SERVICES:%=image-%) image-extra
image-%:
\tdocker build -t shop/$*:1 -f docker/$*/Dockerfile .
`,
    Object.fromEntries(
      ["web", "worker", "extra"].map((name) => [`docker/${name}/Dockerfile`, made]),
    ),
  );
  expect(top).toContain("default: build\n");
  expect(targets).toBe(`  images:
    matrix: { stem: [ web, worker, extra ] }
    image: .
    dockerfile: docker/\${stem}/Dockerfile
    tags: [ "shop/\${stem}:1" ]

  build: { needs: [ "images[web]", "images[worker]", "images[extra]" ] }
`);
});

test("what only make or a shell knows is told, and becomes a parameter where it is a value", () => {
  const { top, told } = make(`include common.mk
VERSION := $(shell git describe --tags)
PLAIN = $(shell cat VERSION)
ifeq ($(CI),true)
PUSH = yes
push:
\tdocker push shop/web:1
endif
build: X = 1
build: bin/app
\tgo build ./...
\tdocker build -t shop/web:$(VERSION) --build-arg P=$(PLAIN) --build-arg E=$(FROM_ENVIRONMENT) --build-arg W=$(word 1,a b) --ssh default .
\tdocker run shop/web:$(VERSION) true
\tdocker push shop/other:1
`);
  expect(top).toContain(`params:
  version: { default: latest, env: VERSION }
  plain: { default: latest, env: PLAIN }
  from-environment: { default: "", env: FROM_ENVIRONMENT }
`);
  expect(told).toEqual([
    "Makefile:1: `include common.mk` has no counterpart: other makefiles are not read",
    "Makefile:7: a line below a condition has no counterpart: which side counts is known to make alone",
    "Makefile:9: a variable of one target has no counterpart: it is not read",
    "Makefile:11: `go` of `build` has no counterpart: of rules only docker lines are read; rule `run` can do it",
    "Makefile:12: `$(shell git describe --tags)` has no counterpart: parameter `version` takes its place; `${git.tag}` and `${git.short}` are names that tbuild knows",
    "Makefile:12: `$(shell cat VERSION)` has no counterpart: parameter `plain` takes its place",
    "Makefile:12: `$(word …)` has no counterpart: that function is known to make alone",
    "Makefile:12: `--ssh` has no counterpart: builds have no SSH agent; fetch sources with rule `git`",
    "Makefile:13: `docker run` of `build` has no counterpart: tbuild builds images and does not run them",
    "Makefile:14: `docker push shop/other:1` has no counterpart: no line builds that image",
  ]);
});

test("loops, and patterns that nobody asks for, are told", () => {
  const { targets, told } = make(`NAME = team/web
build:
\tdocker build -t $(NAME) .
\tfor d in a b; do docker build -t x/$$d $$d; done
x-%:
\tdocker build -t x/$* .
push:
\tdocker push $(NAME)
\tdocker-compose pull
`);
  expect(targets).toContain("  push:\n    push: web\n    registry: docker.io/team\n");
  expect(told).toEqual([
    "Makefile:4: `for` of `build` has no counterpart: loops and conditions of the shell are not read; a matrix may say the same",
    "Makefile:5: pattern `x-%` has no counterpart: no other rule says what it is asked for",
    "Makefile:9: `docker-compose pull` of `push` has no counterpart: tbuild builds images and does not run them",
  ]);
});

test("a Makefile without such lines is none of them", () => {
  expect(importProblem({ Makefile: "all:\n\tcc -o x x.c\n" }, "make")).toEqual({
    message: "`Makefile` builds no image",
    hint: "lines with `docker build` are read; `--from dockerfiles` reads no Makefile",
  });
});
