/** Holds the credential lookup to docker's rules, with a fake helper program. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentialLookup } from "../../src/docker/credentials.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tbuild-credentials-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString("base64");

function lookup(config: unknown) {
  if (config !== undefined) writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const path = `${folder}:${process.env["PATH"]}`;
  return credentialLookup({ DOCKER_CONFIG: folder, PATH: path });
}

/** A helper that notes what it was asked and then runs `script`. */
function helper(name: string, script: string) {
  const file = join(folder, `docker-credential-${name}`);
  const asked = join(folder, "asked");
  writeFileSync(file, `#!/bin/sh\nread -r host\necho "$1 $host" >> '${asked}'\n${script}\n`);
  chmodSync(file, 0o755);
  return () => readFileSync(asked, "utf8").trim().split("\n");
}

const problem = (answer: Promise<unknown>) =>
  answer.then(
    () => "none",
    (error) => `${error.diagnostic.code}: ${error.diagnostic.message}`,
  );

test("without a configuration there are no credentials", async () => {
  expect(await lookup(undefined)("ghcr.io")).toBeUndefined();
});

test("a password may hold colons", async () => {
  const ask = lookup({ auths: { "ghcr.io": { auth: base64("me:a:b") } } });
  expect(await ask("ghcr.io")).toEqual({ username: "me", password: "a:b" });
});

test("credentials are for the host asked only", async () => {
  const ask = lookup({ auths: { "ghcr.io": { auth: base64("me:secret") } } });
  expect(await ask("evil.ghcr.io")).toBeUndefined();
  expect(await ask("ghcr.io:443")).toBeUndefined();
  expect(await ask("hcr.io")).toBeUndefined();
  expect(await ask("constructor")).toBeUndefined();
});

test.each(["docker.io", "index.docker.io", "registry-1.docker.io"])(
  "Docker Hub is found by its key when called %s",
  async (host) => {
    const ask = lookup({ auths: { "https://index.docker.io/v1/": { auth: base64("me:hub") } } });
    expect(await ask(host)).toEqual({ username: "me", password: "hub" });
  },
);

test("keys that old clients wrote as URLs are found by their host", async () => {
  const ask = lookup({ auths: { "https://registry.example/v2/": { auth: base64("me:old") } } });
  expect(await ask("registry.example")).toEqual({ username: "me", password: "old" });
});

test("an identity token outweighs the name beside it", async () => {
  const ask = lookup({ auths: { "cr.example": { auth: base64("me:"), identitytoken: "T" } } });
  expect(await ask("cr.example")).toEqual({ identityToken: "T" });
});

test("a store is asked with the host on its input, once a run", async () => {
  const asked = helper("store", `echo '{"Username":"me","Secret":"kept"}'`);
  const ask = lookup({ credsStore: "store" });
  expect(await ask("ghcr.io")).toEqual({ username: "me", password: "kept" });
  expect(await Promise.all([ask("ghcr.io"), ask("docker.io")])).toHaveLength(2);
  expect(asked()).toEqual(["get ghcr.io", "get https://index.docker.io/v1/"]);
});

test("a host's own helper goes before the store", async () => {
  helper("store", "exit 1");
  helper("own", `echo '{"Username":"<token>","Secret":"T"}'`);
  const ask = lookup({ credsStore: "store", credHelpers: { "cr.example": "own" } });
  expect(await ask("cr.example")).toEqual({ identityToken: "T" });
});

test("a helper without credentials for the host means none", async () => {
  helper("store", "echo 'credentials not found in native keychain'; exit 1");
  expect(await lookup({ credsStore: "store" })("ghcr.io")).toBeUndefined();
});

test("a helper that fails is told, with its own words", async () => {
  helper("store", "echo 'the keychain is locked'; exit 1");
  expect(await problem(lookup({ credsStore: "store" })("ghcr.io"))).toBe(
    "credential-helper-failed: `docker-credential-store` cannot tell the credentials of `ghcr.io`: " +
      "the keychain is locked",
  );
});

test("a helper that failed is asked again the next time", async () => {
  helper("store", "echo 'the keychain is locked'; exit 1");
  const ask = lookup({ credsStore: "store" });
  await expect(ask("ghcr.io")).rejects.toThrow("the keychain is locked");
  helper("store", `echo '{"Username":"me","Secret":"pw"}'`);
  expect(await ask("ghcr.io")).toEqual({ username: "me", password: "pw" });
});

test("a helper that is not installed is told", async () => {
  expect(await problem(lookup({ credsStore: "gone" })("ghcr.io"))).toBe(
    "credential-helper-failed: `docker-credential-gone` cannot tell the credentials of `ghcr.io`: " +
      "no such program in PATH",
  );
});

test("an answer that is not JSON is never quoted", async () => {
  helper("store", "echo secret");
  expect(await problem(lookup({ credsStore: "store" })("ghcr.io"))).toBe(
    "credential-helper-failed: `docker-credential-store` cannot tell the credentials of `ghcr.io`: " +
      "its answer is not JSON",
  );
});
