/** Reads a compose file into a draft: the services that are built, and profiles as groups. What runs is told, and left out. */
import type { Node } from "../../config/yaml/node.ts";
import { readYaml } from "../../config/yaml/read-yaml.ts";
import type { Source } from "../../config/yaml/source.ts";
import { type Diagnostic, DiagnosticError, type Location } from "../../model/diagnostic.ts";
import type { Draft, DraftParameter, DraftTarget, Loss } from "../draft.ts";
import { claim, targetName } from "../names.ts";
import { noImages, wrong } from "../problems.ts";
import type { SourceFolder } from "../source-folder.ts";
import { childOf, entriesOf, layOver, textAt } from "./compose-node.ts";
import { type ComposeService, draftService, profilesOf, remoteContext } from "./compose-service.ts";
import { readEnvironment } from "./interpolate.ts";

export const composeFiles = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];

/**
 * @param folderName name of the folder, after which compose calls what has no name
 * @throws DiagnosticError
 */
export function readCompose(folder: SourceFolder, name: string, folderName: string): Draft {
  const source = folder.read(name);
  const top = readYaml(source);
  if (!top.ok) throw new DiagnosticError(top.problems[0] as Diagnostic);
  return new ComposeReader(folder, source, top.value).draft(folderName);
}

/** Keys of the whole file that say nothing about images, or are read where services name them. */
const silent: ReadonlySet<string> = new Set(["version", "name", "services", "secrets"]);

class ComposeReader {
  readonly #folder: SourceFolder;
  readonly #source: Source;
  readonly #top: Node;
  readonly #losses: Loss[] = [];

  constructor(folder: SourceFolder, source: Source, top: Node) {
    this.#folder = folder;
    this.#source = source;
    this.#top = top;
  }

  draft(folderName: string): Draft {
    const known = this.#folder.isFile(".env")
      ? readEnvironment(this.#folder.read(".env").text)
      : new Map();
    const project = textAt(childOf(this.#top, "name")) ?? folderName;
    const services = this.#built(composeName(project.replace(/\$\{[^}]*?:?-?([^}]*)\}/g, "$1")));
    const taken = new Set<string>();
    const names = new Map(services.map(({ name }) => [name, claim(targetName(name), taken)]));
    const parameters = new Map<string, DraftParameter>();
    const room = {
      variables: { known, parameters },
      locate: (node: Node) => this.#source.locate(node),
      secrets: childOf(this.#top, "secrets"),
      draftName: (service: string) => names.get(service),
    };
    const drafted = services.map((service) =>
      draftService(service, names.get(service.name) ?? "", room),
    );
    this.#tellTheRest();
    const always = services.filter(({ node }) => profilesOf(node).length === 0);
    return {
      name: project,
      parameters: [...parameters.values(), ...drafted.flatMap((each) => each.parameters)],
      targets: [...drafted.map(({ target }) => target), ...groupsOf(services, names, taken)],
      default:
        always.length === services.length ? [] : always.map(({ name }) => names.get(name) ?? ""),
      losses: this.#losses,
    };
  }

  #built(project: string): readonly ComposeService[] {
    const services = childOf(this.#top, "services");
    if (services?.kind !== "map") throw this.#noServices();
    const built = entriesOf(services).flatMap(({ key: name, keyAt, value }): ComposeService[] => {
      const node = this.#extended(value, services, [name]);
      const at = this.#source.locate(keyAt);
      const remote = remoteContext(node);
      const isBuilt = childOf(node, "build") !== undefined;
      if (isBuilt && remote === undefined)
        return [{ name, node, at, defaultTag: `${project}-${name}` }];
      const why = isBuilt
        ? `it is built from \`${remote}\`; rule \`git\` can fetch that`
        : "nothing is built for it";
      this.#losses.push({ at, subject: `service \`${name}\``, why });
      return [];
    });
    if (built.length === 0) throw this.#noServices();
    return built;
  }

  #noServices() {
    return new DiagnosticError(
      noImages(
        this.#source.file,
        "a compose file that builds has `build` in some of its `services`",
      ),
    );
  }

  /** A service with what it extends below it. */
  #extended(node: Node, services: Node, seen: readonly string[]): Node {
    const from = childOf(node, "extends");
    const name = textAt(from) ?? textAt(childOf(from, "service"));
    const file = textAt(childOf(from, "file"));
    if (from === undefined || name === undefined) return node;
    const at = this.#source.locate(from);
    if (file !== undefined && file.replace(/^\.\//, "") !== this.#source.file) {
      this.#losses.push({
        at,
        subject: `\`extends\` of \`${file}\``,
        why: "only services of the same file are read",
      });
      return node;
    }
    const below = childOf(services, name);
    if (below === undefined) throw wrong("compose-extends", `there is no service \`${name}\``, at);
    if (seen.includes(name))
      throw wrong("compose-extends", `service \`${name}\` extends itself`, at);
    return layOver(this.#extended(below, services, [...seen, name]), node);
  }

  #tellTheRest(): void {
    for (const { key, keyAt } of entriesOf(this.#top)) {
      if (silent.has(key) || key.startsWith("x-")) continue;
      const why =
        key === "include"
          ? "other compose files are not read"
          : "tbuild builds images and does not run them";
      this.#losses.push({ at: this.#source.locate(keyAt), subject: `\`${key}\``, why });
    }
    const override = this.#folder.firstOf(
      composeFiles.map((name) => name.replace(/(\.ya?ml)$/, ".override$1")),
    );
    if (override === undefined) return;
    const at: Location = { file: override, line: 1, column: 1 };
    this.#losses.push({
      at,
      subject: "the override",
      why: "it is for running; what it says of builds is left out",
    });
  }
}

/** As compose makes names of projects. */
const composeName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");

/** A group for each profile. */
function groupsOf(
  services: readonly ComposeService[],
  names: ReadonlyMap<string, string>,
  taken: Set<string>,
): readonly DraftTarget[] {
  const profiles = new Map<string, ComposeService[]>();
  for (const service of services) {
    for (const profile of profilesOf(service.node))
      profiles.set(profile, [...(profiles.get(profile) ?? []), service]);
  }
  return [...profiles].flatMap(([profile, members]): DraftTarget[] => {
    const [first] = members;
    if (first === undefined) return [];
    const needs = members.map(({ name }) => names.get(name) ?? name);
    // A group of one that has its name says nothing.
    if (needs.length === 1 && needs[0] === targetName(profile)) return [];
    const name = claim(targetName(profile), taken);
    return [{ name, at: first.at, losses: [], help: `Profile ${profile}`, keys: { needs } }];
  });
}
