/**
 * One walk over everything that a target reads. It yields the parts of the fingerprint, so that
 * the hash and its explanation cannot drift apart.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import type { FilesView } from "../../files/files-view.ts";
import type { Looks } from "../../files/looks.ts";
import { type Artifact, type Digest, isOnDisk } from "../../model/artifact.ts";
import { partOf } from "../../model/part.ts";
import type { Target, TargetName } from "../../model/target.ts";
import type { Parts } from "../../model/trace.ts";
import { ruleKindOf } from "../../rules/kinds.ts";
import type { InputFile } from "../../rules/rule.ts";
import type { Edge } from "../plan/graph.ts";

/** What the walk needs of the world. */
export interface ReadingRoom {
  readonly files: FilesView;
  readonly looks: Looks;
  readonly environment: NodeJS.ProcessEnv;
  readonly edgesOf: (name: TargetName) => readonly Edge[];
  /** Artifacts of a dependency that is done. */
  readonly artifactsOf: (name: TargetName) => readonly Artifact[];
  /** What the lock, or this run, knows of the names that a target asks servers for; by their keys. */
  readonly pinsOf: (target: Target) => ReadonlyMap<string, string>;
  /** What of a service counts for the target. */
  readonly serviceDigest: (target: Target, service: TargetName) => Digest;
}

export interface Reading {
  readonly parts: Parts;
  readonly fingerprint: Digest;
  readonly inputs: readonly InputFile[];
}

/**
 * The files that a target reads, found and not read yet.
 * @throws DiagnosticError where an input is missing
 */
export function inputsOf(
  target: Target,
  { files, looks, environment }: ReadingRoom,
): readonly InputFile[] {
  const { rule } = target;
  if (!rule) return [];
  return looks.during(
    target.name,
    () => ruleKindOf(rule.kind).inputs?.(rule.fields as never, files, target, environment) ?? [],
  );
}

/**
 * Reads a target whose dependencies are done.
 * @param inputs when they were found just now
 * @throws DiagnosticError where an input is missing
 */
export function readTarget(
  target: Target,
  room: ReadingRoom,
  inputs = inputsOf(target, room),
): Reading {
  return room.looks.during(target.name, () => walk(target, room, inputs));
}

function walk(target: Target, room: ReadingRoom, inputs: readonly InputFile[]): Reading {
  const parts: Record<string, string> = {};
  const root = room.files.absolute(".");
  for (const [name, value] of Object.entries(target.parameters)) {
    parts[partOf("parameter", name)] = portable(value, root);
  }
  if (target.rule) readRule(target, room, parts);
  for (const input of inputs)
    parts[partOf("file", input.name)] = short(room.files.digestFile(input.path));
  for (const edge of room.edgesOf(target.name)) {
    if (edge.kind === "dependency") {
      parts[partOf("dependency", edge.to)] = digestOfArtifacts(room.artifactsOf(edge.to), target);
    } else if (edge.kind === "service") {
      parts[partOf("service", edge.to)] = short(room.serviceDigest(target, edge.to));
    }
  }
  addPins(target, room, parts);
  return { parts, fingerprint: hashParts(parts), inputs };
}

/** The same with what was found out meanwhile of names that nobody had locked. */
export function withPins(reading: Reading, target: Target, room: ReadingRoom): Reading {
  const parts: Record<string, string> = { ...reading.parts };
  room.looks.during(target.name, () => addPins(target, room, parts));
  return { ...reading, parts, fingerprint: hashParts(parts) };
}

function addPins(target: Target, room: ReadingRoom, parts: Record<string, string>): void {
  for (const [key, value] of room.pinsOf(target)) parts[partOf("pin", key)] = value;
}

