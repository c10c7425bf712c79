/** Holds the words of engine errors, letter by letter. */
import { abortError, translateError, untilAborted } from "../../src/docker/errors.ts";
import { holderOf } from "../../src/docker/images.ts";
import { registryOf, splitReference } from "../../src/docker/reference-parts.ts";
import { startProblem } from "../../src/docker/run-container.ts";
import { isPortInUse } from "../../src/docker/services.ts";
import { transferError } from "../../src/docker/transfer-errors.ts";
import type { DiagnosticError } from "../../src/model/diagnostic.ts";

const doing = "list the images";

function translated(error: unknown, address = "unix:///run/docker.sock"): string[] {
  const { diagnostic } = translateError(error, { address, doing }) as DiagnosticError;
  return [diagnostic.code, diagnostic.blame, diagnostic.message, diagnostic.hint ?? ""];
}

const system = (code: string, syscall?: string, message = code) =>
  Object.assign(new Error(message), { code, syscall });

const answered = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), {
    statusCode,
    json: { message },
  });

describe("an engine that cannot be reached is told with what to do:", () => {
  test.each([
    ["ENOENT", "no such socket", "start one with ./scripts/engine start, or set DOCKER_HOST"],
    ["EACCES", "permission denied", "add your user to the `docker` group, or set DOCKER_HOST"],
    ["ECONNREFUSED", "connection refused", "start the engine, or set DOCKER_HOST"],
    ["ETIMEDOUT", "no answer", "check the network and the port, or set DOCKER_HOST"],
  ])("%s", (code, why, hint) => {
    const message = `cannot reach the Docker Engine at unix:///run/docker.sock: ${why}`;
    expect(translated(system(code, "connect"))).toEqual([
      "engine-unreachable",
      "surroundings",
      message,
      hint,
    ]);
  });

  test("ENOTFOUND", () => {
    expect(translated(system("ENOTFOUND", "getaddrinfo"), "tcp://bild:2375")).toEqual([
      "engine-unreachable",
      "surroundings",
      "cannot reach the Docker Engine at tcp://bild:2375: no such host",
      "check the host name in DOCKER_HOST",
    ]);
  });

  test("a name with several addresses", () => {
    const all = Object.assign(new Error(""), {
      code: "ECONNREFUSED",
      errors: [system("ECONNREFUSED", "connect"), system("ECONNREFUSED", "connect")],
    });
    expect(translated(all, "tcp://localhost:1")[2]).toBe(
      "cannot reach the Docker Engine at tcp://localhost:1: connection refused",
    );
  });

  test("TLS where none was spoken", () => {
    const error = answered(400, "Client sent an HTTP request to an HTTPS server.");
    expect(translated(error, "tcp://build:2376")).toEqual([
      "engine-unreachable",
      "surroundings",
      "cannot reach the Docker Engine at tcp://build:2376: it wants TLS",
      "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH",
    ]);
  });
});

test("a connection that broke tells what it was for", () => {
  expect(translated(system("ECONNRESET", undefined, "socket hang up"))).toEqual([
    "engine-unreachable",
    "surroundings",
    "cannot list the images: lost the connection to the Docker Engine at unix:///run/docker.sock",
    "see the engine's log, and try again",
  ]);
});

test("a status that nobody expected is told in the engine's words", () => {
  expect(translated(answered(500, "no space left on device")).slice(0, 3)).toEqual([
    "engine-failed",
    "surroundings",
    "cannot list the images: no space left on device",
  ]);
});

test("a missing file is not taken for a missing engine", () => {
  const error = system("ENOENT", "open");
  expect(translateError(error, { address: "unix:///x", doing })).toBe(error);
});

test("a cut connection is an abort when the signal asked for it", () => {
  const signal = AbortSignal.abort();
  const error = translateError(system("ECONNRESET"), { address: "unix:///x", doing, signal });
  expect((error as Error).name).toBe("AbortError");
});

test("an abort for any reason is named AbortError", () => {
  expect(abortError(AbortSignal.abort(new Error("interrupted"))).name).toBe("AbortError");
  expect(abortError(AbortSignal.abort("interrupted")).name).toBe("AbortError");
});

test("an answer that never comes ends with the signal", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(controller.signal, new Promise(() => undefined));
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});

