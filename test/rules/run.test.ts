import { mkdirSync, symlinkSync } from "node:fs";
import { name, noteOf, problemOf, RuleRoom, told } from "./support/rule-room.ts";

const shell = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  run: { shell: text, variables: {} },
  ...more,
});

describe("a command on the host", () => {
  test("makes files and folders, told by their content", async () => {
    const room = new RuleRoom();
    const outcome = await room.act(
      "run",
      shell("echo a >out/a; echo b >out/b/x", { outputs: ["out/a", "out/b/"] }),
    );
    expect(told(outcome)).toBe("command failed with exit code 2");
    const made = await room.act(
      "run",
      shell("echo a >out/a; mkdir out/b; echo b >out/b/x", { outputs: ["out/a", "out/b/"] }),
    );
    expect(made).toEqual({ kind: "made", artifacts: [room.file("out/a"), room.tree("out/b")] });
  });

  test("ends at the first error, and at a variable that is not set", async () => {
    const room = new RuleRoom();
    expect(told(await room.act("run", shell("false; echo x >a")))).toBe(
      "command failed with exit code 1",
    );
    expect(told(await room.act("run", shell("echo $nobody")))).toBe(
      "command failed with exit code 2",
    );
    expect(room.has("a")).toBe(false);
  });

  test("shows its last 20 lines when it fails", async () => {
    const outcome = await new RuleRoom().act("run", shell("seq 30; exit 7"));
    const numbers = Array.from({ length: 20 }, (_, index) => String(index + 11));
    expect(problemOf(outcome)).toEqual({
      code: "command-failed",
      blame: "target",
      message: "command failed with exit code 7",
      exitCode: 7,
      details: numbers,
    });
  });

  test("that says itself what went wrong is shown by its own words", async () => {
    const text = "echo doing; echo '::error::no such `tool`'; echo '::hint:: install it '; exit 3";
    expect(problemOf(await new RuleRoom().act("run", shell(text)))).toEqual({
      code: "command-failed",
      blame: "target",
      message: "no such `tool`",
      hint: "install it",
      exitCode: 3,
      details: ["doing"],
    });
    const chosen = "seq 9; echo '::error::a'; echo shown; echo below; exit 1";
    expect(problemOf(await new RuleRoom().act("run", shell(chosen)))).toMatchObject({
      message: "a",
      details: ["shown", "below"],
    });
    expect(told(await new RuleRoom().act("run", shell("echo '::error::a'; true")))).toEqual([]);
  });

  test("warns in its own words, whether it succeeds or fails", async () => {
    const room = new RuleRoom();
    expect(told(await room.act("run", shell("echo '::warning::it is old'")))).toEqual([]);
    await room.act("run", shell("echo '::warning:: so is this '; exit 1"), {
      alternativeOf: name("scan"),
    });
    expect(room.warnings).toEqual(["`it` warns: it is old", "`scan` warns: so is this"]);
  });

  test("gets the values of parameters as variables, never as code", async () => {
    const room = new RuleRoom();
    const run = { shell: 'printf %s "$version" >a', variables: { version: "1; touch b $(id)" } };
    await room.act("run", { run, outputs: ["a"] });
    expect(room.read("a")).toBe("1; touch b $(id)");
  });

  test("may be a program with arguments", async () => {
    const room = new RuleRoom();
    expect(
      told(await room.act("run", { run: { argv: ["touch", "a b"] }, outputs: ["a b"] })),
    ).toEqual(["a b"]);
    expect(told(await room.act("run", { run: { argv: ["no-such-program"] } }))).toBe(
      "program `no-such-program` was not found",
    );
  });

  test("gets what it declares, secrets, and hardly anything else", async () => {
    const room = new RuleRoom();
    room.secrets.set("token", "s3cret");
    room.more = {
      environment: { PATH: process.env["PATH"], GIVEN: "g", OTHER: "o", http_proxy: "http://p:1" },
      services: [
        {
          target: name("repo"),
          host: "my-repo",
          hostPort: 20001,
          url: "http://my-repo:20001",
          localHost: "127.0.0.1",
          digest: `sha256:${"0".repeat(64)}`,
        },
      ],
    };
    await room.act(
      "run",
      shell("env | sort >env", {
        outputs: ["env"],
        env: { LC_ALL: "C" },
        "pass-env": ["GIVEN", "ABSENT"],
        secrets: { TOKEN: "token" },
      }),
    );
    const lines = room.read("env").split("\n");
    expect(lines.filter((line) => !/^(PATH|PWD|OLDPWD|SHLVL|_)=|^$/.test(line))).toEqual([
      "GIVEN=g",
      "LC_ALL=C",
      "MY_REPO_URL=http://127.0.0.1:20001",
      "NO_PROXY=127.0.0.1",
      "TBUILD_WORKSPACE=w1",
      "TOKEN=s3cret",
      "http_proxy=http://p:1",
      "no_proxy=127.0.0.1",
    ]);
  });

  test("needs its secrets", async () => {
    const outcome = await new RuleRoom().act("run", shell("true", { secrets: { TOKEN: "token" } }));
    expect(problemOf(outcome)).toMatchObject({
      message: "secret `token` is not given",
      hint: "give its file with `--token-file PATH`, or its environment variable",
    });
  });

  test("that makes less than it declares has failed, and leaves nothing", async () => {
    const room = new RuleRoom();
    const outcome = await room.act("run", shell("echo a >a", { outputs: ["a", "out/x"] }));
    expect(told(outcome)).toBe("target made no `out/x`, which it declares as output");
    expect(room.has("a")).toBe(false);
  });

  test("that makes a folder where it declares a file has failed", async () => {
    const outcome = await new RuleRoom().act("run", shell("mkdir a", { outputs: ["a"] }));
    expect(problemOf(outcome)).toMatchObject({
      message: "output `a` is a folder",
      hint: "write `a/` for a folder",
    });
  });

  test("finds nothing of an earlier run", async () => {
    const room = new RuleRoom({ "out/x": "old" });
    room.more = { madeFiles: ["out/x"] };
    const outcome = await room.act(
      "run",
      shell("test ! -e out/x; echo >out/x", { outputs: ["out/x"] }),
    );
    expect(told(outcome)).toEqual(["out/x"]);
    expect(room.warnings).toEqual([]);
  });

  test("removes nothing that no record tells of: it is moved aside", async () => {
    const room = new RuleRoom({ "src/work": "mine" });
    await room.act("run", shell("mkdir src", { outputs: ["src/"] }));
    expect(room.read(".tbuild/set-aside/src/work")).toBe("mine");
    expect(room.warnings).toEqual([
      "`src` was there and no record tells that tbuild made it: moved to `.tbuild/set-aside/src`",
    ]);
  });

  test("that is cancelled leaves nothing half written", async () => {
    const room = new RuleRoom();
    room.onOutput = () => room.abort.abort();
    const outcome = room.act("run", shell("echo half >a; echo go; sleep 60", { outputs: ["a"] }));
    await expect(outcome).rejects.toMatchObject({ name: "AbortError" });
    expect(room.has("a")).toBe(false);
  });

  test("never has an output that holds what is read", async () => {
    const room = new RuleRoom({ "src/a.c": "" });
    const inputs = [{ pattern: "src/*.c" }];
    const outcome = await room.act("run", shell("true", { inputs, outputs: ["src/"] }));
    expect(problemOf(outcome)).toMatchObject({
      message: "output `src` holds input `src/a.c`",
      hint: "outputs are removed before the command starts: name a place of their own",
    });
    expect(told(await room.act("run", shell("true", { outputs: ["targets.yaml"] })))).toBe(
      "output `targets.yaml` holds target file `targets.yaml`",
    );
    expect(room.has("src/a.c") && room.has("targets.yaml")).toBe(true);
  });

  test("never has an output beyond a link that leads outside", async () => {
    const other = new RuleRoom({ "x/keep": "" });
    const room = new RuleRoom();
    symlinkSync(other.root, `${room.root}/out`);
    mkdirSync(`${room.root}/.git`);
    expect(told(await room.act("run", shell("true", { outputs: ["out/x/"] })))).toBe(
      `output \`out/x\` lies outside the workspace: a folder above it is a link to \`${other.root}\``,
    );
    expect(told(await room.act("run", shell("true", { outputs: [".git/hooks/"] })))).toBe(
      "output `.git/hooks` belongs to git",
    );
    expect(other.has("x/keep")).toBe(true);
  });

  test("names inputs that are there", () => {
    const room = new RuleRoom({ "docs/a.md": "", "docs/drafts/b.md": "" });
    const inputs = [{ pattern: "docs/**" }, { pattern: "!docs/drafts/**" }];
    expect(room.reads("run", { inputs })).toEqual(["docs/a.md"]);
    expect(room.reads("run", { inputs: [{ pattern: "src/*.c" }] })).toBe(
      "input `src/*.c` matches no file",
    );
  });

  test("has no keys that are for containers", () => {
    const room = new RuleRoom();
    const inputs = [{ targets: [name("a")], as: "x" }];
    const keys = { network: "none", inputs, keep: ["kept"] };
    expect(room.check("run", shell("true", keys))).toEqual([
      "`network` is for a command in a container",
      "`as` is for a command in a container: on the host outputs stay where they are",
      "`keep` is for a command in a container: on the host it can keep what it likes",
    ]);
  });

  test("gets the IDs of images that it names", async () => {
    const room = new RuleRoom();
    const digest = `sha256:${"a".repeat(64)}` as const;
    room.made["web"] = [{ kind: "image", digest, references: ["shop/web:1"] }];
    room.made["docs"] = [{ kind: "file", digest, path: "docs" }];
    await room.act("run", shell('echo "$WEB" >id', { outputs: ["id"], images: { WEB: "web" } }));
    expect(room.read("id")).toBe(`${digest}\n`);
    expect(told(await room.act("run", shell("true", { images: { WEB: "docs" } })))).toBe(
      "`docs` makes no image, and `images` needs one",
    );
  });
});

