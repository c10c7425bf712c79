/** Reads what an image says about being run as a service. */
import type { DeclaredService } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { type MapNode, type Node, valueAt } from "../yaml/node.ts";
import { readMap, readNumber, readText, readTextList } from "./read-text.ts";
import { checkKeys, placeOf, type Reader, wrong } from "./reader.ts";

/** Seconds that a service has to answer, where it does not say. */
const defaultTimeout = 60;

const serviceKeys = ["port", "ready", "command", "env"];
const readyKeys = ["http", "tcp", "exec", "timeout"];

export function readService(reader: Reader, node: Node, what: string): DeclaredService | undefined {
  if (node.kind !== "map") return wrong(reader, what, "a mapping", node);
  checkKeys(reader, node, serviceKeys, what);
  const portNode = valueAt(node, "port");
  if (portNode === undefined) {
    reader.problems.push(problems.missingKey(what, "port", placeOf(reader, node)));
    return undefined;
  }
  const port = readPort(reader, portNode);
  const readyNode = valueAt(node, "ready");
  const ready = readyNode && readReady(reader, readyNode);
  const command = optionally(node, "command", (value) => readTextList(reader, value, "`command`"));
  const env = optionally(node, "env", (value) => readMap(reader, value, "`env`"));
  if (port === undefined) return undefined;
  return {
    port,
    timeout: ready?.timeout ?? defaultTimeout,
    env: env ?? {},
    ...(ready?.how && { ready: ready.how }),
    ...(command && { command }),
  };
}

function optionally<T>(node: MapNode, key: string, read: (value: Node) => T): T | undefined {
  const value = valueAt(node, key);
  return value === undefined ? undefined : read(value);
}

function readPort(reader: Reader, node: Node): DeclaredService["port"] | undefined {
  const port = readNumber(reader, node, "`port`");
  const good = typeof port !== "number" || (Number.isInteger(port) && port > 0 && port < 65_536);
  return good ? port : wrong(reader, "`port`", "a port from 1 to 65535", node);
}

interface Ready {
  readonly how?: NonNullable<DeclaredService["ready"]>;
  readonly timeout?: DeclaredService["timeout"];
}

function readReady(reader: Reader, node: Node): Ready | undefined {
  if (node.kind !== "map") return wrong(reader, "`ready`", "a mapping", node);
  checkKeys(reader, node, readyKeys, "`ready`");
  const ways = ["http", "tcp", "exec"].filter((key) => valueAt(node, key) !== undefined);
  if (ways.length > 1) {
    reader.problems.push(problems.twoWays("`ready`", ways, placeOf(reader, node)));
    return undefined;
  }
  const how = readHow(reader, node);
  const timeout = optionally(node, "timeout", (value) => readNumber(reader, value, "`timeout`"));
  return { ...(how && { how }), ...(timeout !== undefined && { timeout }) };
}

function readHow(reader: Reader, node: MapNode): Ready["how"] {
  const http = optionally(node, "http", (value) => readText(reader, value, "`http`"));
  if (http !== undefined) return { kind: "http", path: http };
  const exec = optionally(node, "exec", (value) => readTextList(reader, value, "`exec`"));
  if (exec !== undefined) return { kind: "exec", command: exec };
  const tcp = valueAt(node, "tcp");
  if (tcp === undefined) return undefined;
  if (tcp.kind === "scalar" && tcp.value === true) return { kind: "tcp" };
  return wrong(reader, "`tcp`", "`true`", tcp);
}
