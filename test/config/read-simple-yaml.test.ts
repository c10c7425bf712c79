import type { Node } from "../../src/config/yaml/node.ts";
import { readSimpleYaml } from "../../src/config/yaml/read-simple-yaml.ts";
import { readFullYaml } from "../../src/config/yaml/read-yaml.ts";
import { textOf } from "../../src/config/yaml/source.ts";

const fleet = `# yaml-language-server: $schema=./schema/targets.schema.json
name: shop
default: [all]

params:
  version:  { default: 5.1.0-1, help: Version of packages }   # of all of them
  n: { default: 1.10 }
  quoted: { default: "a \\"b\\"", help: 'it''s' }
include:
targets:
  base:
    help: The image   under every other
    first-of:
      - pull: "debian:\${os}-slim"
        needs: [x]
      - target: debian-rootfs
  images:
    matrix: { component: [controller, analytics,
        agent], os: [ a ] }
    image:
    - images/common
    - images/\${component}
    tags: ["contrail-\${component}:\${version}", 'x:latest']
    args: {}
  script:
    run: |
      make # not a comment
        deep: er

      cp a b
    outputs: [out/]
  clean: { clean: project, keep-images: true, x: ~ }
`;

const source = (text: string) => ({
  file: "t",
  path: "/t",
  digest: "sha256:0" as const,
  ...textOf(text, "t"),
});

/** What both readers must agree on; a text of several lines may end where it likes. */
function comparable(node: Node, text: string): unknown {
  const { line, column, length } = source(text).locate(node);
  const place = `${line}:${column}+${length}`;
  if (node.kind === "scalar") return [place, node.value, node.text];
  if (node.kind === "list") return [place, node.items.map((item) => comparable(item, text))];
  const entries = node.entries.map(({ key, keyAt, value }) => [
    key,
    keyAt,
    comparable(value, text),
  ]);
  return [place, entries];
}

/** Undefined where the simple reader leaves the text to the full one. */
function agreement(text: string): { simple: unknown; full: unknown } | undefined {
  const simple = readSimpleYaml(text);
  if (simple === undefined) return undefined;
  const full = readFullYaml(source(text));
  return {
    simple: comparable(simple, text),
    full: full.ok ? comparable(full.value, text) : full.problems[0]?.message,
  };
}

test("a target file in plain YAML is read without the full parser, and the same", () => {
  const found = agreement(fleet);
  expect(found).toBeDefined();
  expect(found?.simple).toEqual(found?.full);
});

test.each([
  "a: &x 1",
  "a: *x",
  "a: !t x",
  "a: >\n  x",
  "a: x\n  y",
  'a: "x\n  y"',
  "a: [x # y\n]",
  "a: [x: y]",
  "a: [b${c}]",
  "a: {b}",
  "a: b: c",
  "a: 1\na: 2",
  "a: {b: 1, b: 2}",
  "a:\n  b: 1\n c: 2",
  "a:\tb",
  "a: [x,\ny]",
  "a: [x]]",
  "a: 'x'y",
  "? a\n: b",
  "- a",
  "---\na: b",
  "a: 0x1f",
  "a: .inf",
  "a: [,]",
  "a: @x",
  "a: |2\n   x\n",
  "a: |\n  x",
  "",
  "# nothing",
  "x",
])("what is odd or wrong is left to the full parser: %j", (text) => {
  expect(readSimpleYaml(text)).toBeUndefined();
});

test("a text with small changes is read the same by both, or left to the full parser", () => {
  const bits = [
    " ",
    "\n",
    ":",
    "-",
    "#",
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "'",
    "|",
    "  ",
    ": ",
    "- ",
    "&",
    "\\",
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let read = 0;
  for (let round = 0; round < 500; round++) {
    const at = random(fleet.length);
    const drop = random(3);
    const text = fleet.slice(0, at) + (bits[random(bits.length)] ?? "") + fleet.slice(at + drop);
    const found = agreement(text);
    if (found === undefined) continue;
    read++;
    if (JSON.stringify(found.simple) !== JSON.stringify(found.full)) {
      throw new Error(`read differently: ${JSON.stringify(text.slice(at - 40, at + 40))}`);
    }
  }
  expect(read).toBeGreaterThan(33);
});
