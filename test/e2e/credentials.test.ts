/** Credentials go to their own host and nowhere else: no other host, no file, no output has them. */
import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FakeRegistry } from "../support/fake-registry.ts";
import { temporaryFolder } from "../support/folder.ts";
import type { FakeAuth } from "../support/registry-traffic.ts";
import {
  accessTo,
  objectStore,
  plainProxy,
  type RecordingHost,
  sentTo,
  tokenServer,
} from "./recording-hosts.ts";
import { tag, workspace } from "./small-workspace.ts";
import { build, type Ended, tbuild } from "./tbuild.ts";

const secret = (name: string) => `${name}+${randomBytes(12).toString("hex")}/`;
const secrets = {
  main: secret("main"),
  identity: secret("identity"),
  mirror: secret("mirror"),
  proxied: secret("proxied"),
  proxy: secret("proxy"),
};
type SecretName = keyof typeof secrets;

const base64 = (text: string) => Buffer.from(text).toString("base64");
const pairOf = (password: string) => base64(`me:${password}`);

/** Every way in which a secret may be written. */
const formsOf = (name: SecretName): readonly string[] => {
  const text = secrets[name];
  const encoded = [base64(text), pairOf(text)].map((it) => it.replace(/=+$/, ""));
  return [text, encodeURIComponent(text), ...encoded, Buffer.from(text).toString("base64url")];
};

const hasSecret = (text: string, name: SecretName): boolean =>
  formsOf(name).some((form) => text.includes(form));

const foundIn = (texts: readonly string[]): SecretName[] =>
  (Object.keys(secrets) as SecretName[]).filter((name) =>
    texts.some((text) => hasSecret(text, name)),
  );

/** The name of a registry that only the proxy can reach. */
const farHost = "registry.tbuild-test.invalid";

let folder = "";
const tools = temporaryFolder();

interface Hosts {
  readonly main: FakeRegistry;
  readonly mirror: FakeRegistry;
  readonly far: FakeRegistry;
  readonly tokens: RecordingHost;
  readonly store: RecordingHost;
  readonly proxy: RecordingHost;
}

let hosts: Hosts;

beforeAll(async () => {
  folder = workspace(
    `params: { main: { default: a.example }, mirror: { default: b.example } }
registries: { ${farHost}: { insecure: true } }
targets:
  web: { image: web, tags: [${tag("web")}, "${tag("web").replace(/:1$/, ":latest")}"] }
  main: { push: web, registry: "\${main}/team" }
  mirror: { push: web, registry: "\${mirror}/team" }
  far: { push: web, registry: ${farHost}/team }
  all: { needs: [main, mirror, far] }\n`,
    { "web/Dockerfile": "FROM scratch\nCOPY data /\n" },
  );
  writeFileSync(path.join(folder, "web/data"), randomBytes(2 << 20));
  expect((await build(folder, ["web"])).exitCode).toBe(0);
});

afterEach(async () => {
  const { main, mirror, far, tokens, store, proxy } = hosts;
  for (const registry of [main, mirror, far]) await registry.close();
  for (const host of [tokens, store, proxy]) await host.stop();
});

async function startHosts(auth: FakeAuth): Promise<Hosts> {
  const [main, mirror, far] = [new FakeRegistry(), new FakeRegistry(), new FakeRegistry()];
  for (const registry of [main, mirror, far]) await registry.listen();
  main.auth = auth;
  mirror.auth = { kind: "basic", username: "me", password: secrets.mirror };
  far.auth = { kind: "basic", username: "me", password: secrets.proxied };
  const tokens = await tokenServer(main);
  const name = `team/${tag("web").slice(tag("web").indexOf("/") + 1, -2)}`;
  const account = {
    pair: pairOf(secrets.main),
    ...(auth.identityToken && { identityToken: auth.identityToken }),
  };
  const store = await objectStore(main, () =>
    accessTo(main, `repository:${name}:pull,push,delete`, account),
  );
  main.tokensAt = `http://${tokens.host}`;
  main.uploadsTo = `http://${store.host}`;
  const proxy = await plainProxy(far);
  return { main, mirror, far, tokens, store, proxy };
}

/** Where the docker command line would keep the login of the main registry. */
type Kept = "entry" | "helper" | "identity";

