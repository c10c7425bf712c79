/** One workspace that changes at random, and what is known of it: for the model and for the engine. */
import { cpSync, rmSync } from "node:fs";
import { type Run, Workspace } from "../support/workspace.ts";
import { declare, targetFile, type WrittenFleet } from "./declare.ts";
import type { Fleet } from "./fleet.ts";
import {
  editFleet,
  generateFleet,
  givenParameters,
  parameterValues,
  variables,
} from "./generate-fleet.ts";
import { Model } from "./model.ts";
import { changeOutput, changeSource, revertSource, sourceFolders, sources } from "./mutations.ts";
import type { Random } from "./random-numbers.ts";
import { differences, World } from "./world.ts";

export interface BuildHow {
  readonly jobs: number;
  /** Whether what the last build left as its plan is used, as by the command line. */
  readonly planned: boolean;
  /** Called when a target starts; it may interfere. */
  readonly onStart?: () => void;
}

export class Story {
  readonly workspace: Workspace;
  readonly #first: Readonly<Record<string, string>>;
  readonly #model = new Model();
  readonly #archives = new Archives();
  #fleet: Fleet;
  #written: WrittenFleet;
  #values: Record<string, string | undefined> = { p: "a", q: "x" };
  #wanted: readonly string[] = ["all"];
  /** How the last build ended. */
  #ended = "";

