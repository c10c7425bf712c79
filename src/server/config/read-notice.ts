/** Reads how a repository's pushes are noticed, and when it is built without one. */
import path from "node:path";
import { Cron } from "croner";
import * as words from "../../config/problems/problems.ts";
import type { Node } from "../../config/yaml/node.ts";
import type {
  GithubEvents,
  RepositoryConfig,
  Schedule,
  SecretPlace,
  Webhook,
} from "../records/config.ts";
import { hookKinds } from "../records/config.ts";
import { isBranch } from "../records/names.ts";
import type { ConfigReader } from "./config-reader.ts";
import { keysOf } from "./declared.ts";
import * as problems from "./problems.ts";
import { readTargets } from "./read-names.ts";

type Notice = Pick<RepositoryConfig, "poll" | "githubEvents" | "webhook">;

const usualPoll = 60;
const leastPoll = 1;

export function readNotice(reader: ConfigReader, node: Node | undefined, of: string): Notice {
  const what = `\`notice\` of ${of}`;
  const section = reader.section(node, what, keysOf.notice);
  const pollNode = section.node("poll");
  const isOff = pollNode?.kind === "scalar" && pollNode.value === false;
  const poll = isOff ? undefined : ((pollNode && readPoll(reader, pollNode)) ?? usualPoll);
  const githubEvents = section.get("github-events", (value, each) =>
    readEvents(reader, value, each),
  );
  const webhook = section.get("webhook", (value, each) => readWebhook(reader, value, each));
  return {
    ...(poll !== undefined && { poll }),
    ...(githubEvents && { githubEvents }),
    ...(webhook && { webhook }),
  };
}

function readPoll(reader: ConfigReader, node: Node): number | undefined {
  const seconds = reader.duration(node, "`poll`");
  if (seconds === undefined || seconds >= leastPoll) return seconds;
  return reader.report(problems.tooOften("`poll`", `${leastPoll} s`, reader.at(node)));
}

/** An address, or one with a token, for which there are more requests an hour. */
function readEvents(reader: ConfigReader, node: Node, what: string): GithubEvents | undefined {
  if (node.kind === "scalar") {
    const url = readHttp(reader, node, what);
    return url === undefined ? undefined : { url };
  }
  const section = reader.section(node, what, keysOf.events);
  const url = section.need("url", (value, each) => readHttp(reader, value, each));
  const token = section.get("token", (value, each) => readSecret(reader, value, each));
  return url === undefined ? undefined : { url, ...(token && { token }) };
}

function readHttp(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.password || url?.username)
    return reader.report(problems.plainSecret(`a password for ${what}`, reader.at(node)));
  if (url && /^https?:$/.test(url.protocol)) return text;
  return reader.report(problems.noUrl(what, text, "HTTP address", reader.at(node)));
}

function readWebhook(reader: ConfigReader, node: Node, what: string): Webhook | undefined {
  const section = reader.section(node, what, keysOf.webhook);
  const kind = section.need("kind", (value, each) => reader.choice(value, each, hookKinds));
  const secret = section.need("secret", (value, each) => readSecret(reader, value, each));
  return kind && secret && { kind, secret };
}

/** Where it is found. What stands in the configuration is read by all who may read that, and shown by the API. */
function readSecret(reader: ConfigReader, node: Node, what: string): SecretPlace | undefined {
  if (node.kind === "scalar" && node.value !== null) {
    return reader.report(problems.plainSecret(what, reader.at(node)));
  }
  const section = reader.section(node, what, keysOf.secret);
  const name = section.get("env", (value, each) => reader.text(value, each));
  const file = section.get("file", (value, each) => reader.text(value, each));
  const at = reader.at(node);
  if (name !== undefined && file !== undefined) {
    return reader.report(words.twoWays(what, ["env", "file"], at));
  }
  if (name !== undefined) return { kind: "env", name };
  if (file !== undefined) return { kind: "file", path: path.resolve(reader.folder, file) };
  return reader.report(words.missingKey(what, "env", at));
}

export function readSchedules(
  reader: ConfigReader,
  node: Node | undefined,
  usualBranch: string,
): readonly Schedule[] {
  return reader
    .items(node, "`schedules`")
    .flatMap((item) => readSchedule(reader, item, usualBranch) ?? []);
}

function readSchedule(reader: ConfigReader, node: Node, usual: string): Schedule | undefined {
  const section = reader.section(node, "a schedule", keysOf.schedule);
  const cron = section.need("cron", (value, what) => readCron(reader, value, what));
  const branch = section.get("branch", (value, what) => reader.text(value, what)) ?? usual;
  const targets = section.get("targets", (value, what) => readTargets(reader, value, what)) ?? [];
  if (!isBranch(branch)) {
    return reader.report(problems.badBranch(branch, reader.at(section.node("branch") ?? node)));
  }
  return cron === undefined ? undefined : { cron, branch, targets };
}

function readCron(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  try {
    new Cron(text, { paused: true, mode: "5-part" });
    return text;
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, "").replace(/\.$/, "");
    return reader.report(problems.badCron(text, lowerFirst(why), reader.at(node)));
  }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
