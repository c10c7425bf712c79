/**
 * Checks out one commit with the `git` program. The result has no `.git`: its digest is that of the
 * content, and the same commit gives the same digest however it was obtained.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { LastLines } from "../lines.ts";
import { artifactOf, placeOutput } from "../output-files.ts";
import { failure, redactUrls, unavailable, usageError } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { askedCommit, rewritten } from "./asked-commit.ts";
import { checkoutPlace, type GitValues } from "./git-fields.ts";
import { type Git, gitIn } from "./git-program.ts";
import { findRef, type RemoteRef } from "./git-refs.ts";

export async function checkOut(values: GitValues, context: ActContext): Promise<ActOutcome> {
  const url = urlOf(values.git, context);
  const folder = path.join(await context.temporaryFolder(), "checkout");
  mkdirSync(folder);
  const last = new LastLines();
  const git = await gitIn(folder, context, last);
  const asked = askedCommit(values, context.files.absolute("."));
  const pin = asked && context.pins.known(asked);
  const listed = pin ? [] : await git("ls-remote", "--", url);
  if (listed === undefined) return unreachable(url, last);
  const wanted = pin ? wholeCommit(pin.value) : findRef(listed, values.ref);
  const note = (commit: string) => (asked ? context.pins.note(asked, commit) : commit);
  const commit = wanted && (await checkOutRef(git, wanted, { url, values, last, note }));
  if (commit === undefined) {
    if (asked && pin && !saysUnknown(last)) return unreachable(url, last);
    throw asked && pin
      ? rewritten(asked, pin, context.target)
      : unknownRef(values, url, listed, context);
  }
  removeHistory(folder);
  const to = checkoutPlace(values, context.target);
  placeOutput(context, folder, to);
  const artifact = artifactOf(context.files, { kind: "tree", path: to });
  if (artifact === undefined) throw new Error(`checkout ${to} vanished`);
  return { kind: "made", artifacts: [artifact], note: `at ${commit.slice(0, 7)}` };
}

const wholeCommit = (commit: string): RemoteRef => ({ kind: "commit", commit });

interface Checkout {
  readonly url: string;
  readonly values: GitValues;
  readonly last: LastLines;
  /** Which commit counts, where another target of this run found another one under the same name. */
  readonly note: (commit: string) => string;
}

/** @returns the commit, or undefined when the server knows none of that name, or not that commit */
async function checkOutRef(
  git: Git,
  wanted: RemoteRef,
  { url, values, last, note }: Checkout,
): Promise<string | undefined> {
  if ((await git("init", "--quiet")) === undefined) throw gitFailed("start a checkout", last);
  await git("remote", "add", "origin", url);
  const found = await fetchCommit(git, wanted);
  const meant = found && note(found);
  const commit = meant === found ? found : await fetchCommit(git, wholeCommit(meant as string));
  if (commit === undefined) {
    if (wanted.kind === "commit" && (saysUnknown(last) || wanted.commit !== values.ref)) {
      return undefined;
    }
    throw gitFailed(`fetch \`${values.ref ?? "HEAD"}\``, last, true);
  }
  if ((await git("checkout", "--quiet", "--detach", commit)) === undefined) {
    throw gitFailed(`check out \`${commit}\``, last);
  }
  if (values.submodules === true && !(await updateSubmodules(git))) {
    throw gitFailed("check out the submodules", last, true);
  }
  return commit;
}

/** Shallow where the server allows that, in full where it does not. */
async function fetchCommit(git: Git, wanted: RemoteRef): Promise<string | undefined> {
  const name = wanted.kind === "named" ? wanted.ref : wanted.commit;
  const isWhole = wanted.kind === "named" || wanted.commit.length >= 40;
  const shallow = ["fetch", "--quiet", "--depth=1", "--no-tags", "origin", name] as const;
  if (isWhole && (await git(...shallow)) !== undefined) return resolve(git, "FETCH_HEAD");
  const everything = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  if ((await git("fetch", "--quiet", "origin", ...everything)) === undefined) return undefined;
  if (wanted.kind === "commit") return resolve(git, wanted.commit);
  const local = wanted.ref.replace(/^refs\/heads\//, "refs/remotes/origin/");
  return resolve(git, local === "HEAD" ? wanted.commit : local);
}

async function resolve(git: Git, name: string): Promise<string | undefined> {
  return (
    await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`)
  )?.[0];
}

async function updateSubmodules(git: Git): Promise<boolean> {
  const update = ["submodule", "--quiet", "update", "--init", "--recursive"];
  const shallow = await git(...update, "--depth=1");
  return shallow !== undefined || (await git(...update)) !== undefined;
}

/** Of the submodules too. */
function removeHistory(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.name === ".git") rmSync(place, { recursive: true, force: true });
    else if (entry.isDirectory()) removeHistory(place);
  }
}

/** A path is relative to the workspace, and git runs elsewhere. */
function urlOf(given: string, context: ActContext): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  if (isUrl) return given;
  const isPath = /^\.{0,2}\//.test(given) || context.files.kindOf(given) === "folder";
  return isPath ? context.files.absolute(given) : given;
}

function unreachable(url: string, last: LastLines): ActOutcome {
  const text = last.lines.join("\n");
  const isAbsent = /not found|does not (exist|appear)|no such file/i.test(text);
  const isDenied = /authentication failed|permission denied|could not read username/i.test(text);
  const why = isAbsent
    ? "the repository was not found"
    : isDenied
      ? "the repository denies access"
      : "the repository cannot be reached";
  const message = `${why}: \`${redactUrls(url)}\``;
  const mayPass = !isAbsent && !isDenied;
  return unavailable("repository-unavailable", why, message, {
    details: last.lines,
    ...(mayPass && { transient: true }),
  });
}

const saysUnknown = (last: LastLines): boolean =>
  /not our ref|unadvertised object|couldn't find remote ref/i.test(last.lines.join("\n")) ||
  last.lines.length === 0;

function unknownRef(
  { ref = "HEAD" }: GitValues,
  url: string,
  listed: readonly string[],
  context: ActContext,
) {
  const names = listed.flatMap((line) => /\trefs\/heads\/(.+)$/.exec(line)?.[1] ?? []);
  const shown = names.slice(0, 8).map((name) => `\`${name}\``);
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : "";
  return usageError(context.target, "ref", {
    code: "unknown-ref",
    message:
      listed.length === 0
        ? `\`${redactUrls(url)}\` has no commits`
        : `\`${redactUrls(url)}\` has no commit, tag or branch \`${ref}\``,
    ...(names.length > 0 && { hint: `its branches: ${shown.join(", ")}${more}` }),
  });
}

/** @param asksServer what was there a moment before may be there again a moment later */
const gitFailed = (doing: string, last: LastLines, asksServer = false) =>
  failure("target", "git-failed", `cannot ${doing}`, {
    details: last.lines,
    ...(asksServer && { transient: true }),
  });