describe("a command in a container", () => {
  const builder = {
    kind: "image" as const,
    digest: `sha256:${"b".repeat(64)}` as const,
    references: ["shop/builder:1"],
  };

  test("sees its inputs, outputs of targets at their places, and nothing else", async () => {
    const room = new RuleRoom({ "src/a.c": "", "src/b.h": "", "out/lib/x.so": "", "out/tool": "" });
    room.made["builder"] = [builder];
    room.made["libs"] = [room.tree("out/lib")];
    room.made["tool"] = [room.file("out/tool")];
    room.docker.makes = { "out/bin/app": "app" };
    const outcome = await room.act("run", {
      run: { argv: ["make"] },
      in: name("builder"),
      inputs: [
        { pattern: "src/*.c" },
        { targets: [name("libs")] },
        { targets: [name("tool")], as: "tools" },
      ],
      outputs: ["out/bin/"],
    });
    expect(told(outcome)).toEqual(["out/bin"]);
    expect(room.read("out/bin/app")).toBe("app");
    const [request] = room.docker.runs;
    expect(request?.image).toBe("shop/builder:1");
    expect(request?.command).toEqual(["make"]);
    expect(request?.inputs.map((input) => input.name)).toEqual([
      "src/a.c",
      "out/lib/x.so",
      "tools/tool",
      "out",
    ]);
    expect(request?.outputs).toEqual(["out/bin"]);
    expect(request?.labels).toEqual({
      "org.tbuild.project": "shop",
      "org.tbuild.target": "it",
      "org.tbuild.workspace": "w1",
    });
  });

  test("gets its variables, its services, and the caller's proxies and certificates", async () => {
    const room = new RuleRoom({ "ca.crt": "" });
    room.made["builder"] = [builder];
    room.more = {
      environment: { SSL_CERT_FILE: `${room.root}/ca.crt`, HTTPS_PROXY: "http://p:1", HOME: "/h" },
      services: [
        {
          target: name("repo"),
          host: "repo",
          hostPort: 20001,
          url: "http://repo:20001",
          localHost: "127.0.0.1",
          digest: `sha256:${"0".repeat(64)}`,
        },
      ],
    };
    const run = { shell: "make $v", variables: { v: "1" } };
    await room.act("run", { run, in: name("builder"), env: { A: "a" } });
    const [request] = room.docker.runs;
    expect(request?.command).toEqual(["sh", "-euc", "make $v"]);
    expect(request?.environment).toMatchObject({
      A: "a",
      v: "1",
      REPO_URL: "http://repo:20001",
      HTTPS_PROXY: "http://p:1",
      no_proxy: "repo",
      SSL_CERT_FILE: "/.tbuild/ca-certificates.crt",
    });
    expect(request?.environment).not.toHaveProperty("HOME");
    expect(request?.extraHosts).toEqual(["repo:host-gateway"]);
    await room.act("run", { run, in: name("builder"), network: "none" });
    expect(room.docker.runs[1]?.environment).not.toHaveProperty("HTTPS_PROXY");
    expect(room.docker.runs[1]?.network).toBe("none");
  });

  test("that fails shows its last lines and changes nothing", async () => {
    const room = new RuleRoom({ "out/x": "old" });
    room.made["builder"] = [builder];
    room.docker.exitCode = 2;
    room.docker.prints = ["no rule"];
    const outcome = await room.act("run", {
      run: { argv: ["make"] },
      in: name("builder"),
      outputs: ["out/x"],
    });
    expect(problemOf(outcome)).toMatchObject({
      message: "command failed with exit code 2",
      details: ["no rule"],
    });
    expect(room.read("out/x")).toBe("old");
  });

  test("that makes less than it declares has failed", async () => {
    const room = new RuleRoom();
    room.made["builder"] = [builder];
    room.docker.makes = { a: "" };
    const outcome = await room.act("run", {
      run: { argv: ["make"] },
      in: name("builder"),
      outputs: ["a", "b/"],
    });
    expect(told(outcome)).toBe("target made no `b/`, which it declares as output");
    expect(room.has("a")).toBe(false);
  });

  test("needs an image, inputs that are files, and places for what lies outside", async () => {
    const room = new RuleRoom();
    const act = async (fields: Readonly<Record<string, unknown>>) =>
      told(await room.act("run", { run: { argv: ["make"] }, in: name("builder"), ...fields }));
    expect(await act({})).toBe("`builder` makes no image, and `in` needs one");
    room.made["builder"] = [builder];
    room.made["given"] = [{ kind: "file", path: "/given/a.deb", digest: builder.digest }];
    expect(await act({ inputs: [{ targets: [name("builder")] }] })).toBe(
      "`builder` makes an image, and `inputs` takes files and folders",
    );
    expect(await act({ inputs: [{ targets: [name("given")] }] })).toBe(
      "`/given/a.deb`, which `given` stands for, lies outside the workspace and so has no path to be laid at",
    );
    expect(await act({ inputs: [{ targets: [name("given")], as: "debs/" }] })).toEqual([]);
    expect(room.docker.runs[0]?.inputs).toEqual([{ name: "debs/a.deb", source: "/given/a.deb" }]);
  });

  test("never gets two files for one place", async () => {
    const room = new RuleRoom({ "a/x": "1", "b/x": "2" });
    room.made["builder"] = [builder];
    room.made["both"] = [room.file("a/x"), room.file("b/x")];
    const inputs = [{ targets: [name("both")], as: "in" }];
    const outcome = await room.act("run", { run: { argv: ["make"] }, in: name("builder"), inputs });
    expect(told(outcome)).toBe("`a/x` and `b/x` would both be laid at `in/x`");
    expect(noteOf(outcome)).toBeUndefined();
  });

  test("cannot do without a network and use a service", () => {
    const fields = shell("true", { in: "builder", network: "none" });
    expect(new RuleRoom().check("run", fields, { with: [{ target: name("repo") }] })).toEqual([
      "without a network the command cannot reach its service `repo`",
    ]);
  });
});
