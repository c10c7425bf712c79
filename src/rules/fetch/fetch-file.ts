/** Downloads the file of a `fetch` target, verifies it, and puts it or what is in it in its place. */
import path from "node:path";
import type { Artifact } from "../../model/artifact.ts";
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { shownPatterns } from "../match-names.ts";
import { artifactOf, placeOutput } from "../output-files.ts";
import { updateOf } from "../pinned-problems.ts";
import { failed, failure, usageProblem } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { takeUnpacked } from "../unpacked.ts";
import { download } from "./download.ts";
import {
  type FetchValues,
  fetchedPlace,
  fileNameOf,
  plainDigest,
  shownUrl,
} from "./fetch-fields.ts";
import { notFetched } from "./fetch-problems.ts";

export async function fetchFile(values: FetchValues, context: ActContext): Promise<ActOutcome> {
  const file = path.join(await context.temporaryFolder(), fileNameOf(values.fetch));
  const { environment, signal, progress } = context;
  const result = await download(values.fetch, file, {
    environment,
    signal,
    onProgress: (done, total) => progress.transfer(fileNameOf(values.fetch), done, total),
  });
  if (result.kind === "unavailable") return notFetched(values.fetch, result);
  const problem = wrongDigest(values, result.sha256, context);
  if (problem !== undefined) return failed(problem);
  return values.unpack === true ? unpack(values, file, context) : keep(values, file, context);
}

/** @returns why what came is not what is meant: by the target file, or by the lock */
function wrongDigest(
  values: FetchValues,
  found: string,
  context: ActContext,
): Diagnostic | undefined {
  if (values.sha256 !== undefined) {
    const expected = plainDigest(values.sha256);
    return expected === found ? undefined : otherDigest(values, found, expected, context);
  }
  const asked = { kind: "fetch", url: values.fetch } as const;
  const at = context.pins.known(asked)?.at;
  const locked = plainDigest(context.pins.note(asked, `sha256:${found}`));
  return locked === found
    ? undefined
    : otherThanLocked(values, [found, locked], at, context.target);
}

function keep(values: FetchValues, file: string, context: ActContext): ActOutcome {
  const to = fetchedPlace(values, context.target);
  placeOutput(context, file, to);
  const artifact = artifactOf(context.files, { kind: "file", path: to }) as Artifact;
  return { kind: "made", artifacts: [artifact] };
}

async function unpack(values: FetchValues, file: string, context: ActContext): Promise<ActOutcome> {
  const to = fetchedPlace(values, context.target);
  const artifacts = await takeUnpacked(file, to, values.match, context);
  if (artifacts !== undefined) return { kind: "made", artifacts };
  const patterns = shownPatterns(values.match ?? []);
  const message = `fetched \`${fileNameOf(values.fetch)}\` holds no file that matches ${patterns}`;
  return failed(failure("target", "fetched-file-empty", message).diagnostic);
}

/** Not a mistake of whoever typed the command: what was sent is not what was meant. */
const otherDigest = (
  values: FetchValues,
  found: string,
  expected: string,
  context: ActContext,
) => ({
  ...usageProblem(context.target, "sha256", {
    code: "sha256-differs",
    message: `fetched file has sha256 \`${found}\`, expected \`${expected}\``,
    hint: `if \`${shownUrl(values.fetch)}\` is to be trusted, change \`sha256\``,
  }),
  blame: "target" as const,
});

/** Without a place, another target of this run got another file from the same URL. */
const otherThanLocked = (
  values: FetchValues,
  [found, locked]: readonly [string, string],
  at: Location | undefined,
  target: Target,
): Diagnostic => ({
  code: "fetched-file-changed",
  blame: "target",
  message: `the file at \`${shownUrl(values.fetch)}\` has sha256 \`${found}\`, locked is \`${locked}\``,
  ...(at && { at }),
  hint: updateOf(target, "the new one, if it is to be trusted"),
});
