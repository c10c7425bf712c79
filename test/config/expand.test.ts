import { join } from "node:path";
import type { TargetName } from "../../src/model/target.ts";
import { expanded, fieldsOf, must, shown, target } from "./support/workspace.ts";

describe("a matrix", () => {
  const text = `
params: { v: { default: 2 } }
default: images
targets:
  deb:
    matrix: { c: [agent, web] }
    run: make \${c}
    outputs: ["out/\${c}_\${v}.deb"]
  images:
    help: One image each
    matrix: { c: [agent, web], os: [a, b] }
    image: [common, "images/\${c}/\${os}"]
    tags: ["x/\${c}:\${os}"]
    needs: ["deb[\${c}]"]
`;

  test("makes one target for each combination", () => {
    const project = must(expanded(text));
    expect([...project.targets.keys()]).toEqual([
      "deb[agent]",
      "deb[web]",
      "images[agent,a]",
      "images[agent,b]",
      "images[web,a]",
      "images[web,b]",
    ]);
    expect(project.default).toEqual(project.families.get("images"));
    expect(project.families.get("images[web,a]")).toEqual(["images[web,a]"]);
  });

  test("fills in the values of each member, in names of other targets too", () => {
    expect(target(text, "images[web,b]")).toEqual({
      name: "images[web,b]",
      help: "One image each",
      rule: { kind: "image", fields: { image: ["common", "images/web/b"], tags: ["x/web:b"] } },
      needs: ["deb[web]"],
      after: [],
      with: [],
      parameters: {},
      missing: [],
      title: "images[web,b]",
      declaredAt: { file: "targets.yaml", line: 9, column: 3, length: 6 },
      places: expect.objectContaining({
        tags: { file: "targets.yaml", line: 13, column: 5, length: 4 },
      }),
    });
  });

  test("hands its values to commands as variables", () => {
    expect(fieldsOf(text, "deb[web]")).toEqual({
      run: { shell: 'make "${tbuild_c}"', variables: { tbuild_c: "web" } },
      outputs: ["out/web_2.deb"],
    });
  });

  test("whose member names an unknown one is told once, with the nearest", () => {
    const wrong = text.replace('"deb[${c}]"', '"deb[${os}]"');
    expect(shown(expanded(wrong))).toEqual([
      "targets.yaml:14:13+12: there is no target `deb[a]`",
      "targets.yaml:14:13+12: there is no target `deb[b]`",
    ]);
  });

  test("makes ten thousand targets with edges between them", () => {
    const list = Array.from({ length: 5_000 }, (_, index) => `m${index}`).join(", ");
    const many = `targets:
  a: { matrix: { i: [${list}] }, run: "make \${i}", outputs: ["out/\${i}"] }
  b: { matrix: { i: [${list}] }, needs: ["a[\${i}]"] }
`;
    const declaration = () => expanded(many);
    expect(must(declaration()).targets.size).toBe(10_000);
  });
});

describe("alternatives", () => {
  const text = `
params: { os: { default: sid }, packages: { type: path }, which: { default: build } }
targets:
  base: { first-of: [{ pull: "debian:\${os}" }, { target: "\${which}" }] }
  build: { matrix: { c: [a, b] }, run: make }
  packages: { first-of: [{ use: "\${packages}", match: [x] }, { target: [build, base] }] }
  of-each:
    matrix: { c: [a, b] }
    first-of: [{ pull: "x:\${c}", needs: [base] }, { target: "build[\${c}]" }]
`;

  test("become targets of their own", () => {
    expect(target(text, "base").rule).toEqual({
      kind: "first-of",
      fields: { "first-of": ["base#1", "base#2"] },
    });
    expect(target(text, "base#1")).toMatchObject({
      rule: { kind: "pull", fields: { pull: "debian:sid" } },
      title: "pull debian:sid",
      alternativeOf: "base",
      parameters: { os: "sid" },
    });
  });

  test("that are targets become groups, named after what was written", () => {
    const second = target(text, "base#2");
    expect(second).toMatchObject({ title: "target build", needs: ["build[a]", "build[b]"] });
    expect(second.rule).toBeUndefined();
    expect(target(text, "packages#2").title).toBe("target build, base");
  });

  test("that lack a parameter say which", () => {
    expect(target(text, "packages#1")).toMatchObject({
      missing: ["packages"],
      title: "use what is given",
      rule: { kind: "use", fields: { use: undefined, match: ["x"] } },
    });
  });

  test("are made for each member of a matrix", () => {
    expect(target(text, "of-each[b]#1")).toMatchObject({ title: "pull x:b", needs: ["base"] });
    expect(target(text, "of-each[b]#2").needs).toEqual(["build[b]"]);
  });

  test("are no names for users", () => {
    expect(must(expanded(text)).families.get("base#1")).toBeUndefined();
  });
});

