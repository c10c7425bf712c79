import { loaded, problemsIn } from "./support/workspace.ts";

describe("YAML that is not valid", () => {
  test("is told at its place, without what follows from it", () => {
    expect(problemsIn("targets:\n  a: { run: make\n  b: { run: make }\n")).toEqual([
      "targets.yaml:3:3+1: not valid YAML: flow map in block collection must be sufficiently indented and end with a }",
    ]);
  });

  test("because of a parameter in brackets gets told to quote it", () => {
    expect(problemsIn('targets:\n  a: { run: make, inputs: [a/${x}/b, "c"] }\n')).toEqual([
      "targets.yaml:2:31+1: not valid YAML: missing , or : between flow sequence items; inside `[ ]` and `{ }`, put text with `${…}` in quotes",
    ]);
  });

  test("is a tab for indentation", () => {
    expect(problemsIn("targets:\n\ta: {}\n")).toEqual([
      "targets.yaml:2:1+1: not valid YAML: tabs are not allowed as indentation",
    ]);
  });

  test("is more than one document", () => {
    expect(problemsIn("targets: {}\n---\ntargets: {}\n")).toEqual([
      "targets.yaml:2:1+3: a second YAML document begins here, a target file is one",
    ]);
  });

  test("is a tag that nobody knows", () => {
    expect(problemsIn("targets: !include x\n")).toEqual([
      "targets.yaml:1:10+8: not valid YAML: unresolved tag: !include",
    ]);
  });

  test("is nothing at all", () => {
    expect(problemsIn("# to be written\n")).toEqual([
      "targets.yaml:1:1+1: this file is empty; a target file needs at least `targets`",
    ]);
  });

  test("has a key twice: both places are told", () => {
    expect(problemsIn("targets:\n  a: { run: x }\n  b: {}\n  a: { run: y }\n")).toEqual([
      "targets.yaml:4:3+1: key `a` is here a second time (the first is at targets.yaml:2:3); remove one of them",
    ]);
  });

  test.each([
    ["lists", `targets: ${"[".repeat(50_000)}`],
    ["mappings", `targets: ${"{ a: ".repeat(20_000)}`],
    ["lists in a column", `targets:\n  ${"- ".repeat(20_000)}a`],
    ["explicit keys", `targets: ${"[? ".repeat(20_000)}`],
  ])("is nested beyond all measure: %s", (_, text) => {
    expect(problemsIn(text)).toEqual([
      "targets.yaml:1:1+1: values are nested too deeply in this file",
    ]);
  });
});

describe("anchors", () => {
  test("stand for what they name", () => {
    const text = "targets:\n  a: { run: x, inputs: &src [a, b] }\n  b: { run: y, inputs: *src }\n";
    const [a, b] = loaded(text).targets;
    expect(b?.fields["inputs"]).toEqual(a?.fields["inputs"]);
  });

  test("that are not there are told", () => {
    expect(problemsIn("targets: { a: { needs: *src } }")).toEqual([
      "targets.yaml:1:24+4: there is no anchor `src` before this alias",
    ]);
  });

  test("that stand for themselves are told", () => {
    expect(problemsIn("targets: { a: { needs: &n [*n] } }")).toEqual([
      "targets.yaml:1:28+2: there is no anchor `n` before this alias",
    ]);
  });

  test("that explode are stopped at once", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level++) {
      const alias = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array(10).fill(alias).join(", ")}]`);
    }
    // They stand for a hundred billion values: whoever goes through them never comes back.
    const [first] = problemsIn(lines.join("\n"));
    expect(first).toBe(
      "targets.yaml:5:45+3: aliases repeat more than 100000 values; write a `matrix`, or a script that a target runs",
    );
  });
});

describe("bytes", () => {
  test("that are not UTF-8 are told with their place", () => {
    const bytes = Buffer.concat([
      Buffer.from("# größe\ntargets:\n  é: "),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(" x\n"),
    ]);
    expect(problemsIn({ "targets.yaml": bytes })).toEqual([
      "targets.yaml:3:6+1: byte 0xff is not UTF-8; save the file as UTF-8",
    ]);
  });

  test("that break off in the middle of a character are told too", () => {
    const bytes = Buffer.concat([Buffer.from("targets: {}\n# "), Buffer.from([0xe2, 0x82])]);
    expect(problemsIn({ "targets.yaml": bytes })).toEqual([
      "targets.yaml:2:3+1: byte 0xe2 is not UTF-8; save the file as UTF-8",
    ]);
  });

  test("of a byte order mark do not shift places", () => {
    expect(problemsIn("\ufefftargets: 7\n")).toEqual([
      "targets.yaml:1:10+1: expected a mapping for `targets`, found the number 7",
    ]);
  });

  test("in great number are refused before they are read", () => {
    // Nothing is said of what is wrong in them.
    expect(problemsIn(`targets: [\n${"# filler\n".repeat(500_000)}`)).toEqual([
      "`targets.yaml` has 4.3 MB, a target file may have 4 MB; is it the right file? lists of targets may be split with `include` or made by `matrix`",
    ]);
  });
});
