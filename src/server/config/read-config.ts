/** Reads `server.yaml`, with all of its problems. Leaves repositories to `read-repository`, and when it is read to `config-file`. */
import { isIP } from "node:net";
import path from "node:path";
import * as words from "../../config/problems/problems.ts";
import type { Node } from "../../config/yaml/node.ts";
import { readYaml } from "../../config/yaml/read-yaml.ts";
import { textOf } from "../../config/yaml/source.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import { tokenScopes } from "../../model/serve-options.ts";
import type { AccessToken, ServerConfig } from "../records/config.ts";
import { hashPattern } from "../records/token.ts";
import { checkFollows } from "./check-follows.ts";
import { ConfigReader } from "./config-reader.ts";
import { keysOf, patterns, ranges, readers } from "./declared.ts";
import * as problems from "./problems.ts";
import { readRepository } from "./read-repository.ts";

const sort = { what: "a configuration", key: "repositories" };
const hour = 3600;
const day = 24 * hour;

/**
 * @param file absolute path; it names the file in places, and its folder is what paths start at
 * @param shown how places name it
 */
export function readConfig(text: string, file: string, shown: string): Result<ServerConfig> {
  const source = textOf(text, shown);
  const top = readYaml(source, sort);
  if (!top.ok) return top;
  const reader = new ConfigReader(source, path.dirname(file));
  const section = reader.section(top.value, "the configuration", keysOf.top);
  const listen = readListen(reader, section.node("listen"));
  const tokens = readTokens(reader, section.node("tokens"));
  const entries = reader.entries(
    section.need("repositories", (node) => node),
    "`repositories`",
  );
  const repositories = entries.flatMap((entry) => readRepository(reader, entry) ?? []);
  checkFollows(reader, entries, repositories);
  const url = section.get("url", (node, what) => readUrl(reader, node, what));
  const proxies = readProxies(reader, section.node("proxies"));
  const config: ServerConfig = {
    listen,
    data: path.resolve(
      reader.folder,
      section.get("data", (node, what) => reader.text(node, what)) ?? "data",
    ),
    ...(url !== undefined && { url }),
    read: section.get("read", (node, what) => reader.choice(node, what, readers)) ?? "token",
    limits: readLimits(reader, section.node("limits")),
    keep: readKeep(reader, section.node("keep")),
    tokens,
    ...(proxies.length > 0 && { proxies }),
    repositories,
  };
  checkOpen(reader, section.node("listen"), config);
  return reader.problems.length > 0 ? fail(...reader.problems) : ok(config);
}

const usualListen = { host: "127.0.0.1", port: 8095 };

function readListen(reader: ConfigReader, node: Node | undefined): ServerConfig["listen"] {
  const text = node && reader.text(node, "`listen`");
  if (node === undefined || text === undefined) return usualListen;
  const [, bracketed, plain, port] = patterns.listen.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && host !== "" && Number(port) <= 65_535) {
    return { host, port: Number(port) };
  }
  reader.report(problems.badListen(text, reader.at(node)));
  return usualListen;
}

function readUrl(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "") return text.replace(/\/+$/, "");
  return reader.report(problems.noUrl(what, text, "HTTP address", reader.at(node)));
}

function readLimits(reader: ConfigReader, node: Node | undefined): ServerConfig["limits"] {
  const section = reader.section(node, "`limits`", keysOf.limits);
  const whole = (key: string, range: readonly [number, number]) =>
    section.get(key, (value, what) => reader.whole(value, what, range));
  const seconds = (key: string) => section.get(key, (value, what) => reader.duration(value, what));
  return {
    runs: whole("runs", ranges.runs) ?? 2,
    perRepository: whole("per-repository", ranges.runs) ?? 1,
    queued: whole("queued", ranges.queued) ?? 1000,
    time: seconds("time") ?? hour,
    stop: seconds("stop") ?? 10,
  };
}

function readKeep(reader: ConfigReader, node: Node | undefined): ServerConfig["keep"] {
  const section = reader.section(node, "`keep`", keysOf.keep);
  return {
    runs: section.get("runs", (value, what) => reader.whole(value, what, ranges.keptRuns)) ?? 1000,
    for: section.get("for", (value, what) => reader.duration(value, what)) ?? 90 * day,
    size: section.get("size", (value, what) => reader.size(value, what)) ?? 20_000_000_000,
  };
}

function readProxies(reader: ConfigReader, node: Node | undefined): readonly string[] {
  return reader.items(node, "`proxies`").flatMap((item) => {
    const text = reader.text(item, "a proxy");
    if (text === undefined || isIP(text) > 0) return text ?? [];
    return reader.report(problems.badProxy(text, reader.at(item))) ?? [];
  });
}

function readTokens(reader: ConfigReader, node: Node | undefined): readonly AccessToken[] {
  const names = new Set<string>();
  return reader.items(node, "`tokens`").flatMap((item) => {
    const section = reader.section(item, "a token", keysOf.token);
    const name = section.need("name", (value, what) => readTokenName(reader, value, what));
    const hash = section.need("hash", (value, what) => readHash(reader, value, what));
    const allowed = section.need("scopes", (value, what) => readScopes(reader, value, what));
    if (name !== undefined && names.has(name)) {
      reader.report(problems.twoTokens(name, reader.at(section.node("name") ?? item)));
    }
    if (name !== undefined) names.add(name);
    const isWhole = name !== undefined && hash !== undefined && allowed !== undefined;
    return isWhole ? [{ name, hash, scopes: allowed }] : [];
  });
}

function readTokenName(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined || patterns.tokenName.test(text)) return text;
  const rule = "use letters, digits, `.`, `@`, `-` and `_`, a letter or digit first";
  return reader.report(words.illegalName("a token", text, reader.at(node), rule));
}

function readHash(reader: ConfigReader, node: Node, what: string): string | undefined {
  const text = reader.text(node, what);
  if (text === undefined || hashPattern.test(text)) return text;
  const isToken = text.startsWith("tbuild_");
  const at = reader.at(node);
  return reader.report(isToken ? problems.plainToken(at) : problems.badHash(at));
}

function readScopes(reader: ConfigReader, node: Node, what: string) {
  const found = reader
    .items(node, what)
    .flatMap((item) => reader.choice(item, "a scope", tokenScopes) ?? []);
  if (node.kind === "list" && node.items.length === 0) {
    reader.report(words.emptyList(what, reader.at(node)));
  }
  return found;
}

/** Whoever reaches the port may read everything, or start what builds. */
function checkOpen(reader: ConfigReader, node: Node | undefined, config: ServerConfig): void {
  const { host } = config.listen;
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);
  if (isLoopback || config.tokens.length > 0 || node === undefined) return;
  reader.report(problems.openToTheNetwork(host, reader.at(node)));
}
