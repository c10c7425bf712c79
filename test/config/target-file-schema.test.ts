import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { targetFileSchema } from "../../src/config/schema/target-file-schema.ts";
import { temporaryFolder } from "../support/folder.ts";
import { testKinds } from "./support/kinds.ts";
import { problemsIn } from "./support/workspace.ts";

const ajv = new Ajv({ allowUnionTypes: true });
const accepts = ajv.compile(targetFileSchema(testKinds));
const acceptsReal = ajv.compile(targetFileSchema());

const schemaAccepts = (text: string) => accepts(parse(text));

test("the schema in the repository is the one that the rules make; `node scripts/schema.js` writes it", () => {
  const written = readFileSync(
    new URL("../../schema/targets.schema.json", import.meta.url),
    "utf8",
  );
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(targetFileSchema())));
});

/** All kinds of keys, in each shape that they may have. */
const good = [
  "targets: {}",
  "limits: { logs: 200 MB, traces: 1.5GiB }\ntargets: {}",
  "name: shop\ndefault: [a]\ntargets: { a: {} }",
  "params: { a: , b: { type: path, env: B, help: x }, c: { choices: [1, x] } }\ntargets: {}",
  "targets: { a: { run: make }, b: { run: [make, 1] }, c: { needs: a, after: [b] } }",
  "targets: { a: { matrix: { x: [1, true, b] }, pull: 'x:${x}', help: x } }",
  "targets: { a: { run: x, inputs: x, outputs: [a, b/], env: { A: 1, B: true }, network: none } }",
  "targets: { a: { run: x, inputs: [x, { target: b, as: c }] }, b: { pull: c } }",
  "targets: { a: { image: [x], include: { y: b }, service: { port: 1, ready: { tcp: true } } }, b: {} }",
  "targets: { a: { image: x, with: { b: { uses: x }, c: } }, b: {}, c: {} }",
  "params: { a: { required: true, pattern: 'x+' }, b: { type: secret, default: '' } }\ntargets: {}",
  "targets: { a: { run: x, images: { A: b } }, b: { pull: c } }",
  "params: { a: { default: [x, 1] } }\ntargets: { t: { matrix: { b: '${a}' }, pull: '${b}' } }",
  "params: { a: { type: list, form: x=y, pattern: { y: z }, choices: [b] } }\ntargets: {}",
  "params: { t: { type: secret } }\ntargets: { a: { run: x, secrets: { A: '${t}' } } }",
  "params: { t: {} }\ntargets: { a: { fetch: x, sha256: 1, unpack: '${t}', tries: '${t}' } }",
  "targets: { a: { first-of: [{ pull: x, needs: b }, { target: b }, { target: [b] }] }, b: {} }",
  "targets: { a: { archive: [x, b], to: y }, b: { rootfs: x, tags: y }, c: { rootfs: { target: b }, tags: [z] } }",
];

test.each(good)("what the validator accepts, the schema accepts: %s", (text) => {
  expect(problemsIn(text)).toEqual([]);
  expect(schemaAccepts(text)).toBe(true);
});

const bad = [
  "name: shop",
  "limits: { logs: 200 }\ntargets: {}",
  "limits: { log: 1 XB }\ntargets: {}",
  "limits: { trace: 1 MB }\ntargets: {}",
  "- a",
  "name: a b\ntargets: {}",
  "nam: shop\ntargets: {}",
  "targets: []",
  "targets: { a: , b: 7 }",
  "targets: { a/b: {} }",
  "targets: { list: {} }",
  "params: { jobs: {} }\ntargets: {}",
  "params: { a: { typ: path } }\ntargets: {}",
  "params: { a: { type: text } }\ntargets: {}",
  "params: { a: { choices: [] } }\ntargets: {}",
  "params: { a: { type: path, choices: [x] } }\ntargets: {}",
  "params: { a: { required: maybe } }\ntargets: {}",
  "targets: { a: { run: x, images: [b] }, b: { pull: c } }",
  "params: { a: { type: path, form: x=y } }\ntargets: {}",
  "params: { a: { type: list, default: [] } }\ntargets: {}",
  "targets: { t: { matrix: { b: x }, pull: y } }",
  "params: { a: { env: 1A } }\ntargets: {}",
  "include: { a: [x] }",
  "include: { a: { fil: x } }",
  "targets: { a: { run: x, pull: y } }",
  "targets: { a: { run: x, tags: [y] } }",
  "targets: { a: { imge: x } }",
  "targets: { a: { save: x } }",
  "targets: { a: { run: [] } }",
  "targets: { a: { run: { x: y } } }",
  "targets: { a: { run: x, in: [y] } }",
  "targets: { a: { run: x, network: bridge } }",
  "targets: { a: { run: x, env: [A] } }",
  "targets: { a: { run: x, inputs: [{ as: y }] } }",
  "targets: { a: { run: x, secrets: { A: y } } }",
  "targets: { a: { fetch: x, sha256: y, unpack: maybe } }",
  "targets: { a: { fetch: x, sha256: y, tries: often } }",
  "targets: { a: { image: x, service: {} } }",
  "targets: { a: { image: x, service: { port: 0 } } }",
  "targets: { a: { image: x, service: { port: 1, ready: { http: /, tcp: true } } } }",
  "targets: { a: { matrix: {} } }",
  "targets: { a: { matrix: { x: [] } } }",
  "targets: { a: { matrix: { x: [1, 1] } } }",
  "targets: { a: { first-of: [] } }",
  "targets: { a: { first-of: [{ first-of: [{ pull: x }] }] } }",
  "targets: { a: { first-of: [{ pull: x, help: y }] } }",
  "targets: { a: { with: { a: { use: x } } } }",
];

