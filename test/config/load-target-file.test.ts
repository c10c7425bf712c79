import { loaded, problemsIn } from "./support/workspace.ts";

describe("a target file", () => {
  test("that is in order has no problems, and tells its name and its files", () => {
    const declaration = loaded("name: shop\ntargets: { a: { run: make } }");
    expect(declaration.name).toBe("shop");
    expect(declaration.files).toEqual([
      {
        path: `${declaration.root}/targets.yaml`,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
    ]);
  });

  test("without a name is called after its folder", () => {
    expect(loaded("targets: {}").name).toMatch(/^tbuild-test-/);
  });

  test("survives JSON", () => {
    const declaration = loaded("params: { v: {} }\ntargets: { a: { run: 'make ${v}' } }");
    expect(JSON.parse(JSON.stringify(declaration))).toEqual(declaration);
  });

  test("that declares nothing is told so", () => {
    expect(problemsIn("name: shop")).toEqual([
      "targets.yaml:1:1+1: a target file needs the key `targets`",
    ]);
  });

  test("with several mistakes shows all of them, in the order of the file", () => {
    const text = `nam: shop
targets:
  a: { run: make, need: [b] }
  b: { run: [], needs: [c] }
  c: 7
  d:
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:1:1+3: a target file has no key `nam`; did you mean `name`?",
      "targets.yaml:3:19+4: `run` has no key `need`; did you mean `needs`?",
      "targets.yaml:4:13+2: `run` is empty",
      "targets.yaml:5:6+1: expected a mapping for target `c`, found the number 7",
      "targets.yaml:6:3+1: expected a mapping for target `d`, found nothing",
    ]);
  });

  test("that is no mapping is told what it is", () => {
    expect(problemsIn("- a\n- b\n")).toEqual([
      "targets.yaml:1:1+3: expected a mapping for a target file, found a list",
    ]);
  });
});

describe("names", () => {
  test("with characters that have a meaning elsewhere are refused", () => {
    expect(problemsIn("name: a b\nparams: { 1x: {} }\ntargets: { a/b: {}, 'x[y]': {} }")).toEqual([
      "targets.yaml:1:7+3: `a b` cannot name a project; use letters, digits, `.`, `-` and `_`, a letter or digit first",
      "targets.yaml:2:11+2: `1x` cannot name a parameter; use letters, digits, `-` and `_`, a letter first",
      "targets.yaml:3:12+3: `a/b` cannot name a target; use letters, digits, `.`, `-` and `_`, a letter, digit or `_` first",
      "targets.yaml:3:21+6: `x[y]` cannot name a target; use letters, digits, `.`, `-` and `_`, a letter, digit or `_` first",
    ]);
  });

  test("that the command line needs for itself are refused", () => {
    expect(problemsIn("params: { jobs: {} }\ntargets: { list: {} }")).toEqual([
      "targets.yaml:1:11+4: a parameter cannot be called `jobs`: `--jobs` is an option of tbuild; choose another name",
      "targets.yaml:2:12+4: a target cannot be called `list`: it is a command of tbuild; choose another name",
    ]);
  });

  test("that fleets use are free: clean, save, push, and a parameter version", () => {
    const text = "params: { version: {} }\ntargets: { clean: {}, save: {}, push: {} }";
    expect(problemsIn(text)).toEqual([]);
  });
});

describe("a rule", () => {
  test("is the only one of its target", () => {
    expect(problemsIn("targets: { a: { run: make, pull: debian } }")).toEqual([
      "targets.yaml:1:28+4: target `a` has two rules, `run` and `pull`; make two targets of it",
    ]);
  });

  test("refuses the keys of another rule, by name", () => {
    expect(problemsIn("targets: { a: { image: x, registry: y }, b: { tags: [x] } }")).toEqual([
      "targets.yaml:1:27+8: `registry` is a key of `push`, not of `image`",
      "targets.yaml:1:47+4: `tags` is a key of `image` or `rootfs`, and this target has no rule",
    ]);
  });

  test("that is misspelt is guessed", () => {
    expect(problemsIn("targets: { a: { imge: x } }")).toEqual([
      "targets.yaml:1:17+4: a target has no key `imge`; did you mean `image`?",
    ]);
  });

  test("needs its required keys", () => {
    expect(problemsIn("targets: { a: { save: [] } }")).toEqual([
      "targets.yaml:1:12+1: target `a` needs the key `to`",
    ]);
  });

  test("gets values of the right types", () => {
    const text = `targets:
  a:
    fetch: { url: x }
    sha256: [1]
    unpack: maybe
    tries: often
    to: [x]
  b: { run: { x: y }, in: [c], network: bridge, env: [A], outputs: { a: b } }
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:3:12+10: expected text for `fetch`, found a mapping",
      "targets.yaml:4:13+3: expected text for `sha256`, found a list",
      "targets.yaml:5:13+5: expected `true` or `false` for `unpack`, found the text `maybe`",
      "targets.yaml:6:12+5: expected a number for `tries`, found the text `often`",
      "targets.yaml:7:9+3: expected text for `to`, found a list",
      "targets.yaml:8:13+8: expected a command or a list of a program and its arguments for `run`, found a mapping",
      "targets.yaml:8:27+3: expected the name of a target for `in`, found a list",
      "targets.yaml:8:41+6: `network` cannot be `bridge`: choose `default`, `host` or `none`",
      "targets.yaml:8:54+3: expected a mapping for `env`, found a list",
      "targets.yaml:8:68+8: expected text for `outputs`, found a mapping",
    ]);
  });

  test("keeps a service to its shape", () => {
    const text = `targets:
  a: { image: x, service: { ready: { http: / } } }
  b: { image: x, service: { port: 99999, ready: { tcp: 1, timeout: x } } }
  c: { image: x, service: { port: 80, ready: { http: /, tcp: true }, prot: 1 } }
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:2:27+22: `service` needs the key `port`",
      "targets.yaml:3:35+5: expected a port from 1 to 65535 for `port`, found the number 99999",
      "targets.yaml:3:56+1: expected `true` for `tcp`, found the number 1",
      "targets.yaml:3:68+1: expected a number for `timeout`, found the text `x`",
      "targets.yaml:4:46+22: `ready` has `http` and `tcp`, and takes one of them",
      "targets.yaml:4:70+4: `service` has no key `prot`; did you mean `port`?",
    ]);
  });
});

describe("alternatives", () => {
  test("are rules or targets, and not first-of again", () => {
    const text = `targets:
  a:
    first-of:
      - { match: ["*.deb"] }
      - first-of: []
      - { target: b, tags: [x] }
      - pull
      - { run: make, unless: maybe }
  c: { run: make, unless: true }
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:4:9+20: an alternative needs a rule or `target`; the rules are `run`, `image`, `pull`, `use`, `fetch`, `save`, `push` or 2 others",
      "targets.yaml:5:9+8: `first-of` cannot stand inside `first-of`; list all alternatives in one, or name another target with `target`",
      "targets.yaml:6:19+1: there is no target `b`; did you mean `a`?",
      "targets.yaml:6:22+4: an alternative with `target` has no key `tags`",
      "targets.yaml:7:9+4: expected a mapping for an alternative, found the text `pull`",
      "targets.yaml:8:30+5: expected `true` or `false` for `unless`, found the text `maybe`",
      "targets.yaml:9:19+6: `run` has no key `unless`",
    ]);
  });

  test("are at least one", () => {
    expect(problemsIn("targets: { a: { first-of: [] } }")).toEqual([
      "targets.yaml:1:27+2: `first-of` is empty",
    ]);
  });
});

