/** A workspace in a temporary folder in which single rules act, without an engine around them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { credentialLookup } from "../../../src/docker/credentials.ts";
import { FileDigests } from "../../../src/files/digests.ts";
import { WorkspaceFiles } from "../../../src/files/workspace-files.ts";
import type { Artifact } from "../../../src/model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../../../src/model/diagnostic.ts";
import type { PushedTag } from "../../../src/model/event.ts";
import type { Overwrite } from "../../../src/model/overwrite.ts";
import type { Asked, PinsView } from "../../../src/model/pin.ts";
import { pinKey } from "../../../src/model/pin-key.ts";
import type { Registries } from "../../../src/model/registries.ts";
import type { Removal } from "../../../src/model/removal.ts";
import type { Project, Target, TargetName } from "../../../src/model/target.ts";
import { Pins } from "../../../src/pins/pins.ts";
import { Commands } from "../../../src/rules/commands/commands.ts";
import { ruleKindOf } from "../../../src/rules/kinds.ts";
import { ownOutputFolder } from "../../../src/rules/own-output.ts";
import type { ActContext, ActOutcome, InputFile } from "../../../src/rules/rule.ts";
import { BlobStore } from "../../../src/store/blob-store.ts";
import { BurstJournals } from "../../../src/store/burst-journals.ts";
import { Clones } from "../../../src/store/clones.ts";
import { KeptStore } from "../../../src/store/kept-store.ts";
import { temporaryFolder, writeFiles } from "../../support/folder.ts";
import { FakeDocker } from "./fake-docker.ts";

export const name = (text: string): TargetName => text as TargetName;

type Fields = Readonly<Record<string, unknown>>;

export class RuleRoom {
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly docker = new FakeDocker();
  readonly blobs: BlobStore;
  readonly kept: KeptStore;
  readonly journals: BurstJournals;
  readonly clones: Clones;
  /** What was written to standard output. */
  readonly pipe = new PassThrough();
  readonly output: string[] = [];
  readonly warnings: string[] = [];
  readonly pushed: PushedTag[] = [];
  /** What dependencies made. */
  readonly made: Record<string, readonly Artifact[]> = {};
  readonly secrets = new Map<string, string>();
  readonly forgotten: string[] = [];
  readonly madeAt = new Map<string, number>();
  readonly removed: Removal[] = [];
  /** What was asked before it was done. */
  readonly confirmed: Overwrite[] = [];
  /** Answers: what it throws is a no. */
  onConfirm: () => void = () => {};
  readonly abort = new AbortController();
  /** Values of the lock by their keys, at its second line; what a rule finds out is added. */
  readonly locked = new Map<string, string>();
  registries: Registries = {};
  /** Parts of the context that a test sets. */
  more: Partial<ActContext> = {};
  onOutput: (line: string) => void = () => {};

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.root = temporaryFolder({ "targets.yaml": "name: shop\n", ...files });
    this.blobs = new BlobStore(path.join(this.root, ".tbuild"));
    this.kept = new KeptStore(path.join(this.root, ".tbuild"));
    this.journals = new BurstJournals(path.join(this.root, ".tbuild"), "tbuild it");
    this.clones = new Clones(path.join(this.root, ".tbuild"));
    this.files = new WorkspaceFiles(this.root, new FileDigests());
  }

  target(kind: string, fields: Fields, more: Partial<Target> = {}): Target {
    return {
      name: name("it"),
      rule: { kind, fields },
      needs: [],
      after: [],
      with: [],
      parameters: {},
      missing: [],
      title: "it",
      declaredAt: { file: "targets.yaml", line: 1, column: 1 },
      places: {},
      ...more,
    };
  }

  /** Messages of the problems that the keys alone show. */
  check(kind: string, fields: Fields, more: Partial<Target> = {}): readonly string[] {
    const problems =
      ruleKindOf(kind).check?.(fields as never, this.target(kind, fields, more)) ?? [];
    return problems.map(({ message }) => message);
  }

  inputs(kind: string, fields: Fields): readonly InputFile[] {
    return this.#inputsOf(this.target(kind, fields));
  }

  #inputsOf(target: Target): readonly InputFile[] {
    const { kind, fields } = target.rule as NonNullable<Target["rule"]>;
    const environment = this.#environment();
    return ruleKindOf(kind).inputs?.(fields as never, this.files, target, environment) ?? [];
  }

  #environment(): NodeJS.ProcessEnv {
    return this.more.environment ?? { PATH: process.env["PATH"] };
  }

  /** Names of what it reads, or the message of what it lacks. */
  reads(kind: string, fields: Fields): readonly string[] | string {
    try {
      return this.inputs(kind, fields).map((input) => input.name);
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** As the engine does: what is thrown for a user is a failure. */
  async act(kind: string, fields: Fields, more: Partial<Target> = {}): Promise<ActOutcome> {
    const target = this.target(kind, fields, more);
    try {
      const inputs = this.#inputsOf(target);
      return await ruleKindOf(kind).act(fields as never, this.context(target, inputs));
    } catch (error) {
      if (error instanceof DiagnosticError) return { kind: "failed", problem: error.diagnostic };
      throw error;
    }
  }

  context(target: Target, inputs: readonly InputFile[]): ActContext {
    const stateFolder = path.join(this.root, ".tbuild");
    const environment = this.#environment();
    return {
      target,
      project: this.#project(target),
      files: this.files,
      stateFolder,
      ownFolder: path.join(this.root, ownOutputFolder(target.name)),
      temporaryFolder: async () => {
        mkdirSync(path.join(stateFolder, "tmp"), { recursive: true });
        return mkdtempSync(path.join(stateFolder, "tmp", "t-"));
      },
      artifactsOf: (wanted) => this.made[wanted] ?? [],
      inputs,
      services: [],
      docker: async () => this.docker,
      environment,
      access: {
        environment,
        credentials: credentialLookup(environment),
        registries: this.registries,
      },
      pins: this.#pins(),
      isMade: () => false,
      commands: new Commands({ temporary: path.join(stateFolder, "tmp"), environment: () => ({}) }),
      signal: this.abort.signal,
      progress: {
        output: (line) => {
          this.output.push(line);
          this.onOutput(line);
        },
        step: () => {},
        transfer: () => {},
        removed: (removal) => void this.removed.push(removal),
        pushed: (tags) => void this.pushed.push(...tags),
        warn: ({ message }) => this.warnings.push(message),
      },
      previous: [],
      blobs: this.blobs,
      kept: this.kept,
      journals: this.journals,
      clones: this.clones,
      confirm: async (overwrites) => {
        this.confirmed.push(...overwrites);
        this.onConfirm();
      },
      pipe: () => this.pipe,
      workspaceId: "w1",
      madeImages: [],
      madeFiles: [],
      begin: () => undefined,
      madeAt: (made) => this.madeAt.get(made),
      forget: async (gone) => void this.forgotten.push([...gone].sort().join(" ")),
      ...this.more,
    };
  }

  #pins(): PinsView {
    const at = { file: "targets.lock", line: 2, column: 1 };
    const pins = new Map([...this.locked].map(([key, value]) => [key, { value, at }]));
    const view = new Pins({ path: `${this.root}/targets.lock`, digest: undefined, pins });
    const note = (asked: Asked, value: string): string => {
      const counts = view.note(asked, value);
      this.locked.set(pinKey(asked), counts);
      return counts;
    };
    return {
      note,
      refuseUnlocked: () => undefined,
      known: (asked) => view.known(asked),
      find: async (asked, ask) => {
        const value = await view.find(asked, ask);
        return value === undefined ? undefined : note(asked, value);
      },
    };
  }

  write(files: Readonly<Record<string, string>>): void {
    writeFiles(this.root, files);
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), "utf8");
  }

  has(file: string): boolean {
    return existsSync(path.join(this.root, file));
  }

  /** The artifact of a file that a dependency made. */
  file(relative: string): Artifact {
    return {
      kind: "file",
      path: relative,
      digest: this.files.digestFile(this.files.absolute(relative)),
    };
  }

  tree(relative: string): Artifact {
    return {
      kind: "tree",
      path: relative,
      digest: this.files.digestTree(this.files.absolute(relative)),
    };
  }

  #project(target: Target): Project {
    return {
      name: "shop",
      root: this.root,
      files: [`${this.root}/targets.yaml`],
      default: [],
      targets: new Map([[target.name, target]]),
      families: new Map(),
      secrets: this.secrets,
    };
  }
}

/** What came out, short: the message of a failure, or the paths and names that were made. */
export function told(outcome: ActOutcome): string | readonly string[] {
  if (outcome.kind === "failed" || outcome.kind === "unavailable") return outcome.problem.message;
  return outcome.artifacts.flatMap((artifact) => {
    if (artifact.kind === "published") return `${artifact.reference}@${artifact.digest}`;
    return artifact.kind === "image" ? artifact.references : artifact.path;
  });
}

export function problemOf(outcome: ActOutcome): Diagnostic {
  if (outcome.kind === "made" || outcome.kind === "found") throw new Error("nothing went wrong");
  return outcome.problem;
}

export const noteOf = (outcome: ActOutcome): string | undefined =>
  outcome.kind === "made" ? outcome.note : undefined;