describe("keys", () => {
  const text = `
params:
  to: { type: path, default: dist }
  given: { type: path }
  n: { type: number, default: 3 }
  fast: { type: flag }
  extra: { default: a/b }
  token: { type: secret, env: TOKEN }
targets:
  img:
    image: ./images//x/
    include: { debs/: [deb, src], ".": deb }
    service: { port: "\${n}", ready: { exec: [curl, x] }, env: { A: 1, B: true } }
  deb: { run: make, inputs: [{ target: src, as: in/ }, "!x/**"], secrets: { T: "\${token}" } }
  src: { fetch: x, sha256: 12, unpack: "\${fast}", tries: "\${n}", to: "\${to}/x" }
  root: { rootfs: src, tags: [x] }
  tar: { rootfs: out/x.tar, tags: [x] }
  pack: { archive: [deb, "roles/**"], to: "out/\${extra}.tar.gz" }
  save: { save: [img, root], to: "\${to}" }
  use: { use: "\${given}" }
  after: { after: [img], with: { img: { uses: ["\${extra}/*"] }, root: } }
`;

  test("get values of their types", () => {
    expect(fieldsOf(text, "img")).toEqual({
      image: ["images/x/"],
      include: [
        { at: "debs/", targets: ["deb", "src"] },
        { at: ".", targets: ["deb"] },
      ],
      service: {
        port: 3,
        ready: { kind: "exec", command: ["curl", "x"] },
        timeout: 60,
        env: { A: "1", B: "true" },
      },
    });
    expect(fieldsOf(text, "deb")).toMatchObject({
      inputs: [{ targets: ["src"], as: "in/" }, { pattern: "!x/**" }],
      secrets: { T: "token" },
    });
    expect(fieldsOf(text, "src")).toEqual({
      fetch: "x",
      sha256: "12",
      unpack: false,
      tries: 3,
      to: "dist/x",
    });
    expect(fieldsOf(text, "root")?.["rootfs"]).toEqual({ targets: ["src"] });
    expect(fieldsOf(text, "tar")?.["rootfs"]).toEqual({ path: "out/x.tar" });
    expect(fieldsOf(text, "pack")).toEqual({
      archive: [{ targets: ["deb"] }, { pattern: "roles/**" }],
      to: "out/a/b.tar.gz",
    });
  });

  test("that may lie anywhere get absolute paths", () => {
    const { root } = must(expanded(text));
    expect(fieldsOf(text, "save")?.["to"]).toMatch(/^\/.*\/dist$/);
    expect(fieldsOf(text, "use", { given: { given: "/srv/x" } })?.["use"]).toBe("/srv/x");
    expect(root).toMatch(/^\//);
  });

  test("of a group are kept apart", () => {
    expect(target(text, "after")).toMatchObject({
      needs: [],
      after: ["img"],
      with: [{ target: "img", uses: ["a/b/*"] }, { target: "root" }],
      parameters: { extra: "a/b" },
    });
  });

  test("that are no part of the fingerprint leave their parameters out of it", () => {
    expect(target(text, "save").parameters).toEqual({});
    expect(target(text, "save").missing).toEqual([]);
  });

  test("that use a secret that is not given say so", () => {
    expect(target(text, "deb").missing).toEqual(["token"]);
    const project = must(expanded(text, { environment: { TOKEN: "abc" } }));
    expect(project.targets.get("deb" as TargetName)?.missing).toEqual([]);
    expect(project.secrets.get("token")).toBe("abc");
    expect(JSON.stringify([...project.targets.values()])).not.toContain("abc");
  });

  test("whose values do not do are told at their place", () => {
    expect(shown(expanded(text, { given: { extra: "../../../x", to: "/srv" } }))).toEqual([
      "targets.yaml:15:70+9: `/srv/x` for `to` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:18:43+21: `out/../../../x.tar.gz` for `to` leaves the workspace; give a path below the folder of the root target file",
    ]);
    const wrong = text.replace('tries: "${n}"', 'tries: "${extra}"').replace('"${fast}"', '"${n}"');
    expect(shown(expanded(wrong))).toEqual([
      "targets.yaml:15:40+6: expected `true` or `false` for `unpack`, found `3`",
      "targets.yaml:15:55+10: expected a number for `tries`, found `a/b`",
    ]);
  });

  test("with a path parameter inside the workspace get a relative path", () => {
    expect(fieldsOf(text, "src", { given: { to: "out/y" } })?.["to"]).toBe(join("out/y", "x"));
  });
});
