/** What is wrong in a target file is told in these words. @newer-engine: no engine is asked. */
import { writeFileSync } from "node:fs";
import { folderWith, refusal, refused } from "./message.ts";

test("a cycle is shown from its first target back to it", async () => {
  const folder = folderWith(`
targets:
  a: { needs: [b] }
  b: { needs: [a] }
  c: { after: [c] }
`);
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:2:3: error: dependency cycle: a -> b -> a
    2 |   a: { needs: [b] }
      |   ^
hint: take one of these dependencies out
targets.yaml:4:3: error: dependency cycle: c -> c
    4 |   c: { after: [c] }
      |   ^
hint: take one of these dependencies out
`,
    ),
  );
});

test("two targets with one output are told with both places, in included files too", async () => {
  const folder = folderWith(
    `
include: { tools: tools/targets.yaml }
targets:
  a: { run: "true", outputs: [tools/x] }
  one: { image: ctx, tags: ["shop/web:1"] }
  two: { image: ctx, tags: ["shop/web:1"] }
`,
    { "tools/targets.yaml": 'targets:\n  b: { run: "true", outputs: [x] }\n', "tools/x": "mine" },
  );
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:5:22: error: targets \`one\` and \`two\` both make \`shop/web:1\`
    5 |   two: { image: ctx, tags: ["shop/web:1"] }
      |                      ^^^^
hint: give one of them another output; \`one\` is declared at targets.yaml:4
tools/targets.yaml:2:21: error: targets \`a\` and \`tools/b\` both make \`tools/x\`
    2 |   b: { run: "true", outputs: [x] }
      |                     ^^^^^^^
hint: give one of them another output; \`a\` is declared at targets.yaml:3
`,
    ),
  );
});

test("outputs, inputs and contexts outside the workspace are refused, in included files too", async () => {
  const folder = folderWith(
    `
include: { tools: tools/targets.yaml }
targets:
  a: { run: "true", inputs: [../x], outputs: [/tmp/x] }
  b: { image: /etc, tags: [b] }
  c: { archive: [a], to: ../x.tar.gz }
`,
    { "tools/targets.yaml": 'targets:\n  b: { run: "true", outputs: [../../x] }\n' },
  );
  const hint = "hint: give a path below the folder of the root target file";
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:3:30: error: \`../x\` for \`inputs\` leaves the workspace
    3 |   a: { run: "true", inputs: [../x], outputs: [/tmp/x] }
      |                              ^^^^
${hint}
targets.yaml:3:47: error: \`/tmp/x\` for \`outputs\` leaves the workspace
    3 |   a: { run: "true", inputs: [../x], outputs: [/tmp/x] }
      |                                               ^^^^^^
${hint}
targets.yaml:4:15: error: \`/etc\` for \`image\` leaves the workspace
    4 |   b: { image: /etc, tags: [b] }
      |               ^^^^
${hint}
targets.yaml:5:26: error: \`../x.tar.gz\` for \`to\` leaves the workspace
    5 |   c: { archive: [a], to: ../x.tar.gz }
      |                          ^^^^^^^^^^^
${hint}
tools/targets.yaml:2:31: error: \`../../x\` for \`outputs\` leaves the workspace
    2 |   b: { run: "true", outputs: [../../x] }
      |                               ^^^^^^^
${hint}
`,
    ),
  );
});

test("targets and parameters named like commands and options are refused", async () => {
  const folder = folderWith(`
params: { jobs: {}, no-fallback: {} }
targets:
  list: { run: "true" }
  help: { run: "true" }
`);
  expect(await refusal(folder, ["list"])).toEqual(
    refused(
      2,
      `
targets.yaml:1:11: error: a parameter cannot be called \`jobs\`: \`--jobs\` is an option of tbuild
    1 | params: { jobs: {}, no-fallback: {} }
      |           ^^^^
hint: choose another name
targets.yaml:1:21: error: a parameter cannot be called \`no-fallback\`: \`--no-fallback\` is an option of tbuild
    1 | params: { jobs: {}, no-fallback: {} }
      |                     ^^^^^^^^^^^
hint: choose another name
targets.yaml:3:3: error: a target cannot be called \`list\`: it is a command of tbuild
    3 |   list: { run: "true" }
      |   ^^^^
hint: choose another name
targets.yaml:4:3: error: a target cannot be called \`help\`: it is a command of tbuild
    4 |   help: { run: "true" }
      |   ^^^^
hint: choose another name
`,
    ),
  );
});

test("duplicate keys are told with the place of the first", async () => {
  const folder = folderWith('targets:\n  a: { run: "true" }\n  a: { run: "false" }\n');
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:3:3: error: key \`a\` is here a second time
    3 |   a: { run: "false" }
      |   ^
  the first is at targets.yaml:2:3
hint: remove one of them
`,
    ),
  );
});

test("anchors that explode are refused at once", async () => {
  const ten = (what: string): string => `[${Array(10).fill(what).join(",")}]`;
  const bomb = ["a: &a [x]", ..."bcdefgh".split("").map(level)];
  function level(name: string, index: number): string {
    return `${name}: &${name} ${ten(`*${"abcdefgh"[index]}`)}`;
  }
  expect(await refusal(folderWith(`${bomb.join("\n")}\ntargets: *h\n`), ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:6:11: error: aliases repeat more than 100000 values
    6 | f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]
      |           ^^
hint: write a \`matrix\`, or a script that a target runs
`,
    ),
  );
});

test("a file of 10 MB is refused with its size", async () => {
  expect(await refusal(folderWith("#".repeat(10 * 1024 * 1024)), ["a"])).toEqual(
    refused(
      2,
      `
error: \`targets.yaml\` has 10 MB, a target file may have 4 MB
hint: is it the right file? lists of targets may be split with \`include\` or made by \`matrix\`
`,
    ),
  );
});

test("bytes that are not UTF-8 are told with their place", async () => {
  const folder = folderWith("");
  writeFileSync(`${folder}/targets.yaml`, 'targets:\n  a: { run: "caf\xe9" }\n', "latin1");
  expect(await refusal(folder, ["a"])).toEqual(
    refused(
      2,
      `
targets.yaml:2:17: error: byte 0xe9 is not UTF-8
    2 |   a: { run: "caf\ufffd" }
      |                 ^
hint: save the file as UTF-8
`,
    ),
  );
});

test("files that are not there are told, an included one with the place that names it", async () => {
  const folder = folderWith("include: { tools: tools/targets.yaml }\n");
  expect(await refusal(folder, [])).toEqual(
    refused(
      2,
      `
targets.yaml:1:19: error: cannot read \`tools/targets.yaml\`: there is no such file
    1 | include: { tools: tools/targets.yaml }
      |                   ^^^^^^^^^^^^^^^^^^
`,
    ),
  );
  expect(await refusal(folder, ["--file", "nope.yaml"])).toEqual(
    refused(2, "error: cannot read `nope.yaml`: there is no such file\n"),
  );
});