describe("paths", () => {
  test("stay inside the workspace, but where a rule may write or read anywhere", () => {
    const text = `targets:
  a: { run: make, inputs: [../x, /etc/passwd, "!../y"], outputs: [../o, ., .tbuild/x, ""] }
  b: { image: a/../../b }
  c: { use: /srv/packages }
  d: { save: a, to: ../archives }
`;
    expect(problemsIn(text)).toEqual([
      "targets.yaml:2:28+4: `../x` for `inputs` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:2:34+11: `/etc/passwd` for `inputs` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:2:47+7: `!../y` for `inputs` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:2:67+4: `../o` for `outputs` leaves the workspace; give a path below the folder of the root target file",
      "targets.yaml:2:73+1: `outputs` cannot be the workspace itself",
      "targets.yaml:2:76+9: `.tbuild/x` for `outputs` lies in `.tbuild`, which is tbuild's own",
      "targets.yaml:2:87+2: the path for `outputs` is empty",
      "targets.yaml:3:15+9: `a/../../b` for `image` leaves the workspace; give a path below the folder of the root target file",
    ]);
  });
});

describe("a file that is not there", () => {
  test("is told by the name that was given", () => {
    expect(problemsIn({ "other.yaml": "" })).toEqual([
      "cannot read `targets.yaml`: there is no such file",
    ]);
  });
});
