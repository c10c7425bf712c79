/** Reads how long a target may take, when it is tried again, and which pool it is in. Leaves filling in to `fill-attempts`. */
import { type FailureKind, failureKinds, usualRetries } from "../../model/attempts.ts";
import { likelyDuration, parseDuration } from "../../model/duration-text.ts";
import type { DeclaredRetries, Text } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { readNumber, textOfScalar } from "./read-text.ts";
import { checkKeys, placeOf, type Reader, suggest, wrong } from "./reader.ts";

const retryKeys = ["times", "on", "wait", "factor", "longest-wait", "jitter", "within"];

/** More than this is a loop and no retry. */
export const mostRetries = 100;

/** Whether a value is a whole number of attempts. */
export const isTimes = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= mostRetries;

export const timesWanted = `a whole number from 0 to ${mostRetries}`;

/** A number, or a mapping that says more. */
export function readRetries(reader: Reader, node: Node): DeclaredRetries | undefined {
  if (node.kind !== "map") {
    const times = readTimes(reader, node, "`retries`", "a number or a mapping");
    return times === undefined ? undefined : { ...usualRetries, times };
  }
  checkKeys(reader, node, retryKeys, "`retries`");
  const timesNode = valueAt(node, "times");
  if (timesNode === undefined) {
    reader.problems.push(problems.missingKey("`retries`", "times", placeOf(reader, node)));
    return undefined;
  }
  const times = readTimes(reader, timesNode, "`times`", timesWanted);
  const on = readOn(reader, valueAt(node, "on"));
  const within = durationAt(reader, node, "within");
  if (times === undefined) return undefined;
  return {
    times,
    on: on ?? usualRetries.on,
    wait: durationAt(reader, node, "wait") ?? usualRetries.wait,
    longestWait: durationAt(reader, node, "longest-wait") ?? usualRetries.longestWait,
    factor: numberAt(reader, node, { key: "factor", least: 1, most: 100 }) ?? usualRetries.factor,
    jitter: numberAt(reader, node, { key: "jitter", least: 0, most: 1 }) ?? usualRetries.jitter,
    ...(within !== undefined && { within }),
  };
}

/** Seconds, or a text with parameters that is a duration once they have values. */
export function readDuration(
  reader: Reader,
  node: Node,
  what: string,
  mayBeNothing = false,
): number | Text | undefined {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") {
    return wrong(reader, what, "a duration such as `90 s` or `1 h 30 min`", node);
  }
  if (node.text.includes("${")) return textOfScalar(reader, node);
  const seconds = parseDuration(node.text);
  if (seconds !== undefined && (seconds > 0 || mayBeNothing)) return seconds;
  const at = placeOf(reader, node);
  reader.problems.push(problems.notADuration(what, node.text, at, likelyDuration(node.text)));
  return undefined;
}

/** Text without parameters: which pools there are is known before any has a value. */
export function readPool(reader: Reader, node: Node): string | undefined {
  const isName = node.kind === "scalar" && node.value !== null && poolName.test(node.text);
  return isName ? node.text : wrong(reader, "`pool`", "the name of a pool", node);
}

const poolName = /^[A-Za-z0-9_][\w.-]*$/;

function readTimes(reader: Reader, node: Node, what: string, wanted: string) {
  const isNumber = node.kind === "scalar" && typeof node.value === "number";
  if (!isNumber && !(node.kind === "scalar" && node.text.includes("${"))) {
    return wrong(reader, what, wanted, node);
  }
  const times = readNumber(reader, node, what);
  return typeof times !== "number" || isTimes(times)
    ? times
    : wrong(reader, what, timesWanted, node);
}

/** Kinds of failures, and exit codes as numbers. */
function readOn(reader: Reader, node: Node | undefined): DeclaredRetries["on"] | undefined {
  if (node === undefined) return undefined;
  const items = node.kind === "list" ? node.items : [node];
  if (items.length === 0) reader.problems.push(problems.emptyList("`on`", placeOf(reader, node)));
  return items.flatMap((item): readonly (FailureKind | number)[] => {
    if (item.kind === "scalar" && typeof item.value === "number") {
      const isCode = Number.isInteger(item.value) && item.value > 0 && item.value < 256;
      if (isCode) return [item.value];
      wrong(reader, "`on`", "an exit code from 1 to 255", item);
    } else if (item.kind === "scalar" && typeof item.value === "string") {
      const kind = failureKinds.find((each) => each === item.value);
      if (kind !== undefined) return [kind];
      const near = suggest(reader, item.value, failureKinds);
      const at = placeOf(reader, item);
      reader.problems.push(problems.unknownFailure(item.value, failureKinds, at, near));
    } else wrong(reader, "`on`", "a kind of failure or an exit code", item);
    return [];
  });
}

function durationAt(reader: Reader, node: MapNode, key: string): number | Text | undefined {
  const value = valueAt(node, key);
  return value && readDuration(reader, value, `\`${key}\``, key === "wait");
}

interface NumberKey {
  readonly key: string;
  readonly least: number;
  readonly most: number;
}

function numberAt(reader: Reader, node: MapNode, { key, least, most }: NumberKey) {
  const value = valueAt(node, key);
  if (value === undefined) return undefined;
  const found = value.kind === "scalar" && typeof value.value === "number" ? value.value : -1;
  if (found >= least && found <= most) return found;
  return wrong(reader, `\`${key}\``, `a number from ${least} to ${most}`, value);
}