  constructor(random: Random) {
    this.#fleet = generateFleet(random);
    this.#written = declare(this.#fleet);
    this.#first = sources(random);
    this.workspace = new Workspace(targetFile(this.#written), this.#first);
  }

  /** @returns what changed */
  change(random: Random): string {
    const { root } = this.workspace;
    const kind = random.below(1000);
    if (kind < 550) return changeSource(random, root);
    if (kind < 680) return changeOutput(random, root);
    if (kind < 760) return revertSource(random, root, this.#first);
    if (kind < 840) return this.#changeValue(random);
    if (kind < 920) return this.#changeFleet(random);
    if (kind < 985) return this.#changeWanted(random);
    return this.#loseState(random);
  }

  /** Builds, and compares with what the model foretells. @returns what is wrong */
  async build(how: BuildHow): Promise<readonly string[]> {
    const before = this.#read();
    const answer = this.#model.foretell({
      fleet: this.#fleet,
      written: this.#written,
      wanted: this.#wanted,
      values: this.#values,
      world: before,
    });
    const run = await this.#run(this.workspace, how);
    if (how.onStart) {
      this.#model.doubt(answer.keys);
      return unexpectedProblems(run);
    }
    const sure = (names: readonly string[]): readonly string[] =>
      names.filter((name) => !answer.uncertain.includes(name)).sort();
    const ran = startedIn(run);
    this.#ended = counts(run);
    this.#archives.learn(World.read(this.workspace.root, ["out"]), before);
    return [
      ...unexpectedProblems(run),
      ...listed("ran needlessly", sure(ran), answer.ran),
      ...listed("should have run", answer.ran, ran),
      ...differences(this.#read(), this.#archives.named(before)),
    ];
  }

  /** Builds all of it in another folder, after a build. @returns what is not the same there */
  async compareWithClean(): Promise<readonly string[]> {
    const { root } = this.workspace;
    const clean = new Workspace(targetFile(this.#written));
    for (const folder of sourceFolders) {
      cpSync(`${root}/${folder}`, `${clean.root}/${folder}`, {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    const run = await this.#run(clean, { jobs: 2, planned: false });
    const made = World.read(clean.root, ["out"]);
    const here = World.read(root, ["out"]);
    for (const name of here.entries.keys()) if (!made.get(name)) here.entries.delete(name);
    rmSync(clean.root, { recursive: true });
    return [
      ...differences(here, made).map((line) => `clean build: ${line}`),
      ...(counts(run) === this.#ended ? [] : [`${this.#ended}, clean build: ${counts(run)}`]),
    ];
  }

  #read(): World {
    const folders = [...sourceFolders, "out"];
    return World.read(this.workspace.root, folders, (content) => this.#archives.nameOf(content));
  }

  #run(workspace: Workspace, { jobs, planned, onStart }: BuildHow): Promise<Run> {
    const { p, q, ...rest } = this.#values;
    const given = Object.entries({ p, q, g: rest["g"], h: rest["h"] });
    const environment = { ...process.env };
    for (const name of variables) if (rest[name] !== undefined) environment[name] = rest[name];
    return workspace.build(this.#wanted, {
      given: Object.fromEntries(given.filter((pair): pair is [string, string] => !!pair[1])),
      environment,
      keepGoing: true,
      jobs,
      planned,
      onEvent: ({ kind }) => {
        if (kind === "target-started") onStart?.();
      },
    });
  }

  #changeValue(random: Random): string {
    const names = ["p", "p", "q", ...givenParameters, ...givenParameters, ...variables];
    const name = random.pick(names);
    const places = ["given/g0", "given/g1", "given/one.txt", undefined, undefined];
    const value = (givenParameters as readonly string[]).includes(name)
      ? random.pick(random.chance(0.05) ? ["given/nowhere"] : places)
      : random.pick<string | undefined>(
          parameterValues[name as "p" | "q"] ?? [undefined, "", "red", "blue"],
        );
    this.#values = { ...this.#values, [name]: value };
    return `${name} is ${value === undefined ? "not given" : `\`${value}\``}`;
  }

  #changeFleet(random: Random): string {
    const before = targetFile(this.#written).split("\n");
    this.#fleet = editFleet(random, this.#fleet);
    this.#written = declare(this.#fleet);
    const file = targetFile(this.#written);
    this.workspace.write({ "targets.yaml": `name: test\n${file}` });
    const changed = file.split("\n").filter((line) => !before.includes(line));
    return `edit the target file: ${changed.join(" and ")}`;
  }

  #changeWanted(random: Random): string {
    const names = this.#fleet.flatMap(({ name, matrix }) => [
      name,
      ...(matrix ?? []).map((value) => `${name}[${value}]`),
    ]);
    this.#wanted = random.chance(0.5) ? ["all"] : random.some(names, 1 + random.below(4));
    return `want ${this.#wanted.join(" ")}`;
  }

  #loseState(random: Random): string {
    const state = `${this.workspace.root}/.tbuild`;
    if (random.chance(0.7)) {
      for (const file of ["digests", "digests.recent", "plans"]) {
        rmSync(`${state}/${file}`, { recursive: true, force: true });
      }
      return "lose the remembered digests";
    }
    rmSync(state, { recursive: true, force: true });
    this.#model.forgetAll();
    return "lose all state";
  }
}

/**
 * The bytes of an archive stand for what is packed: the same files always give the same bytes, and
 * others never do.
 */
class Archives {
  readonly #names = new Map<string, string>();
  readonly #contents = new Map<string, string>();

  nameOf(content: string): string {
    return this.#names.get(content) ?? content;
  }

  /** The same files; what was read before its name was learned gets it too. */
  named(world: World): World {
    for (const [name, entry] of world.entries) {
      if (entry.kind !== "file") continue;
      world.entries.set(name, { ...entry, content: this.nameOf(entry.content) });
    }
    return world;
  }

  /** Takes a content seen for the first time for what is expected there. */
  learn(found: World, expected: World): void {
    for (const [name, entry] of expected.entries) {
      const there = found.get(name);
      if (entry.kind !== "file" || !entry.content.startsWith("archive ")) continue;
      if (there?.kind !== "file" || this.#contents.has(entry.content)) continue;
      if (this.#names.has(there.content)) continue;
      this.#names.set(there.content, entry.content);
      this.#contents.set(entry.content, there.content);
    }
  }
}

const counts = ({ failed, skipped }: Run): string => `${failed} failed, ${skipped} skipped`;

const startedIn = (run: Run): readonly string[] =>
  run.events.flatMap((event) => (event.kind === "target-started" ? [event.target] : []));

function listed(
  what: string,
  names: readonly string[],
  others: readonly string[],
): readonly string[] {
  return names.filter((name) => !others.includes(name)).map((name) => `${what}: ${name}`);
}

/** What random changes can cause; everything else is the engine's fault or the test's. */
const expectedCodes: ReadonlySet<string> = new Set([
  "artifact-lost-again",
  "command-failed",
  "file-changed",
  "given-path-empty",
  "given-path-missing",
  "given-path-unusable",
  "input-matches-nothing",
  "laid-twice",
  "nothing-to-pack",
  "output-not-made",
]);

const unexpectedProblems = ({ problems }: Run): readonly string[] =>
  problems
    .filter(({ code }) => !expectedCodes.has(code))
    .map(({ code, message }) => `${code}: ${message}`);
