/** The docker lines of a Makefile as a draft: builds, tags, pushes and saves; rules that need these are groups. */
import {
  type Draft,
  type DraftImage,
  type DraftParameter,
  type DraftTarget,
  fillIn,
  type Loss,
  type Text,
} from "../draft.ts";
import { claim, targetName } from "../names.ts";
import { repositoryName, splitTag } from "../references.ts";
import { type DockerCommand, dockerCommands, type Placed } from "./docker-line.ts";
import type { MakeFile, MakeRule } from "./make-file.ts";
import { makeImage } from "./make-image.ts";
import { expandMake } from "./make-text.ts";
import { pushTargets, saveTargets } from "./pushes.ts";

interface Built {
  readonly target: DraftTarget;
  readonly rule: MakeRule;
}

/** The name of the key of a matrix that a pattern rule becomes. */
const axis = "stem";

export class MakeDraft {
  readonly #file: MakeFile;
  readonly #projectName: string;
  readonly #parameters = new Map<string, DraftParameter>();
  readonly #secrets: DraftParameter[] = [];
  readonly #losses: Loss[] = [];
  readonly #taken = new Set<string>();
  /** Targets by the rules that make them. */
  readonly #made = new Map<string, string[]>();

  constructor(file: MakeFile, projectName: string) {
    this.#file = file;
    this.#projectName = projectName;
  }

  draft(): Draft {
    const commands = this.#file.rules.flatMap((rule) => this.#commandsOf(rule));
    const of = <K extends DockerCommand["kind"]>(kind: K) =>
      commands.filter(({ command }) => command.kind === kind) as unknown as readonly Placed<K>[];
    const built = this.#withTags(
      of("build").flatMap((build) => this.#image(build)),
      of("tag"),
    );
    const images = built.map(({ target }) => target);
    const places = {
      images,
      taken: this.#taken,
      values: this.#values(),
      lose: (loss: Loss) => this.#losses.push(loss),
    };
    const taken = [...pushTargets(of("push"), places), ...saveTargets(of("save"), places)];
    for (const { target, rule } of taken) this.#note(rule.name, target.name);
    this.#tellOthers(of("other"));
    const targets = [...images, ...taken.map(({ target }) => target), ...this.#groups()];
    const first = this.#file.rules.find(({ name }) => !name.startsWith(".") && !name.includes("%"));
    const wanted = first && (this.#groupName(first.name) ?? this.#made.get(first.name)?.[0]);
    const isBuild = targets.some(
      ({ name, keys }) => name === wanted && !keys?.["push"] && !keys?.["save"],
    );
    return {
      parameters: [...this.#parameters.values(), ...this.#secrets],
      targets,
      default: wanted !== undefined && isBuild ? [wanted] : [],
      losses: [...this.#file.losses, ...this.#losses],
    };
  }

  #commandsOf(rule: MakeRule): readonly Placed<DockerCommand["kind"]>[] {
    const automatic = new Map<string, Text>([
      ["@", rule.name.replace("%", `\${${axis}}`)],
      ["*", `\${${axis}}`],
      ["<", rule.prerequisites.split(/\s+/)[0] ?? ""],
    ]);
    return rule.lines.flatMap(({ text, at }) => {
      const held: Loss[] = [];
      const lose = (subject: string, why: string) => held.push({ at, subject, why });
      const scope = {
        variables: this.#file.variables,
        parameters: this.#parameters,
        automatic,
        lose,
      };
      const found = dockerCommands(expandMake(text, scope));
      if (found.some(({ kind }) => kind !== "other")) this.#losses.push(...held);
      return found.map((command) => ({ command, rule, at }));
    });
  }

  #image({ command, rule, at }: Placed<"build">): readonly Built[] {
    const { image, losses, parameters } = makeImage(command, at);
    const isPattern = rule.name.includes("%");
    const stems = isPattern ? this.#stems(rule.name) : [];
    if (isPattern && stems.length === 0) {
      const why = "no other rule says what it is asked for";
      this.#losses.push({ at: rule.at, subject: `pattern \`${rule.name}\``, why });
      return [];
    }
    this.#secrets.push(
      ...parameters.filter(({ name }) => !this.#secrets.some((known) => known.name === name)),
    );
    const own = this.#imageName(rule, image);
    const name = claim(own, this.#taken);
    this.#note(rule.name, name);
    for (const stem of stems) this.#note(rule.name.replace("%", stem), `${name}[${stem}]`);
    const target = {
      name,
      at,
      losses,
      image,
      ...(stems.length > 0 && { matrix: { [axis]: stems } }),
    };
    return [{ target, rule }];
  }

  /** What the rule is called, without what says that it builds; else what its image is called. */
  #imageName(rule: MakeRule, { tags }: DraftImage): string {
    const [tag] = tags;
    const plain = rule.name
      .replace(/[-_.]?%[-_.]?/, "")
      .replace(/\b(docker|build|image|container|images)\b/g, "");
    const own = plain.replace(/^[-_.]+|[-_.]+$/g, "").replace(/--+/g, "-");
    if (own !== "" && !own.includes("/") && !/^(all|default)$/.test(own)) return targetName(own);
    if (rule.name.includes("%")) return "images";
    return targetName(
      tag === undefined ? this.#projectName : repositoryName(fillIn(tag, this.#values())),
    );
  }

  /** What other rules ask of a pattern. */
  #stems(pattern: string): readonly string[] {
    const [start = "", end = ""] = pattern.split("%");
    const words = this.#file.rules.flatMap((rule) => this.#prerequisites(rule));
    const stems = words
      .filter((word) => word !== pattern && word.startsWith(start) && word.endsWith(end))
      .map((word) => word.slice(start.length, word.length - end.length));
    return [...new Set(stems)].filter((stem) => /^[\w.-]+$/.test(stem));
  }

  #prerequisites({ prerequisites }: MakeRule): readonly string[] {
    const { variables } = this.#file;
    const scope = {
      variables,
      parameters: new Map<string, DraftParameter>(),
      automatic: new Map(),
      lose: () => {},
    };
    return expandMake(prerequisites, scope, true)
      .split(/[\s|]+/)
      .filter((word) => word !== "");
  }

