/**
 * Words what stopped a build: a failed step, the engine's complaint, or a connection that broke.
 * Noticing them is left to `build-image.ts` and `build-progress.ts`.
 */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { BuildOutcome, FailedStep } from "./build-progress.ts";
import { reasonOf, statusOf, translateError } from "./errors.ts";

/**
 * The engine ended the build without an image.
 * @param tag the image as the user knows it; absent for a build without tags
 * @returns `build-failed`, or what the surroundings are to blame for: `engine-disk-full`,
 *   `registry-unreachable`
 */
export function buildFailed(
  tag: string | undefined,
  outcome: BuildOutcome,
  cause?: unknown,
): DiagnosticError {
  const { code, blame, problem, ...more } = problemOf(outcome);
  const message = `building ${imageOf(tag)}: ${problem}`;
  const diagnostic = { code, blame, message, ...more };
  return new DiagnosticError(diagnostic, cause === undefined ? undefined : { cause });
}

/**
 * A call of the engine failed. Its own refusals, such as that of a malformed tag, fail the build.
 * @param error what `dial` or a response stream threw
 */
export function callFailed(tag: string | undefined, address: string, error: unknown): unknown {
  if (error instanceof DiagnosticError) return error;
  const status = statusOf(error);
  if (status !== undefined && status !== 404) {
    return buildFailed(tag, { error: reasonOf(error) }, error);
  }
  return translateError(error, { address, doing: `build ${imageOf(tag)}` });
}

type Problem = Omit<Diagnostic, "message"> & { readonly problem: string };

const buildFault = { code: "build-failed", blame: "target" } as const;

function problemOf({ error, failed }: BuildOutcome): Problem {
  if (error === undefined) {
    return { ...buildFault, problem: "the engine ended the build without an image" };
  }
  // A command's exit code is its own; BuildKit quotes the command, whatever that says.
  const exited = failed !== undefined && exitCodeOf(failed) !== undefined;
  if (isDiskFull(error) && !exited) return diskFull(error);
  if (failed === undefined) return { ...buildFault, problem: plain(error) };
  return unreachableBase(failed) ?? stepFailed(failed);
}

function diskFull(words: string): Problem {
  return {
    code: "engine-disk-full",
    blame: "surroundings",
    problem: `the engine's disk is full: ${plain(words)}`,
    hint: "see `docker system df`, and free space with `docker builder prune`",
  };
}

/** Steps that ask a registry about an image; what else they fail with is the Dockerfile's fault. */
const askingStep =
  /^(?:\[internal\] load metadata|resolve image config) for (?:docker-image:\/\/)?(\S+)$/;

function unreachableBase({ name, error }: FailedStep): Problem | undefined {
  const image = askingStep.exec(name)?.[1];
  const network = /dial tcp|no such host|connection refused|timeout|x509|: EOF$/;
  if (image === undefined || !network.test(error)) return undefined;
  return {
    code: "registry-unreachable",
    blame: "surroundings",
    problem: `cannot ask for image \`${image}\`: ${plain(error)}`,
    hint: "check the engine's network and proxy, or make that image a target",
    ...(!/x509/.test(error) && { transient: true }),
  };
}

function stepFailed(step: FailedStep): Problem {
  const hint = hintFor(step);
  const exitCode = exitCodeOf(step);
  return {
    ...buildFault,
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
    problem: `step \`${step.name}\` ${howItFailed(step)}`,
    ...(hint === undefined ? {} : { hint }),
    ...(step.tail.length === 0 ? {} : { details: step.tail }),
  };
}

function imageOf(tag: string | undefined): string {
  return tag === undefined ? "an image without tags" : `image \`${tag}\``;
}

function howItFailed(step: FailedStep): string {
  const code = exitCodeOf(step);
  const absent = absentFile(step);
  if (absent !== undefined) return `failed: \`${absent}\` is not in the context`;
  return code === undefined ? `failed: ${plain(step.error)}` : `exited with code ${code}`;
}

/** What a COPY looked for; how that is worded differs from engine to engine. */
function absentFile({ name, error }: FailedStep): string | undefined {
  if (!/^(?:\[[^\]]*\] )?(?:COPY|ADD) (?!.*--from=)/.test(name)) return undefined;
  return /"\/?([^"]+)"(?: not found)?: not found$/.exec(error)?.[1];
}

function exitCodeOf(step: FailedStep): string | undefined {
  return /exit code: (\d+)$/.exec(step.error)?.[1];
}

function hintFor(step: FailedStep): string | undefined {
  if (step.tail.some(isDiskFull)) {
    return "the step found a disk full: see `docker system df` if it is the engine's";
  }
  if (absentFile(step) !== undefined) {
    return "check its spelling, the folders of `image`, and `.dockerignore`";
  }
  if (exitCodeOf(step) !== "137") return undefined;
  return "the command was killed, most often because the engine's host ran out of memory";
}

function isDiskFull(words: string): boolean {
  return /no space left on device/i.test(words);
}

/** BuildKit's words without the layers that they came through, nor the folders it mounted files in. */
function plain(words: string): string {
  return words
    .trim()
    .replace(
      /^(?:failed to solve(?: with frontend [\w.]+)?: |failed to create LLB definition: |failed to calculate checksum of ref \S+: |rpc error: code = \w+ desc = )+/,
      "",
    )
    .replace(/^dockerfile parse error line/, "dockerfile parse error on line")
    .replace(/\/\S*?\/buildkit-mount\d+\//g, "")
    .replace(/\/\S*?\/overlay2\/\w+\/(?:merged|diff)(?=\/)/g, "");
}
