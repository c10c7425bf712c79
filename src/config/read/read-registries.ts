/** Reads `registries`: how each host is reached, and what is asked before it. Asks nobody. */
import { canonicalHost, type Registries, type RegistrySettings } from "../../model/registries.ts";
import { placeFault } from "../../rules/registry-place.ts";
import * as problems from "../problems/problems.ts";
import { type Entry, type Node, valueAt } from "../yaml/node.ts";
import type { LoadedFile } from "./load-includes.ts";
import { checkKeys, entriesOf, placeOf, type Reader, wrong } from "./reader.ts";

const keys = ["insecure", "mirrors"];

/** Of all files; of a host that two of them tell of, the outer one counts. */
export function readRegistries(files: readonly LoadedFile[]): Registries {
  const found: Record<string, RegistrySettings> = {};
  for (const { reader, top } of files) {
    const node = valueAt(top, "registries");
    for (const entry of node === undefined ? [] : entriesOf(reader, node, "`registries`")) {
      checkHost(reader, entry);
      found[entry.key] ??= readSettings(reader, entry);
    }
  }
  return found;
}

function checkHost(reader: Reader, { key, keyAt }: Entry): void {
  const at = placeOf(reader, keyAt);
  const fault = placeFault("registry", key);
  if (fault !== undefined) reader.problems.push(problems.badRegistry(fault, at));
  else if (key.includes("/")) reader.problems.push(problems.notAHost(key, at));
  else if (canonicalHost(key) !== key) reader.problems.push(problems.otherNameOfHub(key, at));
}

function readSettings(reader: Reader, { key, value }: Entry): RegistrySettings {
  const where = `registry \`${key}\``;
  if (value.kind !== "map") {
    wrong(reader, where, "a mapping", value);
    return { insecure: false, mirrors: [] };
  }
  checkKeys(reader, value, keys, where);
  const insecure = valueAt(value, "insecure");
  const mirrors = valueAt(value, "mirrors");
  return {
    insecure: insecure !== undefined && readInsecure(reader, insecure, where),
    mirrors: mirrors === undefined ? [] : readMirrors(reader, mirrors, key),
  };
}

function readInsecure(reader: Reader, node: Node, where: string): boolean {
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  wrong(reader, `\`insecure\` of ${where}`, "`true` or `false`", node);
  return false;
}

function readMirrors(reader: Reader, node: Node, host: string): readonly string[] {
  const what = `\`mirrors\` of registry \`${host}\``;
  if (node.kind !== "list") {
    wrong(reader, what, "a list", node);
    return [];
  }
  const found: string[] = [];
  for (const item of node.items) {
    const mirror = readMirror(reader, item, host);
    if (mirror === undefined) continue;
    if (!found.includes(mirror)) found.push(mirror);
    else reader.problems.push(problems.mirrorRepeats(mirror, placeOf(reader, item)));
  }
  return found;
}

function readMirror(reader: Reader, node: Node, host: string): string | undefined {
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return wrong(reader, `a mirror of registry \`${host}\``, "HOST or HOST/NAME", node);
  }
  const mirror = node.value.replace(/\/+$/, "");
  const at = placeOf(reader, node);
  const fault = placeFault("mirror", mirror);
  if (fault !== undefined) reader.problems.push(problems.badRegistry(fault, at));
  else if (canonicalHost(mirror) === canonicalHost(host)) {
    reader.problems.push(problems.mirrorOfItself(host, at));
  } else return mirror;
  return undefined;
}