test.each(bad)("what the validator refuses for its shape, the schema refuses: %s", (text) => {
  expect(problemsIn(text)).not.toEqual([]);
  expect(schemaAccepts(text)).toBe(false);
});

/** The examples of docs/language.md. */
const documented = `
name: shop
default: all
params:
  version:  { default: 5.1.0-1, help: Version of packages and images }
  os:       { default: bookworm, choices: [bookworm, trixie], help: Debian release }
  packages: { type: path, env: SHOP_PACKAGES, help: Prebuilt packages }
  packages-url: {}
  packages-sha256: {}
  ref: {}
  to: { type: path, default: dist }
  registry: {}
  keep-images: { type: flag }
  fast:     { type: flag, help: Leave the documentation out }
  token:    { type: secret, env: SHOP_TOKEN, help: For the private index }
targets:
  manual:
    run: make -C docs manual VERSION=\${version}
    inputs: [docs/**, "!docs/drafts/**"]
    outputs: [out/manual.pdf, out/html/]
    env: { LC_ALL: C }
    pass-env: [SOURCE_DATE_EPOCH]
    in: builder
    network: none
    secrets: { TOKEN: "\${token}" }
  builder: { pull: debian }
  web:
    image: [images/common, images/web]
    dockerfile: Dockerfile
    include: { packages: packages }
    base: base
    args: { VERSION: "\${version}" }
    stage: runtime
    secrets: { index-token: "\${token}" }
    tags: ["shop/web:\${version}", "shop/web:latest"]
    labels: { org.opencontainers.image.version: "\${version}" }
    network: none
    service: { port: 80, ready: { http: /health, timeout: 30 } }
    with: [repo]
  repo: { image: images/repo, service: { port: 80 } }
  debian: { rootfs: debian-tar, tags: ["shop/debian:\${os}"], changes: ["CMD [\\"bash\\"]"] }
  debian-tar: { run: mmdebstrap, outputs: [out/debian.tar] }
  base: { pull: "debian:\${os}-slim" }
  playbooks: { git: "https://example.org/playbooks.git", ref: "\${ref}", submodules: true, to: out/playbooks }
  sources: { fetch: "https://example.org/a-1.0.tar.gz", sha256: 9f86, to: out/a.tar.gz }
  given: { use: "\${packages}", match: ["*.deb"] }
  package-build: { run: make packages }
  packages:
    first-of:
      - { use: "\${packages}", match: ["*.deb"] }
      - { fetch: "\${packages-url}", sha256: "\${packages-sha256}", unpack: true, match: ["*.deb"] }
      - target: package-build
  bundle: { archive: playbooks, prefix: playbooks-1.0/, to: "out/playbooks-1.0.tar.gz" }
  save:  { save: web, to: "\${to}", compress: gzip }
  push:  { push: web, registry: "\${registry}" }
  clean: { clean: project, keep-images: "\${keep-images}" }
  all: { needs: [web] }
`;

test("the examples of the language page are valid, by the validator and by the schema", () => {
  const folder = temporaryFolder({ "targets.yaml": documented });
  const result = loadTargetFile("targets.yaml", folder);
  expect(result.ok ? [] : result.problems).toEqual([]);
  acceptsReal(parse(documented));
  expect(acceptsReal.errors).toBeNull();
});
