/** The wording of what goes wrong between git and a server, from what git says. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { DiagnosticError } from "../../model/diagnostic.ts";
import { nearest } from "../../model/nearest.ts";
import type { Target } from "../../model/target.ts";
import { counted, failure, redactUrls, unavailable, usageError } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import type { Git } from "./git-program.ts";
import { namesOf } from "./git-refs.ts";

/** Why git failed; `other` is what none of the words that are known here tells. */
export type Cause =
  | "absent"
  | "denied"
  | "host-unknown"
  | "host-changed"
  | "unreachable"
  | "disk-full"
  | "other";

const words: readonly (readonly [Cause, RegExp])[] = [
  ["disk-full", /no space left on device|disk quota exceeded/i],
  ["host-changed", /remote host identification has changed/i],
  ["host-unknown", /host key verification failed/i],
  [
    "denied",
    /authentication failed|permission denied|could not read (username|password)|access denied|error: 403|dubious ownership/i,
  ],
  [
    "absent",
    /repository .*not found|does not (exist|appear)|no such file or directory|not a git repository/i,
  ],
  [
    "unreachable",
    /unable to access|could not resolve|connection (refused|reset|timed out|closed)|operation timed out|network is unreachable|no route to host|early eof|remote end hung up|rpc failed|transport .* not allowed|unable to find remote helper/i,
  ],
];

export function causeOf(said: readonly string[]): Cause {
  const text = said.join("\n");
  return words.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
}

/** What a server did not give; thrown through all that was begun, and told as an outcome. */
export class NotToBeHad extends Error {
  readonly url: string;
  readonly said: readonly string[];

  constructor(url: string, said: readonly string[]) {
    super("a repository is not to be had");
    this.url = url;
    this.said = said;
  }
}

/** @throws DiagnosticError where the disk is full */
export async function notToBeHad(
  { url, said }: NotToBeHad,
  git: Git,
  context: Pick<ActContext, "environment">,
): Promise<ActOutcome & { readonly kind: "unavailable" }> {
  const cause = causeOf(said);
  if (cause === "disk-full") throw gitFailed("fetch a repository", said);
  const why = whyNot[cause];
  const hint = cause === "denied" ? await whatWasTried(url, git, context) : hostHint(cause, url);
  return unavailable("repository-unavailable", why, `${why}: \`${redactUrls(url)}\``, {
    details: said,
    ...(hint !== undefined && { hint }),
    ...(why === whyNot.other && { transient: true }),
  });
}

const whyNot: Readonly<Record<Exclude<Cause, "disk-full">, string>> = {
  absent: "the repository was not found",
  denied: "the repository denies access",
  "host-unknown": "SSH does not know the host of the repository",
  "host-changed": "the host of the repository has another key than the one that is known",
  unreachable: "the repository cannot be reached",
  other: "the repository cannot be reached",
};

/** SSH speaks only to hosts whose keys its user knows, and there is no terminal to ask on. */
function hostHint(cause: Cause, url: string): string | undefined {
  const { name, port } = sshHostOf(url);
  if (cause === "host-unknown") {
    const scan = `ssh-keyscan ${port === undefined ? "" : `-p ${port} `}${name}`;
    return `\`${scan}\` shows its keys: put the one that you trust into \`~/.ssh/known_hosts\``;
  }
  if (cause !== "host-changed") return undefined;
  const known = port === undefined ? name : `'[${name}]:${port}'`;
  return `find out why; if that is right, \`ssh-keygen -R ${known}\` forgets the known one`;
}

/** Of an address as git takes it: `ssh://git@host:22/a.git`, or `git@host:a.git`. */
function sshHostOf(url: string) {
  const [, user = "", name = "", port] =
    /^[a-z+]+:\/\/([^/@]*@)?(\[[^\]]*\]|[^/:]*)(?::(\d+))?/i.exec(url) ??
    /^([^/@]*@)?(\[[^\]]*\]|[^/:]*)/.exec(url) ??
    [];
  return { user: user.replace(/:.*@/, "@"), name: name.replace(/^\[|\]$/g, ""), port };
}

