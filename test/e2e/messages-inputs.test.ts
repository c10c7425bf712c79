/** What is wrong with what a run was given is told in these words. @newer-engine: no engine is asked. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { folderWith, refusal, refused } from "./message.ts";
import { build, tbuild } from "./tbuild.ts";

const given = `
params:
  packages: { type: path }
  registry: {}
targets:
  packages:
    first-of:
      - { use: "\${packages}", match: ["*.deb"] }
      - { target: source }
  source: { run: "mkdir -p out; echo x > out/a.deb", outputs: [out/a.deb] }
  push: { push: web, registry: "\${registry}" }
  web: { image: ctx, tags: [shop/web] }
`;

test("a pattern that matches nothing is told with its target, in an included file too", async () => {
  const folder = folderWith(
    `
include: { tools: tools/targets.yaml }
targets: { a: { run: "echo x > x", inputs: ["src/**"], outputs: [x] } }
`,
    { "tools/targets.yaml": 'targets: { lint: { run: "true", inputs: ["*.c"] } }\n', x: "mine" },
  );
  expect(await refusal(folder, ["a", "tools/lint", "--keep-going"])).toEqual(
    refused(
      2,
      `
a: failed after N s: input \`src/**\` matches no file (1/2)
tools/lint: failed after N s: input \`tools/*.c\` matches no file (2/2)

targets.yaml:2:36: error: target \`a\` failed: input \`src/**\` matches no file
    2 | targets: { a: { run: "echo x > x", inputs: ["src/**"], outputs: [x] } }
      |                                    ^^^^^^
again: tbuild a

tools/targets.yaml:1:33: error: target \`tools/lint\` failed: input \`tools/*.c\` matches no file
    1 | targets: { lint: { run: "true", inputs: ["*.c"] } }
      |                                 ^^^^^^
again: tbuild tools/lint

failed 2 in N s
`,
    ),
  );
});

test("a missing context and a missing Dockerfile are told with where they were looked for", async () => {
  const folder = folderWith(`
targets:
  a: { image: ctx, tags: [shop/a] }
  b: { image: other, dockerfile: Containerfile, tags: [shop/b] }
`);
  mkdirSync(`${folder}/other`);
  expect(await refusal(folder, ["a", "b", "-k"])).toEqual(
    refused(
      2,
      `
a: failed after N s: context folder \`ctx\` does not exist (1/2)
b: failed after N s: no \`Containerfile\` in \`other\` (2/2)

targets.yaml:2:8: error: target \`a\` failed: context folder \`ctx\` does not exist
    2 |   a: { image: ctx, tags: [shop/a] }
      |        ^^^^^
again: tbuild a

targets.yaml:3:22: error: target \`b\` failed: no \`Containerfile\` in \`other\`
    3 |   b: { image: other, dockerfile: Containerfile, tags: [shop/b] }
      |                      ^^^^^^^^^^
again: tbuild b

failed 2 in N s
`,
    ),
  );
});

test("a given path that does not exist is an error, and no silent fallback", async () => {
  expect(await refusal(folderWith(given), ["packages", "--packages", "nope"])).toEqual(
    refused(
      2,
      `
packages: use $W/nope
packages (use $W/nope): failed after N s: given path \`$W/nope\` does not exist (1/1)

targets.yaml:7:11: error: target \`packages (use $W/nope)\` failed: given path \`$W/nope\` does not exist
    7 |       - { use: "\${packages}", match: ["*.deb"] }
      |           ^^^
again: tbuild packages --packages nope

failed 1 in N s
`,
    ),
  );
});

test("a given folder without a match is an error, and what was made before still stands", async () => {
  const folder = folderWith(given);
  mkdirSync(`${folder}/empty`);
  await build(folder, ["packages"]);
  expect(await refusal(folder, ["packages", "--packages", "empty"])).toEqual(
    refused(
      2,
      `
packages: use $W/empty
packages (use $W/empty): failed after N s: given path \`$W/empty\` holds no file that matches \`*.deb\` (1/1)

targets.yaml:7:11: error: target \`packages (use $W/empty)\` failed: given path \`$W/empty\` holds no file that matches \`*.deb\`
    7 |       - { use: "\${packages}", match: ["*.deb"] }
      |           ^^^
again: tbuild packages --packages empty

failed 1 in N s
`,
    ),
  );
  expect((await build(folder, ["packages"])).finished).toMatchObject({ built: 0, fresh: 1 });
});

test("without fallback a missing input is told, with exit code 3", async () => {
  expect(await refusal(folderWith(given), ["packages", "--no-fallback"])).toEqual(
    refused(
      3,
      `
targets.yaml:5:3: error: target \`packages\` cannot have \`use\`: \`--packages\` not given
    5 |   packages:
      |   ^^^^^^^^
hint: give what is missing, or leave \`--no-fallback\` out to try the next alternative
`,
    ),
  );
});

test("push without a registry says how to name one", async () => {
  expect(await refusal(folderWith(given), ["push"])).toEqual(
    refused(
      2,
      `
targets.yaml:10:3: error: parameter \`registry\` is not given, and target \`push\` needs it
   10 |   push: { push: web, registry: "\${registry}" }
      |   ^^^^
hint: add \`--registry VALUE\`
`,
    ),
  );
});

test("a registry that cannot be one is refused before anything is built, without its password", async () => {
  const folder = folderWith(given);
  expect(await refusal(folder, ["push", "--registry", "https://me:pw@host/team"])).toEqual(
    refused(
      2,
      `
targets.yaml:10:22: error: registry \`https://***@host/team\` is a URL
   10 |   push: { push: web, registry: "\${registry}" }
      |                      ^^^^^^^^
hint: write \`host/team\`
`,
    ),
  );
});

test("a path given as a context outside the workspace is refused", async () => {
  const folder = folderWith(`
params: { ctx: { type: path } }
targets: { a: { image: "\${ctx}", tags: [shop/a] } }
`);
  expect(await refusal(folder, ["a", "--ctx", "/etc"])).toEqual(
    refused(
      2,
      `
targets.yaml:2:24: error: \`/etc\` for \`image\` leaves the workspace
    2 | targets: { a: { image: "\${ctx}", tags: [shop/a] } }
      |                        ^^^^^^^^
hint: give a path below the folder of the root target file
`,
    ),
  );
});

test("a command that fails leaves nothing half made, and what others made still stands", async () => {
  const folder = folderWith(`
targets:
  good: { run: "echo good > good.txt", outputs: [good.txt] }
  bad: { run: "echo half > bad.txt; echo 'cannot go on' >&2; exit 4", outputs: [bad.txt], needs: [good] }
  last: { needs: [bad] }
`);
  await tbuild(folder, ["good"]);
  expect(await refusal(folder, ["last"])).toEqual(
    refused(
      1,
      `
bad: started, never made
bad: failed after N s: command failed with exit code 4 (2/2)

error: target \`bad\` failed: command failed with exit code 4
  cannot go on
log: .tbuild/logs/bad.log
again: tbuild bad

failed 1, fresh 1 in N s
`,
    ),
  );
  expect(readFileSync(`${folder}/good.txt`, "utf8")).toBe("good\n");
});

test("commands of an included file start in its folder", async () => {
  const folder = folderWith("\ninclude: { tools: tools/targets.yaml }\n", {
    "tools/targets.yaml":
      'targets: { list: { run: "cat a.txt > b.txt", inputs: [a.txt], outputs: [b.txt] } }\n',
    "tools/a.txt": "from tools",
  });
  expect((await build(folder, ["tools/list"])).finished).toMatchObject({ built: 1, failed: 0 });
  expect(readFileSync(`${folder}/tools/b.txt`, "utf8")).toBe("from tools");
  writeFileSync(`${folder}/tools/a.txt`, "edited");
  await build(folder, ["tools/list"]);
  expect(readFileSync(`${folder}/tools/b.txt`, "utf8")).toBe("edited");
});
