/** Values of secrets reach builds and commands, and stand in nothing that tbuild or the engine shows or keeps. */
import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { containers, onBase, shellFiles, shellTarget, tag, workspace } from "./small-workspace.ts";
import { build, checkout, docker, tbuild } from "./tbuild.ts";

const token = `tok-${randomBytes(9).toString("hex")}`;
const encoded = Buffer.from(token).toString("base64");

/** Every way to use one; each tells the value plainly and in base64, and how long it is. */
const use =
  'echo "it is $TOKEN, or $(printf %s "$TOKEN" | base64 -w0) of $(printf %s "$TOKEN" | wc -c)"';
/** No step of it is in the engine's build cache. */
const freshImage = () =>
  onBase(
    `RUN --mount=type=secret,id=index-token : ${randomUUID()} && TOKEN=$(cat /run/secrets/index-token) && ${use}`,
    "RUN --mount=type=secret,id=index-token,mode=0400 test ! -e /run/secrets/other",
  );
const targets = `
params:
  token: { type: secret, env: SUITE_TOKEN, help: For the index }
targets:${shellTarget}
  web: { image: web, secrets: { index-token: "\${token}" }, tags: [${tag("web")}] }
  host: { run: ${JSON.stringify(use)}, secrets: { TOKEN: "\${token}" } }
  inside: { run: ${JSON.stringify(use)}, in: shell, secrets: { TOKEN: "\${token}" } }
  broken: { run: [sh, -c, 'echo "no access with $TOKEN" >&2; exit 5'], secrets: { TOKEN: "\${token}" } }
  all: { needs: [web, host, inside] }
`;
const files = () => ({ ...shellFiles, "web/Dockerfile": freshImage() });

/** Fails when the value stands in the text, in whatever form. */
function expectHidden(text: string): void {
  expect(text).not.toContain(token);
  expect(text).not.toContain(encoded.replace(/=+$/, ""));
}

function expectHiddenBelow(folder: string): void {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const regular = names.filter((name) => statSync(path.join(folder, name)).isFile());
  expect(regular.length).toBeGreaterThan(0);
  for (const name of regular) {
    expectHidden(name + readFileSync(path.join(folder, name), "latin1"));
  }
}

const reports: [
  string,
  (folder: string, args: readonly string[], env: object) => Promise<string>,
][] = [
  [
    "pretty, on a terminal",
    async (folder, args, env) => {
      const words = [process.execPath, path.join(checkout, "bin/tbuild.js"), ...args];
      const { stdout, stderr } = await execa("script", ["-qec", words.join(" "), "/dev/null"], {
        cwd: folder,
        env: { ...env, TERM: "xterm", COLUMNS: "200" },
        reject: false,
      });
      return stdout + stderr;
    },
  ],
  ...["plain", "json", "pretty"].map((log): (typeof reports)[number] => [
    log,
    async (folder, args, env) => {
      const options = { env: env as Record<string, string> };
      const { stdout, stderr } = await tbuild(folder, [...args, "--log", log], options);
      return stdout + stderr;
    },
  ]),
];

describe.each(reports)("reported %s", (_, report) => {
  test("a secret of the environment works everywhere, is shown as `***`, and is kept nowhere", async () => {
    const folder = workspace(targets, files());

    const said = await report(folder, ["all", "--verbose"], { SUITE_TOKEN: token });

    expect(said).toContain(`it is ***, or *** of ${token.length}`);
    expectHidden(said);
    expectHiddenBelow(path.join(folder, ".tbuild"));
    for (const name of ["web", "host", "inside"]) {
      const log = readFileSync(path.join(folder, `.tbuild/logs/${name}.log`), "utf8");
      expect(log).toContain(`it is ***, or *** of ${token.length}`);
    }
  });

  test("a command that fails with it in its last lines does not tell it", async () => {
    const folder = workspace(targets, files());

    const said = await report(folder, ["broken"], { SUITE_TOKEN: token });

    expect(said).toContain("no access with ***");
    expectHidden(said);
    expectHiddenBelow(path.join(folder, ".tbuild"));
  });
});

test("a secret of a file works, and neither image, history nor container holds it", async () => {
  const folder = workspace(targets, { ...files(), "token.txt": `${token}\n` });

  const { exitCode, stdout } = await build(folder, ["all", "--token-file", "token.txt"]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain(`of ${token.length}`);
  expectHidden(stdout);
  expectHiddenBelow(path.join(folder, ".tbuild"));
  expectHidden(await docker("history", "--no-trunc", tag("web")));
  expectHidden(await docker("image", "inspect", tag("web")));
  const search = ["-c", 'docker save "$1" | grep -ac "$2"', "sh", tag("web"), token];
  expect((await execa("sh", search, { reject: false })).stdout).toBe("0");
  expect(await containers()).toEqual([]);
});

test("another value makes nothing stale, and one that is not given is said with what to do", async () => {
  const folder = workspace(targets, files());
  await build(folder, ["web"], { env: { SUITE_TOKEN: token } });

  const again = await build(folder, ["web"], { env: { SUITE_TOKEN: "another-one" } });
  const without = await tbuild(folder, ["host"]);

  expect(again.ran).toEqual([]);
  expect(without.exitCode).toBe(2);
  expect(without.stderr).toContain("`token` is not given");
});
