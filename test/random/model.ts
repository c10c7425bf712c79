/**
 * Foretells what a build has to run, and what it makes, by simple recursion over plain data. Shares
 * nothing with the engine, and keeps nothing but what each target read and made when it last ran.
 */
import path from "node:path";
import { CommandFailed, fill, perform, type Values } from "./acts.ts";
import type { Written, WrittenFleet } from "./declare.ts";
import {
  type ArchiveRule,
  type Declared,
  dependenciesOf,
  type FirstOfRule,
  type Fleet,
  membersOf,
  nameOf,
  type Pattern,
} from "./fleet.ts";
import type { World } from "./world.ts";

export interface Question {
  readonly fleet: Fleet;
  readonly written: WrittenFleet;
  readonly wanted: readonly string[];
  /** Parameters, and variables of the environment; without a value where not given. */
  readonly values: Values;
  /** As it is before the build; what the build makes is entered into it. */
  readonly world: World;
}

export interface Answer {
  readonly ran: readonly string[];
  /** May have run or not: nobody knows what a build that was disturbed kept of them. */
  readonly uncertain: readonly string[];
  /** Keys of all targets that were looked at. */
  readonly keys: readonly string[];
}

interface Artifact {
  readonly kind: "file" | "tree";
  readonly path: string;
  readonly identity: string;
  /** Given by the user: dependents see its name alone. */
  readonly given: boolean;
}

interface Trace {
  readonly read: string;
  readonly artifacts: readonly Artifact[];
}

/** A target that failed, or that something before it kept from running. */
const broken = Symbol("broken");
type Outcome = readonly Artifact[] | typeof broken;

export class Model {
  /** What targets read and made when they last ran, by target and outputs. */
  readonly #traces = new Map<string, Trace | "unknown">();

  /** @returns what has to run; the world is then as it has to be */
  foretell(question: Question): Answer {
    const walk = new Walk(question, this.#traces);
    for (const reference of question.wanted) walk.all(reference, {});
    return { ran: walk.ran, uncertain: walk.uncertain, keys: [...walk.keys] };
  }

  /** Something interfered with the build: what it kept of these targets is not known. */
  doubt(keys: readonly string[]): void {
    for (const key of keys) this.#traces.set(key, "unknown");
  }

  forgetAll(): void {
    this.#traces.clear();
  }
}

class Walk {
  readonly ran: string[] = [];
  readonly uncertain: string[] = [];
  readonly keys = new Set<string>();
  readonly #question: Question;
  readonly #traces: Map<string, Trace | "unknown">;
  readonly #done = new Map<string, Outcome>();

  constructor(question: Question, traces: Map<string, Trace | "unknown">) {
    this.#question = question;
    this.#traces = traces;
  }

  /** Outcomes of what a reference stands for, by name. */
  all(reference: string, values: Values): readonly (readonly [string, Outcome])[] {
    const { fleet } = this.#question;
    return membersOf(fill(reference, values), fleet).map(({ declared, member }) => {
      const name = nameOf(declared, member);
      const known = this.#done.get(name);
      if (known !== undefined) return [name, known];
      const outcome = this.#settle(name, declared, member);
      this.#done.set(name, outcome);
      return [name, outcome];
    });
  }

  #settle(name: string, declared: Declared, member: string | undefined): Outcome {
    const values: Values = { ...this.#question.values, m: member };
    const before = dependenciesOf(declared).flatMap((reference) => this.all(reference, values));
    const order = declared.after.flatMap((reference) => this.all(reference, values));
    const { rule } = declared;
    const isBroken = [...before, ...order].some(([, outcome]) => outcome === broken);
    if (rule.kind === "first-of") return this.#firstOf(name, rule, isBroken);
    const artifacts = new Map(before as [string, readonly Artifact[]][]);
    if (rule.kind === "group") return isBroken ? broken : [...artifacts.values()].flat();
    const written = this.#question.written.get(declared.name) as Written;
    const key = [name, ...written.made.map((made) => fill(made.path, values))].join(" ");
    this.keys.add(key);
    if (isBroken) return broken;
    const files = this.#files(rule.patterns, values);
    if (files === undefined) return broken;
    const read = JSON.stringify([
      written.keys,
      usedIn(written.keys, values),
      "passEnv" in rule ? rule.passEnv.map((variable) => values[variable] ?? null) : [],
      files.map((file) => [file, this.#question.world.identity(file)]),
      [...artifacts].sort().map(([from, made]) => [from, made.map(shown)]),
    ]);
    return this.#fresh(name, key, read, () =>
      rule.kind === "run"
        ? this.#run(written, values)
        : this.#archive(written, rule, values, files),
    );
  }

  #firstOf(name: string, rule: FirstOfRule, isBroken: boolean): Outcome {
    const { values, world } = this.#question;
    const index = rule.given.findIndex(({ parameter }) => values[parameter] !== undefined);
    const given = rule.given[index];
    if (isBroken) return broken;
    if (given === undefined) {
      const outcomes = this.all(rule.target, {}).map(([, outcome]) => outcome);
      return outcomes.includes(broken) ? broken : (outcomes as (readonly Artifact[])[]).flat();
    }
    const own = `${name}#${index + 1}`;
    this.keys.add(own);
    const place = values[given.parameter] as string;
    const files = this.#given(place, given.match);
    if (files === undefined) return broken;
    const rows = files.map((file) => [file, world.identity(file)]);
    return this.#fresh(own, own, JSON.stringify([given, place, rows]), () =>
      given.match === undefined && world.follow(place)?.kind === "folder"
        ? [{ kind: "tree", path: place, given: true, identity: world.treeIdentity(place) ?? "" }]
        : files.map((file) => this.#artifact("file", file, true)),
    );
  }

