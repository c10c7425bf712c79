/** Holds the search for an engine to the docker command line's rules, with folders made for it. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinVersion } from "../../src/docker/connect.ts";
import { findEndpoint, parseAddress } from "../../src/docker/endpoint.ts";
import { sshArguments } from "../../src/docker/ssh-agent.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tbuild-endpoint-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (value: unknown) =>
  writeFileSync(
    join(folder, "config.json"),
    typeof value === "string" ? value : JSON.stringify(value),
  );

function context(name: string, docker: unknown, tls: Readonly<Record<string, string>> = {}) {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = join(folder, "contexts", "meta", id);
  const keys = join(folder, "contexts", "tls", id, "docker");
  mkdirSync(meta, { recursive: true });
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker } }));
  for (const [file, text] of Object.entries(tls)) writeFileSync(join(keys, file), text);
}

const find = (environment: NodeJS.ProcessEnv = {}) =>
  findEndpoint({ DOCKER_CONFIG: folder, ...environment });

const problem = (environment: NodeJS.ProcessEnv = {}) =>
  find(environment).then(
    () => "none",
    (error) => `${error.diagnostic.code}: ${error.diagnostic.message}`,
  );

describe("the engine is looked for", () => {
  const usual = {
    kind: "unix",
    address: "unix:///var/run/docker.sock",
    socketPath: "/var/run/docker.sock",
  };

  test("at its usual place when nothing names it", async () => {
    expect(await find()).toEqual(usual);
  });

  test("at its usual place in the context `default`", async () => {
    config({ currentContext: "default" });
    expect(await find()).toEqual(usual);
  });

  test("in the current context", async () => {
    config({ currentContext: "desk" });
    context("desk", { Host: "unix:///run/desk.sock" });
    expect(await find()).toMatchObject({ socketPath: "/run/desk.sock" });
  });

  test("in DOCKER_CONTEXT before the current context", async () => {
    config({ currentContext: "desk" });
    context("lab", { Host: "ssh://me@lab:2222" });
    expect(await find({ DOCKER_CONTEXT: "lab" })).toEqual({
      kind: "ssh",
      address: "ssh://me@lab:2222",
      host: "lab",
      user: "me",
      port: 2222,
    });
  });

  test("at DOCKER_HOST before any context", async () => {
    const environment = { DOCKER_HOST: "tcp://build:2375", DOCKER_CONTEXT: "lab" };
    expect(await find(environment)).toEqual({
      kind: "tcp",
      address: "tcp://build:2375",
      host: "build",
      port: 2375,
    });
  });

  test("with the keys of the context", async () => {
    context("lab", { Host: "tcp://lab:2376" }, { "ca.pem": "CA", "cert.pem": "C", "key.pem": "K" });
    expect(await find({ DOCKER_CONTEXT: "lab" })).toMatchObject({
      tls: { ca: Buffer.from("CA"), cert: Buffer.from("C"), key: Buffer.from("K"), verify: true },
    });
  });

  test("with the keys of DOCKER_CERT_PATH, at the TLS port", async () => {
    writeFileSync(join(folder, "ca.pem"), "CA");
    const environment = {
      DOCKER_HOST: "tcp://build",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: folder,
    };
    expect(await find(environment)).toMatchObject({
      address: "tcp://build:2376",
      tls: { ca: Buffer.from("CA"), verify: true },
    });
  });

  test("at an IPv6 address", () => {
    expect(parseAddress("tcp://[::1]:2375", "DOCKER_HOST")).toMatchObject({
      host: "::1",
      address: "tcp://[::1]:2375",
    });
  });
});

describe("the message tells", () => {
  test.each([
    ["unix://", "unix://"],
    ["unix://relative.sock", "unix://relative.sock"],
    ["tcp://", "tcp://"],
    ["tcp://host:port", "tcp://host:port"],
    ["npipe:////./pipe/docker_engine", "npipe:////./pipe/docker_engine"],
    ["tcp://me:secret@host:x", "tcp://me:***@host:x"],
  ])("that DOCKER_HOST %s is no address", async (host, shown) => {
    expect(await problem({ DOCKER_HOST: host })).toBe(
      `docker-host-invalid: DOCKER_HOST is \`${shown}\`, which is no address of an engine: ` +
        "expected `unix:///path`, `tcp://host:port` or `ssh://user@host`",
    );
  });

  test("that a context does not exist", async () => {
    expect(await problem({ DOCKER_CONTEXT: "gone" })).toBe(
      "docker-context-unknown: docker context `gone` does not exist",
    );
  });

  test("that a context has no engine", async () => {
    context("k8s", undefined);
    expect(await problem({ DOCKER_CONTEXT: "k8s" })).toBe(
      "docker-context-unknown: docker context `k8s` names no Docker Engine",
    );
  });

  test("that the configuration is broken, without quoting it", async () => {
    config('{"auths": "secret');
    expect(await problem()).toBe(
      `docker-config-invalid: \`${join(folder, "config.json")}\` is not JSON`,
    );
  });

  test("that an engine is too old", () => {
    expect(() => pinVersion("1.39", "tcp://old:2375")).toThrow(
      "the Docker Engine at tcp://old:2375 speaks API 1.39, tbuild needs 1.41 or newer",
    );
  });
});

test.each([
  ["1.41", "1.41"],
  ["1.54", "1.54"],
  ["1.99", "1.54"],
  ["2.0", "1.54"],
])("an engine that offers API %s is asked for %s", (offered, pinned) => {
  expect(pinVersion(offered, "unix:///x")).toBe(pinned);
});

test("a host cannot pass for an option of ssh", () => {
  const endpoint = { kind: "ssh", address: "", host: "-oProxyCommand=evil" } as const;
  expect(sshArguments(endpoint).slice(-3)).toEqual([
    "--",
    "-oProxyCommand=evil",
    "docker system dial-stdio",
  ]);
});
