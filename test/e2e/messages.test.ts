/** What is wrong with names and graphs is told in these words. @newer-engine: no engine is asked. */
import { folderWith, refusal, refused } from "./message.ts";

const fine = `
params:
  version: { default: "1" }
  count: { type: number, default: 1 }
  os: { choices: [bookworm, trixie], env: SHOP_OS }
  token: { type: secret, env: SHOP_TOKEN }
targets:
  web: { run: "echo \${version} \${count} \${os}" }
  images: { run: "true", matrix: { component: [agent, analytics] } }
  publish: { run: "true", secrets: { TOKEN: "\${token}" } }
  docs: { run: "true" }
`;

test("unknown keys are told with the nearest one, of an included file at its own place", async () => {
  const folder = folderWith(
    `
defalt: a
include: { tools: tools/targets.yaml }
targets:
  a: { run: "true", input: [x] }
  img: { imag: . }
`,
    { "tools/targets.yaml": 'targets:\n  lint: { run: "true", afterr: [fmt] }\n' },
  );
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:1:1: error: a target file has no key \`defalt\`
    1 | defalt: a
      | ^^^^^^
hint: did you mean \`default\`?
targets.yaml:4:21: error: \`run\` has no key \`input\`
    4 |   a: { run: "true", input: [x] }
      |                     ^^^^^
hint: did you mean \`inputs\`?
targets.yaml:5:10: error: a target has no key \`imag\`
    5 |   img: { imag: . }
      |          ^^^^
hint: did you mean \`image\`?
tools/targets.yaml:2:24: error: \`run\` has no key \`afterr\`
    2 |   lint: { run: "true", afterr: [fmt] }
      |                        ^^^^^^
hint: did you mean \`after\`?
`,
    ),
  );
});

test("unknown targets, members and parameters are told with the nearest one", async () => {
  const folder = folderWith(`
params: { version: { default: "1" } }
targets:
  base: { run: "echo \${verison}" }
  api: { needs: [bsae], with: [bas] }
  all: { needs: ["images[agnet]"], after: ["images[agent,x]"] }
  images: { run: "true", matrix: { component: [agent] } }
`);
  expect(await refusal(folder, ["api"])).toEqual(
    refused(
      2,
      `
targets.yaml:3:22: error: there is no parameter \`verison\`
    3 |   base: { run: "echo \${verison}" }
      |                      ^^^^^^^^^^
hint: did you mean \`version\`?
targets.yaml:4:18: error: there is no target \`bsae\`
    4 |   api: { needs: [bsae], with: [bas] }
      |                  ^^^^
hint: did you mean \`base\`?
targets.yaml:4:32: error: there is no target \`bas\`
    4 |   api: { needs: [bsae], with: [bas] }
      |                                ^^^
hint: did you mean \`base\`?
targets.yaml:5:18: error: there is no target \`images[agnet]\`
    5 |   all: { needs: ["images[agnet]"], after: ["images[agent,x]"] }
      |                  ^^^^^^^^^^^^^^^
hint: did you mean \`images[agent]\`?
targets.yaml:5:44: error: \`images[agent,x]\` gives 2 values, the matrix has 1 key: \`component\`
    5 |   all: { needs: ["images[agnet]"], after: ["images[agent,x]"] }
      |                                            ^^^^^^^^^^^^^^^^^
`,
    ),
  );
});

test("unknown targets on the command line are told all at once", async () => {
  expect(await refusal(folderWith(fine), ["wbe", "images[agnet]", "web[a]", "zzzzzz"])).toEqual(
    refused(
      2,
      `
error: there is no target \`wbe\`
hint: did you mean \`web\`? \`tbuild list\` shows all
error: there is no target \`images[agnet]\`
hint: did you mean \`images[agent]\`?
error: there is no target \`web[a]\`: \`web\` has no matrix
hint: did you mean \`web\`?
error: there is no target \`zzzzzz\`
hint: \`tbuild list\` shows all
`,
    ),
  );
});

