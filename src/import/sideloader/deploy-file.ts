/** What a `.deploy.yaml` of Sideloader says, checked. What is made of it is told by `read-sideloader.ts`. */
import { describeNode, type MapNode, type Node } from "../../config/yaml/node.ts";
import { readYaml } from "../../config/yaml/read-yaml.ts";
import type { Source } from "../../config/yaml/source.ts";
import { type Diagnostic, DiagnosticError, type Location } from "../../model/diagnostic.ts";
import { wrong } from "../problems.ts";

const buildTypes = ["virtualenv", "python", "dir", "docker"] as const;
type BuildType = (typeof buildTypes)[number];

export interface DeployFile {
  readonly name?: string;
  readonly buildType: BuildType;
  readonly buildScript?: string;
  readonly postInstall?: string;
  readonly dependencies: readonly string[];
  readonly pip: readonly string[];
  readonly nginx: readonly string[];
  readonly supervisor: readonly string[];
  readonly user?: string;
  readonly version?: string;
  readonly virtualenvPrefix?: string;
  readonly packageTarget: string;
  readonly allowBrokenBuild: boolean;
  /** Keys that Sideloader does not have. */
  readonly unknown: readonly string[];
  readonly has: (key: string) => boolean;
  /** The place of a key, or of the file. */
  readonly at: (key?: string) => Location;
}

const texts = [
  "name",
  "buildscript",
  "postinstall",
  "user",
  "version",
  "virtualenv_prefix",
] as const;
const lists = ["dependencies", "pip", "nginx", "supervisor"] as const;
const others = ["buildtype", "package_target", "allow_broken_build"] as const;
const known: ReadonlySet<string> = new Set([...texts, ...lists, ...others]);

/** @throws DiagnosticError */
export function readDeployFile(source: Source): DeployFile {
  const read = readYaml(source);
  if (!read.ok) throw new DiagnosticError(read.problems[0] as Diagnostic);
  const top = read.value;
  const text = (key: string) => textAt(top, key, source);
  const list = (key: string) => listAt(top, key, source);
  const [name, buildScript, postInstall, user, version, virtualenvPrefix] = texts.map(text);
  return {
    ...(name !== undefined && { name }),
    buildType: buildTypeAt(top, source),
    ...(buildScript !== undefined && { buildScript }),
    ...(postInstall !== undefined && { postInstall }),
    dependencies: list("dependencies"),
    pip: list("pip"),
    nginx: list("nginx"),
    supervisor: list("supervisor"),
    ...(user !== undefined && { user }),
    ...(version !== undefined && { version }),
    ...(virtualenvPrefix !== undefined && { virtualenvPrefix }),
    packageTarget: text("package_target") ?? "deb",
    allowBrokenBuild: text("allow_broken_build") === "true",
    unknown: top.entries.map(({ key }) => key).filter((key) => !known.has(key)),
    has: (key) => nodeAt(top, key) !== undefined,
    at: (key) =>
      source.locate(top.entries.find((entry) => entry.key === key)?.keyAt ?? { start: 0, end: 1 }),
  };
}

function nodeAt(top: MapNode, key: string): Node | undefined {
  const node = top.entries.find((entry) => entry.key === key)?.value;
  return node?.kind === "scalar" && node.value === null ? undefined : node;
}

function textAt(top: MapNode, key: string, source: Source): string | undefined {
  const node = nodeAt(top, key);
  if (node === undefined || node.kind === "scalar") return node?.text;
  throw wrong(
    "deploy-file",
    `expected text for \`${key}\`, found ${describeNode(node)}`,
    source.locate(node),
  );
}

function listAt(top: MapNode, key: string, source: Source): readonly string[] {
  const node = nodeAt(top, key);
  if (node === undefined) return [];
  if (node.kind === "list" && node.items.every((item) => item.kind === "scalar")) {
    return node.items.map((item) => (item.kind === "scalar" ? item.text : ""));
  }
  throw wrong(
    "deploy-file",
    `expected a list of texts for \`${key}\`, found ${describeNode(node)}`,
    source.locate(node),
  );
}

function buildTypeAt(top: MapNode, source: Source): BuildType {
  const node = nodeAt(top, "buildtype");
  if (node === undefined) return "virtualenv";
  const found = buildTypes.find((type) => node.kind === "scalar" && node.text === type);
  if (found !== undefined) return found;
  const names = buildTypes.map((type) => `\`${type}\``).join(", ");
  throw wrong(
    "deploy-file",
    `expected one of ${names}, found ${describeNode(node)}`,
    source.locate(node),
  );
}
