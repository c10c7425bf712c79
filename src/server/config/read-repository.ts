/** Reads one repository of the configuration: where it is, what of it is built, and how pushes are noticed. */
import path from "node:path";
import picomatch from "picomatch";
import * as words from "../../config/problems/problems.ts";
import { reservedParameters } from "../../config/reserved.ts";
import type { Entry, Node } from "../../config/yaml/node.ts";
import type { RepositoryConfig } from "../records/config.ts";
import { isBranch } from "../records/names.ts";
import type { ParameterValue } from "../records/run.ts";
import type { ConfigReader } from "./config-reader.ts";
import { keysOf, patterns, ranges } from "./declared.ts";
import * as problems from "./problems.ts";
import { each, readTargets } from "./read-names.ts";
import { readNotice, readSchedules } from "./read-notice.ts";

export function readRepository(reader: ConfigReader, entry: Entry): RepositoryConfig | undefined {
  const { key: name, value } = entry;
  const what = `repository \`${name}\``;
  checkName(reader, entry);
  const section = reader.section(value, what, keysOf.repository);
  const flag = (key: string): boolean =>
    section.get(key, (node, each) => reader.flag(node, each)) ?? false;
  const url = section.need("url", (node, each) => readUrl(reader, node, each));
  const branches = section.get("branches", (node, each) => readBranches(reader, node, each));
  const targets = section.need("targets", (node, each) => readOwnTargets(reader, node, each));
  const params = section.get("params", (node, each) => readParams(reader, node, each));
  const follows = section.get("follows", (node, what) => readFollows(reader, node, what)) ?? [];
  const update = section.get("update", (node, each) => readUpdate(reader, node, each));
  const notice = readNotice(reader, section.node("notice"), what);
  const schedules = readSchedules(reader, section.node("schedules"), branches?.[0] ?? "main");
  const priority = section.get("priority", (node, each) =>
    reader.whole(node, each, ranges.priority),
  );
  const time = section.get("time", (node, each) => reader.duration(node, each));
  const environment = section.get("environment", (node) => readEnvironment(reader, node));
  const pulls = section.node("pull-requests");
  if (pulls && flag("pull-requests")) reader.report(problems.noPullRequests(reader.at(pulls)));
  if (url === undefined || targets === undefined) return undefined;
  if (targets.length === 0 && schedules.some((each) => each.targets.length === 0)) {
    reader.report(problems.nothingScheduled(name, reader.at(section.node("schedules") ?? value)));
  }
  return {
    name,
    url,
    branches: branches ?? ["main"],
    targets,
    params: params ?? {},
    follows,
    ...updateOf(update ?? follows.length > 0),
    ...notice,
    schedules: schedules.map((each) => ({
      ...each,
      targets: each.targets.length > 0 ? each.targets : targets,
    })),
    cancelRunning: flag("cancel-running"),
    buildAtStart: flag("build-at-start"),
    priority: priority ?? 0,
    ...(time !== undefined && { time }),
    environment: environment ?? [],
  };
}

/** An empty list says that it is only there for others to follow; the key itself may not be forgotten. */
const readOwnTargets = (reader: ConfigReader, node: Node, what: string) =>
  node.kind === "list" && node.items.length === 0 ? [] : readTargets(reader, node, what);

const readFollows = (reader: ConfigReader, node: Node, what: string): readonly string[] =>
  each(node).flatMap((item) => reader.text(item, what) ?? []);

/** Whether each run asks again what names of servers stand for, or of which targets. */
function readUpdate(reader: ConfigReader, node: Node, what: string) {
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  return readTargets(reader, node, what);
}

const updateOf = (update: boolean | readonly string[]): Pick<RepositoryConfig, "update"> =>
  update === false ? {} : { update: update === true ? [] : update };

function checkName(reader: ConfigReader, { key, keyAt }: Entry): void {
  if (patterns.repositoryName.test(key)) return;
  const rule = "use letters, digits, `.`, `-` and `_`, a letter or digit first";
  reader.report(words.illegalName("a repository", key, reader.at(keyAt), rule));
}

/** What git may be asked for: other schemes, `ext::` above all, run commands. */
const schemes = /^(https?|ssh|git|file):\/\/[^\s]+$/;
const scpLike = /^[\w.-]+@[\w.-]+:[^\s:][^\s]*$/;

function readUrl(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  const at = reader.at(node);
  if (/^https?:\/\/[^/@]*@/.test(text) || /^\w+:\/\/[^/@]*:[^/@]*@/.test(text)) {
    return reader.report(problems.credentialsInUrl(what, at));
  }
  if (schemes.test(text) || scpLike.test(text) || path.isAbsolute(text)) return text;
  return reader.report(problems.noUrl(what, text, "repository that git can reach", at));
}

function readBranches(reader: ConfigReader, node: Node, what: string): readonly string[] {
  const found = each(node).flatMap((item) => {
    const text = reader.text(item, what);
    if (text === undefined) return [];
    if (isBranch(text.replace(/[*?{},]/g, "x")) && isPattern(text)) return [text];
    reader.report(problems.badBranch(text, reader.at(item)));
    return [];
  });
  if (found.length === 0 && each(node).length === 0) {
    reader.report(words.emptyList(what, reader.at(node)));
  }
  return found;
}

function isPattern(text: string): boolean {
  try {
    picomatch.makeRe(text);
    return true;
  } catch {
    return false;
  }
}

function readParams(reader: ConfigReader, node: Node, what: string) {
  const found: Record<string, ParameterValue> = {};
  for (const { key, keyAt, value } of reader.entries(node, what)) {
    if (!patterns.parameterName.test(key))
      reader.report(problems.badParameter(key, reader.at(keyAt)));
    if (reservedParameters.has(key)) reader.report(problems.ownOption(key, reader.at(keyAt)));
    if (value.kind === "scalar" && value.value !== null) {
      // As it was typed: a version `1.10` is no number 1.1.
      found[key] = typeof value.value === "boolean" ? value.value : value.text;
    } else reader.wrong(`\`${key}\` of ${what}`, "text, a number or a flag", value);
  }
  return found;
}

/** What a run has in any case, and what changes how programs are found and what git does. */
const own =
  /^(PATH|HOME|DOCKER_HOST|LD_\w+|NODE_OPTIONS|GIT_\w+|TBUILD_WORKSPACE|TBUILD_SERVE\w*)$/;

function readEnvironment(reader: ConfigReader, node: Node): readonly string[] {
  return reader.items(node, "`environment`").flatMap((item) => {
    const name = reader.text(item, "a name of `environment`");
    if (name === undefined) return [];
    if (!own.test(name) && patterns.variableName.test(name)) return [name];
    reader.report(problems.serversOwn(name, reader.at(item)));
    return [];
  });
}