function environment(kept: Kept): Record<string, string> {
  const { main, mirror, proxy } = hosts;
  const helper = `#!/bin/sh\necho '{"Username": "me", "Secret": "${secrets.main}"}'\n`;
  writeFileSync(path.join(tools, "docker-credential-suite"), helper);
  chmodSync(path.join(tools, "docker-credential-suite"), 0o755);
  const own =
    kept === "identity" ? { identitytoken: secrets.identity } : { auth: pairOf(secrets.main) };
  const config = {
    auths: {
      ...(kept !== "helper" && { [main.host]: own }),
      [mirror.host]: { auth: pairOf(secrets.mirror) },
      [farHost]: { auth: pairOf(secrets.proxied) },
    },
    ...(kept === "helper" && { credHelpers: { [main.host]: "suite" } }),
  };
  const account = `me:${encodeURIComponent(secrets.proxy)}`;
  return {
    DOCKER_CONFIG: temporaryFolder({ "config.json": JSON.stringify(config) }),
    PATH: `${tools}:${process.env["PATH"]}`,
    http_proxy: `http://${account}@${proxy.host}`,
    https_proxy: `http://${account}@${proxy.host}`,
  };
}

/** A push to all hosts, the tags, and pushes that fail before the tags and among them. */
async function runAll(env: Record<string, string>): Promise<readonly Ended[]> {
  const { main, mirror } = hosts;
  const given = ["--main", main.host, "--mirror", mirror.host];
  const profile = path.join(folder, "profile.json");
  const pushed = await tbuild(folder, ["all", ...given, "--log", "json", "--profile", profile], {
    env,
  });
  const [repository = ""] = [...main.repositories.keys()];
  const tags = await tbuild(folder, ["tags", `${main.host}/${repository}`], { env });
  const more = await tbuild(folder, ["tag", `${main.host}/${repository}:1`, "2"], { env });
  for (const { exitCode, stdout, stderr } of [pushed, tags, more]) {
    expect([exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  }
  main.repositories.clear();
  main.plan = refusing(/manifests\/sha256/);
  const early = await tbuild(folder, ["main", "--main", main.host, "--verbose"], { env });
  main.plan = refusing(/manifests\/latest/);
  main.removesTags = false;
  const late = await tbuild(folder, ["main", "--main", main.host, "--verbose"], { env });
  expect([early, late].map(({ exitCode }) => exitCode)).toEqual([3, 3]);
  expect(late.stderr).toContain("to complete: tbuild tag");
  return [pushed, tags, more, early, late];
}

const refusing =
  (pattern: RegExp): FakeRegistry["plan"] =>
  ({ method, path: to }) =>
    method === "PUT" && pattern.test(to) ? { kind: "status", status: 403 } : undefined;

/** Every file of the workspace, those in `.tbuild` too, with their names. */
function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(root, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => file + readFileSync(file, "latin1"));
}

test.each<[string, FakeAuth, Kept, { main: SecretName[]; tokens: SecretName[] }]>([
  [
    "a password, asked for by the registry itself",
    { kind: "basic", username: "me", password: secrets.main },
    "entry",
    { main: ["main"], tokens: [] },
  ],
  [
    "a password of a credential helper, asked for by a token server",
    { kind: "token", username: "me", password: secrets.main },
    "helper",
    { main: [], tokens: ["main"] },
  ],
  [
    "an identity token",
    { kind: "token", identityToken: secrets.identity },
    "identity",
    { main: [], tokens: ["identity"] },
  ],
])("%s stays with its host", async (_, auth, kept, expected) => {
  hosts = await startHosts(auth);
  const said = await runAll(environment(kept));

  const { main, mirror, tokens, store, proxy } = hosts;
  expect({
    main: foundIn(sentTo(main)),
    tokens: foundIn(tokens.got),
    mirror: foundIn(sentTo(mirror)),
    store: foundIn(store.got),
  }).toEqual({ ...expected, mirror: ["mirror"], store: [] });
  // Without TLS a proxy sees what goes by it, and only that; its own password goes no further.
  expect(foundIn(proxy.got).sort()).toEqual(["proxied", "proxy"]);
  expect(proxy.got.filter((each) => hasSecret(each, "proxied") && !each.includes(farHost))).toEqual(
    [],
  );
  expect([store.got, sentTo(mirror)].every((got) => got.length > 0)).toBe(true);
  expect(tokens.got.length > 0).toBe(auth.kind === "token");
  for (const got of [store.got, tokens.got, sentTo(mirror)]) {
    expect(got.join("\n")).not.toContain("Bearer ");
  }
  expect(store.got.join("\n")).not.toMatch(/authorization/i);

  expect(foundIn(said.map(({ stdout, stderr }) => stdout + stderr))).toEqual([]);
  const files = filesBelow(folder);
  expect(files.some((file) => file.includes("/.tbuild/bursts/"))).toBe(true);
  expect(files.some((file) => file.includes("/.tbuild/runs/"))).toBe(true);
  expect(foundIn(files)).toEqual([]);
});