describe("a transfer that failed is told by its cause:", () => {
  const pull = {
    action: "pull",
    reference: "r.example/a:1",
    host: "r.example",
    loggedIn: false,
  } as const;
  const noLogin = "no credentials for `r.example` were found, see `docker login r.example`";

  test.each<[reason: string, code: string, hint: string, mayPass?: boolean]>([
    [
      'Get "https://r.example/v2/": dial tcp: lookup r.example: no such host',
      "registry-unreachable",
      "check that the engine can reach `r.example`",
      true,
    ],
    [
      'Get "https://r.example/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      "registry-unreachable",
      "check that the engine can reach `r.example`",
      true,
    ],
    [
      'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client',
      "registry-unreachable",
      "the registry speaks no TLS: list `r.example` under `insecure-registries` of the engine",
    ],
    [
      'Get "https://r.example/v2/": x509: certificate signed by unknown authority',
      "registry-unreachable",
      "the engine does not trust the registry: put its CA in `/etc/docker/certs.d/r.example`",
    ],
    [
      "received unexpected HTTP status: 503 Service Unavailable",
      "registry-unreachable",
      "check that the engine can reach `r.example`",
      true,
    ],
    [
      "toomanyrequests: You have reached your pull rate limit",
      "registry-unreachable",
      "the registry limits requests: wait, or log in with `docker login r.example`",
      true,
    ],
    [
      "manifest for r.example/a:1 not found: manifest unknown: manifest unknown",
      "image-not-found",
      "check the name and the tag",
    ],
    [
      "pull access denied for a, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      "image-not-found",
      `check the name; ${noLogin}`,
    ],
    ["unauthorized: authentication required", "registry-denied", noLogin],
    [
      'Head "https://r.example/v2/a/manifests/1": no basic auth credentials',
      "registry-denied",
      noLogin,
    ],
    [
      "failed to register layer: no space left on device",
      "pull-failed",
      "see whether `docker pull r.example/a:1` works",
    ],
  ])("%s", (reason, code, hint, ...[mayPass]) => {
    const { diagnostic } = transferError(pull, reason);
    expect(diagnostic).toEqual({
      code,
      blame: "surroundings",
      message: `cannot pull \`r.example/a:1\`: ${reason}`,
      hint,
      ...(mayPass && { transient: true }),
    });
  });

  test("credentials that were refused", () => {
    const push = { ...pull, action: "push", loggedIn: true } as const;
    expect(transferError(push, "denied: not yours").diagnostic).toEqual({
      code: "registry-denied",
      blame: "surroundings",
      message: "cannot push `r.example/a:1`: denied: not yours",
      hint: "the credentials for `r.example` may not allow it, see `docker login r.example`",
    });
  });
});

test.each([
  [
    'conflict: unable to remove repository reference "a" (must force) - container 0123456789ab is using its referenced image 5c',
    "container 0123456789ab",
  ],
  [
    "conflict: unable to delete 5c (cannot be forced) - image is being used by running container 0123456789ab",
    "container 0123456789ab",
  ],
  [
    "conflict: unable to delete 5c (cannot be forced) - image has dependent child images",
    "images that are built on it",
  ],
  [
    "conflict: unable to delete 5c (must be forced) - image is referenced in multiple repositories",
    "other references",
  ],
])("who holds an image is read from: %s", (reason, holder) => {
  expect(holderOf(reason)).toBe(holder);
});

test("a command that is not in the image is told without the engine's layers", () => {
  const reason =
    'failed to create shim: OCI runtime create failed: runc create failed: unable to start container process: exec: "make": executable file not found in $PATH: unknown';
  expect(startProblem(answered(400, reason))).toBe("`make`: executable file not found in $PATH");
});

test.each([
  "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:8080 failed: port is already allocated",
  "driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
  "Ports are not available: exposing port TCP 0.0.0.0:8080",
])("a port in use is told from other failures: %s", (reason) => {
  expect(isPortInUse(reason)).toBe(true);
});

test.each([
  ["app", "app", "latest", "docker.io"],
  ["team/app:1", "team/app", "1", "docker.io"],
  ["localhost:5000/app", "localhost:5000/app", "latest", "localhost:5000"],
  ["localhost/app:1", "localhost/app", "1", "localhost"],
  ["r.example:5000/a/b:v1", "r.example:5000/a/b", "v1", "r.example:5000"],
  ["r.example/a:1@sha256:00", "r.example/a", "sha256:00", "r.example"],
])("%s is cut into name, tag and registry", (reference, name, tag, host) => {
  expect(splitReference(reference)).toEqual({ name, tag });
  expect(registryOf(reference)).toBe(host);
});