  /** `docker tag` gives an image of the Makefile one more name. */
  #withTags(built: readonly Built[], tags: readonly Placed<"tag">[]): readonly Built[] {
    return tags.reduce((images, { command: { from, to } }) => {
      const isFrom = (tag: Text) => splitTag(tag).join(":") === splitTag(from).join(":");
      return images.map(({ target, rule }) => {
        const { image } = target;
        if (!image?.tags.some(isFrom) || image.tags.includes(to)) return { target, rule };
        return { target: { ...target, image: { ...image, tags: [...image.tags, to] } }, rule };
      });
    }, built);
  }

  #tellOthers(others: readonly Placed<"other">[]): void {
    const told = new Set<string>();
    for (const { command, rule, at } of others) {
      const isMaking = this.#made.has(rule.name);
      if (
        told.has(`${rule.name} ${command.what}`) ||
        (!command.isDocker && !isMaking) ||
        silent.has(command.what)
      )
        continue;
      told.add(`${rule.name} ${command.what}`);
      const why =
        command.why ??
        (command.isDocker
          ? "tbuild builds images and does not run them"
          : "of rules only docker lines are read; rule `run` can do it");
      this.#losses.push({ at, subject: `\`${command.what}\` of \`${rule.name}\``, why });
    }
  }

  /** Rules that make several targets, have another name than theirs, or need rules that make some. */
  #groups(): readonly DraftTarget[] {
    const needs = new Map(this.#file.rules.map((rule) => [rule.name, this.#needsOf(rule, [])]));
    return [...needs].flatMap(([name, wanted]): DraftTarget[] => {
      const rule = this.#file.rules.find((each) => each.name === name);
      const own = this.#groupName(name);
      if (rule === undefined || own === undefined || wanted.length === 0) return [];
      this.#taken.add(own);
      return [{ name: own, at: rule.at, losses: [], keys: { needs: [...new Set(wanted)] } }];
    });
  }

  #groupName(rule: string): string | undefined {
    const isPlain = !rule.startsWith(".") && !rule.includes("%") && /^[\w.-]+$/.test(rule);
    const name = targetName(rule);
    if (!isPlain || [...this.#made.values()].some((made) => made.includes(name))) return undefined;
    const found = this.#file.rules.find((each) => each.name === rule);
    return found !== undefined && this.#needsOf(found, []).length > 0 ? name : undefined;
  }

  #needsOf(rule: MakeRule, seen: readonly string[]): readonly string[] {
    const own = this.#made.get(rule.name) ?? [];
    const below = this.#prerequisites(rule).flatMap((name) => {
      const made = this.#made.get(name);
      const next = this.#file.rules.find((each) => each.name === name);
      if (made !== undefined) return made;
      return next === undefined || seen.includes(name)
        ? []
        : this.#needsOf(next, [...seen, rule.name]);
    });
    return [...own, ...below];
  }

  #note(rule: string, target: string): void {
    this.#made.set(rule, [...(this.#made.get(rule) ?? []), target]);
  }

  #values(): ReadonlyMap<string, string> {
    return new Map([...this.#parameters.values()].map((each) => [each.name, each.default ?? ""]));
  }
}

/** They say something, or look after the shell. */
const silent: ReadonlySet<string> = new Set([
  "echo",
  "printf",
  "mkdir",
  "cd",
  "set",
  "true",
  ":",
  "docker login",
]);
