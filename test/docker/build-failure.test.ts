import { buildFailed, callFailed } from "../../src/docker/build-failure.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";

const tag = "shop/api:dev";

function failedStep(name: string, error: string, tail: readonly string[] = []) {
  const outcome = { error: `failed to solve: ${error}`, failed: { name, error, tail } };
  return buildFailed(tag, outcome).diagnostic;
}

test("a command's exit code is told with its step and its last lines", () => {
  const error = 'process "/bin/sh -c make" did not complete successfully: exit code: 2';
  expect(failedStep("[2/5] RUN make", error, ["make: *** Error 2"])).toEqual({
    code: "build-failed",
    blame: "target",
    message: "building image `shop/api:dev`: step `[2/5] RUN make` exited with code 2",
    exitCode: 2,
    details: ["make: *** Error 2"],
  });
});

test("the words of older engines are understood alike", () => {
  const { message } = failedStep(
    "[2/2] RUN x",
    "executor failed running [/bin/sh]: exit code: 127",
  );
  expect(message).toBe("building image `shop/api:dev`: step `[2/2] RUN x` exited with code 127");
});

test("a killed command hints at memory", () => {
  expect(failedStep("[2/2] RUN x", "exit code: 137").hint).toBe(
    "the command was killed, most often because the engine's host ran out of memory",
  );
});

test("a missing file is named without what the engine calls its folders", () => {
  const error = 'failed to calculate checksum of ref a-b::c: "/nope": not found';
  expect(failedStep("[2/2] COPY nope /", error).message).toBe(
    "building image `shop/api:dev`: step `[2/2] COPY nope /` failed: `nope` is not in the context",
  );
});

test("a fault of the Dockerfile is told in BuildKit's words, with its line", () => {
  const error =
    "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 2: unknown instruction: FOO";
  expect(buildFailed(tag, { error }).diagnostic.message).toBe(
    "building image `shop/api:dev`: dockerfile parse error on line 2: unknown instruction: FOO",
  );
});

test("a missing Dockerfile is told without the engine's own folder", () => {
  const error =
    "failed to solve with frontend dockerfile.v0: failed to read dockerfile: open /var/lib/docker/tmp/buildkit-mount123/Dockerfile: no such file or directory";
  expect(buildFailed(tag, { error }).diagnostic.message).toBe(
    "building image `shop/api:dev`: failed to read dockerfile: open Dockerfile: no such file or directory",
  );
});

test("a full disk of the engine is the surroundings' fault", () => {
  const error = "failed to copy: write /var/lib/docker/tmp/x: no space left on device";
  expect(buildFailed(undefined, { error }).diagnostic).toEqual({
    code: "engine-disk-full",
    blame: "surroundings",
    message: `building an image without tags: the engine's disk is full: ${error}`,
    hint: "see `docker system df`, and free space with `docker builder prune`",
  });
});

test("a command that talks of a full disk is not taken for the engine", () => {
  const error =
    'process "echo no space left on device" did not complete successfully: exit code: 1';
  const { code, hint } = failedStep("[2/2] RUN x", error, ["cp: No space left on device"]);
  expect(code).toBe("build-failed");
  expect(hint).toBe("the step found a disk full: see `docker system df` if it is the engine's");
});

test("a registry that cannot be reached is the surroundings' fault", () => {
  const error = 'failed to do request: Head "https://r/v2/": dial tcp: lookup r: no such host';
  const diagnostic = failedStep("[internal] load metadata for r/base:1", error);
  expect(diagnostic.code).toBe("registry-unreachable");
  expect(diagnostic.blame).toBe("surroundings");
  expect(diagnostic.message).toBe(
    `building image \`shop/api:dev\`: cannot ask for image \`r/base:1\`: ${error}`,
  );
});

test("a base image that does not exist is the target's fault", () => {
  const diagnostic = failedStep("[internal] load metadata for r/base:1", "r/base:1: not found");
  expect(diagnostic.code).toBe("build-failed");
});

test("a response that ends early is told", () => {
  expect(buildFailed(tag, {}).diagnostic.message).toBe(
    "building image `shop/api:dev`: the engine ended the build without an image",
  );
});

test("a refused request is told in the engine's words", () => {
  const error = Object.assign(new Error("(HTTP code 400) unexpected - invalid reference format "), {
    statusCode: 400,
  });
  const failed = callFailed(tag, "unix:///x", error);
  expect(failed).toBeInstanceOf(DiagnosticError);
  expect((failed as DiagnosticError).diagnostic).toEqual({
    code: "build-failed",
    blame: "target",
    message: "building image `shop/api:dev`: invalid reference format",
  });
});

test("a bug stays what it is", () => {
  const bug = new TypeError("x is not a function");
  expect(callFailed(tag, "unix:///x", bug)).toBe(bug);
});
