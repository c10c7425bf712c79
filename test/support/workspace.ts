/** A workspace in a temporary folder, built through the engine's one door, without a command line. */
import { readFileSync, rmSync } from "node:fs";
import { definitionsOf } from "../../src/config/expand/definitions.ts";
import { expand, expandLazily } from "../../src/config/expand/expand.ts";
import { fillMatrices } from "../../src/config/expand/fill-matrices.ts";
import { resolveParameters } from "../../src/config/expand/resolve-parameters.ts";
import { reachableGitNames, resolveWanted, usesGit } from "../../src/config/list-targets.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import type { Docker } from "../../src/docker/docker.ts";
import { type BuildResult, build } from "../../src/engine/build.ts";
import type { BuildParts, BuildRequest, PlanUse } from "../../src/engine/build-request.ts";
import {
  type CheckedPlan,
  checkPlan,
  hasSameTargets,
  isFresh,
  planKey,
} from "../../src/engine/compiled/check-plan.ts";
import type { Timers } from "../../src/engine/schedule/timers.ts";
import type { Event } from "../../src/model/event.ts";
import { defaultLimits } from "../../src/model/limits.ts";
import type { Result } from "../../src/model/result.ts";
import type { Project } from "../../src/model/target.ts";
import { readLockFile } from "../../src/pins/lock-file.ts";
import { Pins } from "../../src/pins/pins.ts";
import { temporaryFolder, writeFiles } from "./folder.ts";

export interface Run extends BuildResult {
  readonly events: readonly Event[];
  /** `name: why` of each target that ran, in order of their start. */
  readonly ran: readonly string[];
  /** Messages of all problems. */
  readonly messages: readonly string[];
}

export interface RunOptions extends Partial<BuildRequest> {
  readonly given?: Readonly<Record<string, string>>;
  /** Sees each event as it happens. */
  readonly onEvent?: (event: Event) => void;
  /** Uses the plan that the last build of the same targets left, as the command line does. */
  readonly planned?: boolean;
  readonly timers?: Timers;
}

export class Workspace {
  readonly root: string;
  docker: () => Promise<Docker> = () => Promise.reject(new Error("this test has no engine"));

  constructor(targets: string, files: Readonly<Record<string, string>> = {}) {
    this.root = temporaryFolder({ "targets.yaml": `name: test\n${targets}`, ...files });
  }

  write(files: Readonly<Record<string, string>>): void {
    writeFiles(this.root, files);
  }

  read(file: string): string {
    return readFileSync(`${this.root}/${file}`, "utf8");
  }

  remove(file: string): void {
    rmSync(`${this.root}/${file}`, { recursive: true });
  }

  async build(wanted: string | readonly string[], options: RunOptions = {}): Promise<Run> {
    const events: Event[] = [];
    const checked = options.planned ? await this.#checkPlan(wanted, options) : undefined;
    if (checked && isFresh(checked)) return freshRun(checked.plan.about.made);
    const { request, parts } = this.prepare(wanted, options, events, checked);
    const result = await build(request, parts);
    const ran = events.flatMap((event) =>
      event.kind === "target-started" ? [`${event.target}: ${event.why}`] : [],
    );
    return { ...result, events, ran, messages: result.problems.map(({ message }) => message) };
  }

  /** What `build` and the other doors of the engine are called with; events go to the list. */
  prepare(
    wanted: string | readonly string[],
    { given = {}, onEvent, timers, planned, ...request }: RunOptions = {},
    events: Event[] = [],
    checked?: CheckedPlan,
  ): { request: BuildRequest; parts: BuildParts } {
    const report = (event: Event): void => {
      events.push(event);
      onEvent?.(event);
    };
    const names = typeof wanted === "string" ? [wanted] : wanted;
    return {
      request: {
        ...this.#request(names, given, planned ? { checked } : undefined),
        ...request,
      },
      parts: {
        reporter: { report, close: () => Promise.resolve() },
        docker: () => this.docker(),
        redact: (text) => text,
        ...(timers && { timers }),
      },
    };
  }

  #checkPlan(wanted: string | readonly string[], { given, environment }: RunOptions) {
    const docker = () => this.docker();
    const surroundings = { environment: environment ?? process.env, docker };
    return checkPlan(this.root, this.#keyOf([wanted].flat(), given), surroundings);
  }

  #keyOf(wanted: readonly string[], given: RunOptions["given"] = {}): string {
    return planKey(`${this.root}/targets.yaml`, this.root, [...wanted, JSON.stringify(given)]);
  }

  #request(
    wanted: readonly string[],
    given: Readonly<Record<string, string>>,
    plan?: { readonly checked: CheckedPlan | undefined },
  ): BuildRequest {
    const loaded = value(loadTargetFile(`${this.root}/targets.yaml`, this.root));
    const values = new Map(
      Object.entries(given).map(([name, text]) => [name, { value: text, from: `--${name}` }]),
    );
    const parameters = value(resolveParameters(loaded, values, process.env, this.root));
    const declaration = value(fillMatrices(loaded, parameters));
    const { files } = declaration;
    const definitions = () => definitionsOf(declaration, parameters);
    const declared = { files, definitions, usesGit: usesGit(declaration) };
    const gitNames = reachableGitNames(declaration, wanted);
    const digest = gitNames.length > 0 ? parameters.gitDigest?.(gitNames) : undefined;
    const isKnown = plan?.checked && hasSameTargets(plan.checked.plan, declared);
    const project: Project = isKnown
      ? expandLazily(declaration, parameters)
      : value(expand(declaration, parameters));
    const use: PlanUse = {
      key: this.#keyOf(wanted, given),
      ...declared,
      ...(digest !== undefined && { git: { names: gitNames, digest } }),
      variables: [],
      ...(plan?.checked && { checked: plan.checked }),
    };
    return {
      ...(plan && { plan: use }),
      project,
      pins: new Pins(value(readLockFile(`${this.root}/targets.lock`))),
      wanted: value(resolveWanted(declaration, wanted)).flatMap(
        (name) => project.families.get(name) ?? [],
      ),
      jobs: 2,
      keepGoing: false,
      force: false,
      fallback: true,
      dryRun: false,
      command: "tbuild",
      version: "1.2.3",
      limits: defaultLimits,
      environment: process.env,
      signal: new AbortController().signal,
    };
  }
}

const freshRun = (fresh: number): Run => ({
  built: 0,
  restored: 0,
  fresh,
  failed: 0,
  skipped: 0,
  problems: [],
  interrupted: false,
  events: [],
  ran: [],
  messages: [],
});

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(({ message }) => message).join("\n"));
}
