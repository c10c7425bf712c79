/** Reads single values of the server's configuration, each with its place. What the keys mean is told by `read-config`. */

import * as words from "../../config/problems/problems.ts";
import type { Entry, MapNode, Node, Span } from "../../config/yaml/node.ts";
import type { Source } from "../../config/yaml/source.ts";
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import { likelyDuration, parseDuration } from "../../model/duration-text.ts";
import { nearest } from "../../model/nearest.ts";
import { parseSize } from "../../model/size.ts";

export class ConfigReader {
  readonly problems: Diagnostic[] = [];
  readonly #source: Pick<Source, "locate">;
  /** Folder that paths are relative to, absolute. */
  readonly folder: string;

  constructor(source: Pick<Source, "locate">, folder: string) {
    this.#source = source;
    this.folder = folder;
  }

  at(span: Span): Location {
    return this.#source.locate(span);
  }

  report(problem: Diagnostic): undefined {
    this.problems.push(problem);
    return undefined;
  }

  wrong(what: string, wanted: string, found: Node): undefined {
    return this.report(words.expected(what, wanted, found, this.at(found)));
  }

  /** A mapping with no other keys than these; an empty one where there is none. */
  section(node: Node | undefined, what: string, keys: readonly string[]): Section {
    const map = node && this.#map(node, what);
    for (const { key, keyAt } of map?.entries ?? []) {
      if (keys.includes(key)) continue;
      this.report(words.unknownKey(what, key, this.at(keyAt), nearest(key, keys)));
    }
    return new Section(this, map, what);
  }

  entries(node: Node | undefined, what: string): readonly Entry[] {
    return (node && this.#map(node, what)?.entries) ?? [];
  }

  items(node: Node | undefined, what: string): readonly Node[] {
    if (node === undefined || node.kind === "list") return node?.items ?? [];
    this.wrong(what, "a list", node);
    return [];
  }

  text(node: Node, what: string): string | undefined {
    if (node.kind === "scalar" && node.value !== null && node.text !== "") return node.text;
    return this.wrong(what, "text", node);
  }

  choice<T extends string>(node: Node, what: string, choices: readonly T[]): T | undefined {
    const text = this.text(node, what);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    return found ?? this.report(words.notAChoice(what, text, choices, this.at(node)));
  }

  flag(node: Node, what: string): boolean | undefined {
    const isFlag = node.kind === "scalar" && typeof node.value === "boolean";
    return isFlag ? (node.value as boolean) : this.wrong(what, "`true` or `false`", node);
  }

  whole(node: Node, what: string, [least, most]: readonly [number, number]): number | undefined {
    const value = node.kind === "scalar" ? node.value : undefined;
    const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
    return fits ? Number(value) : this.wrong(what, `a whole number from ${least} to ${most}`, node);
  }

  /** Seconds. */
  duration(node: Node, what: string): number | undefined {
    if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") {
      return this.wrong(what, "a duration such as `90 s` or `1 h 30 min`", node);
    }
    const seconds = parseDuration(node.text);
    if (seconds !== undefined && seconds > 0) return seconds;
    const meant = likelyDuration(node.text);
    return this.report(words.notADuration(what, node.text, this.at(node), meant));
  }

  /** Bytes. */
  size(node: Node, what: string): number | undefined {
    const size = node.kind === "scalar" ? parseSize(node.text) : undefined;
    return size ?? this.report(words.notASize(what, node, this.at(node)));
  }

  #map(node: Node, what: string): MapNode | undefined {
    return node.kind === "map" ? node : this.wrong(what, "a mapping", node);
  }
}

type Read<T> = (node: Node, what: string) => T | undefined;

/** The values of one mapping, by key. */
export class Section {
  readonly #reader: ConfigReader;
  readonly #map: MapNode | undefined;
  readonly #what: string;

  constructor(reader: ConfigReader, map: MapNode | undefined, what: string) {
    this.#reader = reader;
    this.#map = map;
    this.#what = what;
  }

  node(key: string): Node | undefined {
    return this.#map?.entries.find((entry) => entry.key === key)?.value;
  }

  /** What messages call a value of it. */
  what(key: string): string {
    return this.#what === "the configuration" ? `\`${key}\`` : `\`${key}\` of ${this.#what}`;
  }

  /** Undefined where it is not there, or is wrong and reported. */
  get<T>(key: string, read: Read<T>): T | undefined {
    const node = this.node(key);
    return node && read(node, this.what(key));
  }

  /** Reports that it is not there. */
  need<T>(key: string, read: Read<T>): T | undefined {
    const node = this.node(key);
    if (node !== undefined) return read(node, this.what(key));
    if (this.#map === undefined) return undefined;
    return this.#reader.report(words.missingKey(this.#what, key, this.#reader.at(this.#map)));
  }
}