  /** Files of a given place that count; undefined when there is nothing. */
  #given(place: string, match: string | undefined): readonly string[] | undefined {
    const { world } = this.#question;
    const kind = world.follow(place)?.kind;
    if (kind === undefined) return undefined;
    const isWanted = (name: string): boolean => {
      if (match === undefined) return true;
      if (match === "sub/*") return /^sub\/[^/]+$/.test(name);
      return name.endsWith(match.slice(1));
    };
    const found =
      kind === "folder"
        ? world.filesBelow(place).filter((file) => isWanted(file.slice(place.length + 1)))
        : [place].filter((file) => isWanted(path.posix.basename(file)));
    return found.length === 0 && match !== undefined ? undefined : found;
  }

  /** Files that patterns name; undefined where one of them names none. */
  #files(patterns: readonly Pattern[], values: Values): readonly string[] | undefined {
    const { world } = this.#question;
    const unwanted = patterns.filter(({ not }) => not);
    const found = new Set<string>();
    for (const pattern of patterns.filter(({ not }) => !not)) {
      const folder = fill(pattern.folder, values);
      const files = world
        .filesBelow(folder)
        .filter((file) =>
          [...unwanted, pattern].every((each) => isIn(file, each, values) !== (each.not ?? false)),
        );
      if (files.length === 0) return undefined;
      for (const file of files) found.add(file);
    }
    return [...found].sort();
  }

  /** Leaves a target as it is when it read the same and its outputs stand, else acts. */
  #fresh(
    name: string,
    key: string,
    read: string,
    act: () => readonly Artifact[] | typeof broken,
  ): Outcome {
    const trace = this.#traces.get(key);
    if (trace !== "unknown" && trace?.read === read && this.#stands(trace)) return trace.artifacts;
    (trace === "unknown" ? this.uncertain : this.ran).push(name);
    const artifacts = act();
    if (artifacts !== broken) this.#traces.set(key, { read, artifacts });
    return artifacts;
  }

  #stands({ artifacts }: Trace): boolean {
    const { world } = this.#question;
    return artifacts.every(({ kind, path: place, identity }) =>
      kind === "tree" ? world.treeIdentity(place) === identity : world.identity(place) === identity,
    );
  }

  #run({ acts, made }: Written, values: Values): Outcome {
    const { world } = this.#question;
    const clear = (): void => {
      for (const each of made) world.remove(fill(each.path, values));
    };
    clear();
    try {
      for (const act of acts) perform(act, world, values);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      clear();
      return broken;
    }
    return made.map(({ kind, path: place }) => this.#artifact(kind, fill(place, values), false));
  }

  /** An archive holds what it packs: its content is named after that. */
  #archive(
    { made }: Written,
    { prefix = "", targets }: ArchiveRule,
    values: Values,
    files: readonly string[],
  ): Outcome {
    const { world } = this.#question;
    const laid = new Map(files.map((file) => [file, file]));
    const lay = (name: string, source: string): boolean => {
      if ((laid.get(name) ?? source) !== source) return false;
      laid.set(name, source);
      return true;
    };
    for (const artifact of targets.flatMap((reference) => this.all(reference, values))) {
      const named = this.#laid(artifact[1] as readonly Artifact[]);
      if (!named.every(([name, source]) => lay(name, source))) return broken;
    }
    if (laid.size === 0) return broken;
    const rows = [...laid].sort().map(([name, source]) => [prefix + name, world.get(source)]);
    const to = fill(made[0]?.path as string, values);
    world.write(to, {
      kind: "file",
      content: `archive ${JSON.stringify(rows)}`,
      executable: false,
    });
    return [this.#artifact("file", to, false)];
  }

  /** Names in an archive, and where the files for them lie. */
  #laid(artifacts: readonly Artifact[]): readonly (readonly [string, string])[] {
    return artifacts.flatMap(({ kind, path: place }) =>
      kind === "file"
        ? [[path.posix.basename(place), place] as const]
        : this.#question.world
            .filesBelow(place)
            .map((file) => [file.slice(place.length + 1), file] as const),
    );
  }

  #artifact(kind: "file" | "tree", place: string, given: boolean): Artifact {
    const { world } = this.#question;
    const identity = kind === "tree" ? world.treeIdentity(place) : world.identity(place);
    return { kind, path: place, given, identity: identity ?? "" };
  }
}

const shown = ({ kind, path: place, identity, given }: Artifact): readonly string[] => [
  kind,
  given ? path.posix.basename(place) : place,
  identity,
];

/** Values of the parameters, and of the matrix, that the keys of a target name. */
function usedIn(keys: Written["keys"], values: Values): readonly unknown[] {
  const names = [...JSON.stringify(keys).matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name]) => name);
  return [...new Set(names as string[])].sort().map((name) => [name, values[name]]);
}

function isIn(file: string, pattern: Pattern, values: Values): boolean {
  const folder = `${fill(pattern.folder, values)}/`;
  const rest = file.slice(folder.length);
  if (!file.startsWith(folder)) return false;
  if (pattern.only !== undefined) return rest === pattern.only;
  return (pattern.deep || !rest.includes("/")) && rest.endsWith(pattern.ending);
}