function readRule(target: Target, room: ReadingRoom, parts: Record<string, string>): void {
  const rule = target.rule as NonNullable<Target["rule"]>;
  const kind = ruleKindOf(rule.kind);
  const root = room.files.absolute(".");
  parts["rule"] = rule.kind;
  if (target.source !== undefined) parts["source"] = portable(target.source, root);
  for (const [name, field] of Object.entries(kind.fields)) {
    const value = rule.fields[name];
    if (!field.counts || value === undefined) continue;
    parts[partOf("field", name)] = hash(portable(JSON.stringify(value), root));
  }
  for (const name of kind.environment?.(rule.fields as never) ?? []) {
    // One that is not set is no part, as a command can tell it from an empty one.
    const value = room.environment[name];
    if (value !== undefined) parts[partOf("environment", name)] = portable(value, root);
  }
}

/**
 * Where the workspace lies on this machine is no part of what is in it: parameters that are paths are
 * absolute, and would make every part another one in the next workspace.
 */
function portable(text: string, root: string): string {
  let found = "";
  let from = 0;
  for (let at = text.indexOf(root); at >= 0; at = text.indexOf(root, at + root.length)) {
    const [before = "", after = ""] = [text[at - 1], text[at + root.length]];
    if (/[\w./-]/.test(before) || /[\w.-]/.test(after)) continue;
    found += `${text.slice(from, at)}<workspace>`;
    from = at + root.length;
  }
  return found === "" ? text : found + text.slice(from);
}

/**
 * Dependents see names and contents of files, but of an image its content alone: another tag for
 * the same image changes nothing for what is built on it. What lies in a registry is the same whether it
 * was pushed just now, under two tags, or found there under one.
 */
function digestOfArtifacts(artifacts: readonly Artifact[], reader: Target): string {
  const namesCount = reader.rule !== undefined && ruleKindOf(reader.rule.kind).countsReferences;
  const rows = artifacts.map((artifact) => {
    if (isOnDisk(artifact)) return [artifact.kind, shownPath(artifact.path), artifact.digest];
    const references = artifact.kind === "image" && namesCount ? artifact.references : [];
    return [artifact.kind, artifact.digest, ...references];
  });
  const isPublished = ([kind]: readonly string[]): boolean => kind === "published";
  const published = new Set(rows.filter(isPublished).map(([, digest]) => digest));
  const kept = rows.filter((row) => !isPublished(row));
  return hash(JSON.stringify([...kept, ...[...published].sort().map((it) => ["published", it])]));
}

/** Where given files lie on this machine is no part of what they are. */
const shownPath = (file: string): string => (path.isAbsolute(file) ? path.basename(file) : file);

/**
 * Digest of the files laid into a service that match the patterns of its user.
 * @returns undefined when nothing matches
 */
export function digestOfLaidFiles(
  laid: readonly { readonly name: string; readonly path: string }[],
  matches: (name: string) => boolean,
  files: FilesView,
): Digest | undefined {
  const counted = laid.filter(({ name }) => matches(name));
  if (counted.length === 0) return undefined;
  const lines = counted.map(({ name, path: file }) => `${name}\0${files.digestFile(file)}`);
  return `sha256:${createHash("sha256").update(lines.sort().join("\n")).digest("hex")}`;
}

/** The single files of artifacts: those of a tree by name below it. */
export function filesOfArtifacts(
  artifacts: readonly Artifact[],
  files: FilesView,
): readonly { readonly name: string; readonly path: string }[] {
  return artifacts.flatMap((artifact) => {
    if (!isOnDisk(artifact)) return [];
    const absolute = files.absolute(artifact.path);
    if (artifact.kind === "file") return [{ name: path.basename(artifact.path), path: absolute }];
    return files.list(artifact.path).map((name) => ({ name, path: path.join(absolute, name) }));
  });
}

function hashParts(parts: Parts): Digest {
  const hasher = createHash("sha256");
  for (const name of Object.keys(parts).sort()) hasher.update(`${name}\0${parts[name]}\n`);
  return `sha256:${hasher.digest("hex")}`;
}

/** 128 bits tell two contents of one part apart. */
const short = (digest: Digest): string => digest.slice("sha256:".length, "sha256:".length + 32);
const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