test("unknown and useless options are told with what would do", async () => {
  expect(await refusal(folderWith(fine), ["web", "--verison", "2", "--nope"])).toEqual(
    refused(
      2,
      `
error: there is no option \`--verison\`
hint: did you mean \`--version\`?
error: there is no option \`--nope\`
hint: \`tbuild --help\` shows all
`,
    ),
  );
  expect(await refusal(folderWith(fine), ["docs", "--os", "trixie"])).toEqual(
    refused(
      2,
      `
error: option \`--os\` has no effect on \`docs\`
hint: it is used by \`web\`
`,
    ),
  );
});

test("values of the wrong type are told with what is expected and what was found", async () => {
  const folder = folderWith(`
params:
  count: { type: number, default: many }
  odd: { type: strin }
  os: { choices: bookworm }
targets:
  a: { run: 5, inputs: src, outputs: { out: x } }
  b: { image: [x], tags: [b], service: { port: web } }
  c: [a]
  d: { run: "true", matrix: [1, 2] }
`);
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:2:35: error: default of parameter \`count\` cannot be \`many\`: expected a number
    2 |   count: { type: number, default: many }
      |                                   ^^^^
targets.yaml:3:16: error: \`type\` cannot be \`strin\`: choose \`string\`, \`number\`, \`flag\`, \`path\`, \`choice\`, \`list\` or \`secret\`
    3 |   odd: { type: strin }
      |                ^^^^^
targets.yaml:4:18: error: expected a list of values for \`choices\`, found the text \`bookworm\`
    4 |   os: { choices: bookworm }
      |                  ^^^^^^^^
targets.yaml:6:13: error: expected a command or a list of a program and its arguments for \`run\`, found the number 5
    6 |   a: { run: 5, inputs: src, outputs: { out: x } }
      |             ^
targets.yaml:6:38: error: expected text for \`outputs\`, found a mapping
    6 |   a: { run: 5, inputs: src, outputs: { out: x } }
      |                                      ^^^^^^^^^^
targets.yaml:7:48: error: expected a number for \`port\`, found the text \`web\`
    7 |   b: { image: [x], tags: [b], service: { port: web } }
      |                                                ^^^
targets.yaml:8:6: error: expected a mapping for target \`c\`, found a list
    8 |   c: [a]
      |      ^^^
targets.yaml:9:29: error: expected a mapping for \`matrix\`, found a list
    9 |   d: { run: "true", matrix: [1, 2] }
      |                             ^^^^^^
`,
    ),
  );
});

test("values that were given and are wrong are told with where they came from", async () => {
  const folder = folderWith(fine);
  const env = { SHOP_OS: "wheezy" };
  expect(await refusal(folder, ["web", "--count", "many"], { env })).toEqual(
    refused(
      2,
      `
error: parameter \`count\` cannot be \`many\`: expected a number
  given by --count
error: parameter \`os\` cannot be \`wheezy\`: choose \`bookworm\` or \`trixie\`
  given by environment variable SHOP_OS
`,
    ),
  );
});

test("parameters that nobody gave are told with how to give them", async () => {
  expect(await refusal(folderWith(fine), ["web", "publish"])).toEqual(
    refused(
      2,
      `
targets.yaml:7:3: error: parameter \`os\` is not given, and target \`web\` needs it
    7 |   web: { run: "echo \${version} \${count} \${os}" }
      |   ^^^
hint: add \`--os VALUE\`
targets.yaml:9:3: error: parameter \`token\` is not given, and target \`publish\` needs it
    9 |   publish: { run: "true", secrets: { TOKEN: "\${token}" } }
      |   ^^^^^^^
hint: set \`SHOP_TOKEN\`, or add \`--token-file PATH\`
`,
    ),
  );
});

test("a secret on the command line is refused, and not repeated", async () => {
  const answer = refused(
    2,
    `
error: secret \`token\` cannot be given on the command line, where other users can read it
hint: set the environment variable \`SHOP_TOKEN\`, or say \`--token-file PATH\`
`,
  );
  expect(await refusal(folderWith(fine), ["publish", "--token", "hunter2"])).toEqual(answer);
  expect(await refusal(folderWith(fine), ["publish", "--token=hunter2"])).toEqual(answer);
});

test("the file of a secret that cannot be read is named", async () => {
  expect(await refusal(folderWith(fine), ["publish", "--token-file", "nope"])).toEqual(
    refused(2, "error: cannot read `nope` for secret `token`: there is no such file\n"),
  );
});