/** Names of what could have let git in; what these hold is nobody's business. */
async function whatWasTried(
  url: string,
  git: Git,
  { environment }: Pick<ActContext, "environment">,
): Promise<string> {
  const home = environment["HOME"];
  if (!/^https?:/i.test(url)) {
    const keys = [
      ...(environment["SSH_AUTH_SOCK"] === undefined ? [] : ["the keys of the SSH agent"]),
      ...(home === undefined ? [] : ["those that `~/.ssh` names"]),
    ];
    const tried = keys.length === 0 ? "no keys: there is no SSH agent" : keys.join(" and ");
    const { user, name, port } = sshHostOf(url);
    const call = `ssh -T ${port === undefined ? "" : `-p ${port} `}${user}${name}`;
    return `tried ${tried}; \`${call}\` tells more`;
  }
  const tried = [
    /^https?:\/\/[^/]*@/i.test(url) ? "the login of the URL" : "no login",
    ...(home !== undefined && existsSync(path.join(home, ".netrc")) ? ["`~/.netrc`"] : []),
    ...(await helpersOf(git)),
    ...(environment["GIT_ASKPASS"] ? ["`GIT_ASKPASS`"] : []),
  ];
  const list =
    tried.length < 2 ? tried.join("") : `${tried.slice(0, -1).join(", ")} and ${tried.at(-1)}`;
  return `tried ${list}; give git a login for \`${hostOf(url)}\` by a credential helper`;
}

async function helpersOf(git: Git): Promise<readonly string[]> {
  const answer = await git(["config", "--get-regexp", "^credential\\.(.*\\.)?helper$"]);
  const lines = answer.ok ? answer.text.split("\n") : [];
  const helpers = lines.flatMap((line) => /^\S+ (.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(helpers)].map((helper) => {
    const program = helper.split(" ", 1)[0] ?? "";
    // A helper may be a script of its own, with anything in it.
    return helper.startsWith("!")
      ? "a credential helper"
      : `credential helper \`${path.basename(program)}\``;
  });
}

/** With its port. */
const hostOf = (url: string): string => url.replace(/^https?:\/\/([^/]*@)?([^/]*).*$/is, "$2");

/** How many names a hint lists. */
const mostNames = 8;

export function unknownRef(
  target: Pick<Target, "places" | "declaredAt">,
  ref: string,
  url: string,
  listed: readonly string[],
): DiagnosticError {
  const [branches, tags] = [namesOf(listed, "heads"), namesOf(listed, "tags")];
  const hint = refHint(ref, branches, tags);
  return usageError(target, "ref", {
    code: "unknown-ref",
    message:
      listed.length === 0
        ? `\`${redactUrls(url)}\` has no commits`
        : `\`${redactUrls(url)}\` has no commit, tag or branch \`${ref}\``,
    ...(hint !== undefined && { hint }),
  });
}

function refHint(
  ref: string,
  branches: readonly string[],
  tags: readonly string[],
): string | undefined {
  const near = nearNames(ref, [...branches, ...tags]);
  if (near.length > 0) return `did you mean ${near.map(quoted).join(" or ")}?`;
  if (branches.length === 0) return undefined;
  if (branches.length <= mostNames) return `its branches: ${branches.map(quoted).join(", ")}`;
  return `it has ${branches.length} branches and ${counted(tags.length, "tag")}, and none of a name like that`;
}

/** At most three, the nearest first. */
function nearNames(ref: string, names: readonly string[]): readonly string[] {
  const left = new Set(names);
  const found: string[] = [];
  while (found.length < 3) {
    const near = nearest(ref, left);
    if (near === undefined) break;
    left.delete(near);
    found.push(near);
  }
  return found;
}

const quoted = (name: string): string => `\`${name}\``;

/** @param asksServer what was there a moment before may be there again a moment later */
export function gitFailed(
  doing: string,
  said: readonly string[],
  asksServer = false,
): DiagnosticError {
  if (causeOf(said) === "disk-full") {
    return failure("surroundings", "disk", `no space is left on the disk: cannot ${doing}`, {
      details: said,
    });
  }
  return failure("target", "git-failed", `cannot ${doing}`, {
    details: said,
    ...(asksServer && { transient: true }),
  });
}
