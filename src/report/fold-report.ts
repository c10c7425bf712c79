/** What a report shows of a build, gathered from its events and its graph. Shows nothing itself. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { PushedTag } from "../model/event.ts";
import type { GraphDrawing } from "../model/graph-drawing.ts";
import type { ReportData, ReportTarget } from "../model/report-data.ts";
import type { RunHeader, RunLine, TimedEvent } from "../model/run-log.ts";
import { LastOutput } from "./last-output.ts";
import type { SizeOf } from "./report-file.ts";

type TimedOf<K extends TimedEvent["kind"]> = Extract<TimedEvent, { readonly kind: K }>;

export class FoldedReport {
  readonly #targets = new Map<string, ReportTarget>();
  readonly #pushed = new Map<string, PushedTag>();
  readonly #problems: Diagnostic[] = [];
  readonly #output = new LastOutput();
  #drawing: GraphDrawing = { targets: [], edges: [] };
  #sizeOf: SizeOf = () => undefined;
  #header: RunHeader | undefined;
  #project = "tbuild";
  #finished: TimedOf<"finished"> | undefined;
  #isInterrupted = false;
  #ms = 0;

  draw(drawing: GraphDrawing, sizeOf: SizeOf): void {
    this.#sizeOf = sizeOf;
    this.#drawing = drawing;
  }

  take(line: RunLine): void {
    const output = this.#output.take(line);
    if (line.kind !== "run") this.#ms = line.ms;
    switch (line.kind) {
      case "run":
        this.#header = line;
        return;
      case "started":
        this.#project = line.project;
        return;
      case "target-started":
        this.#set(line.target, { ...startOf(line), startedMs: Math.round(line.ms) });
        return;
      case "target-finished":
        this.#set(line.target, endOf(line, output));
        return;
      case "pushed":
        for (const tag of line.tags) this.#pushed.set(tag.reference, tag);
        return;
      case "problem":
        this.#problems.push(line.problem);
        return;
      case "interrupted":
        this.#isInterrupted = true;
        return;
      case "finished":
        this.#finished = line;
        return;
      default:
        return;
    }
  }

  data(): ReportData {
    const { built = 0, restored = 0, fresh = 0, failed = 0, skipped = 0 } = this.#finished ?? {};
    const { criticalPath } = this.#finished ?? {};
    const isBad = failed > 0 || this.#problems.length > 0;
    const targets = this.#shownTargets(!isBad && !this.#isInterrupted);
    const known = new Set(targets.map(({ name }) => name));
    return {
      project: this.#project,
      command: this.#header?.command ?? "tbuild",
      tbuild: this.#header?.tbuild ?? "",
      startedAt: this.#header?.startedAt ?? "",
      outcome: this.#isInterrupted ? "interrupted" : isBad ? "failed" : "passed",
      seconds: this.#finished?.seconds ?? this.#ms / 1000,
      counts: { built, restored, fresh, failed, skipped },
      targets,
      edges: this.#drawing.edges.filter(({ from, to }) => known.has(from) && known.has(to)),
      problems: this.#problems,
      pushed: [...this.#pushed.values()],
      ...(criticalPath && { criticalPath }),
    };
  }

  #set(name: string, change: Omit<ReportTarget, "name">): void {
    this.#targets.set(name, { ...this.#targets.get(name), ...change, name });
  }

  /** In the order of the graph. Alternatives that a build did not come to are no part of one that went well. */
  #shownTargets(isWhole: boolean): readonly ReportTarget[] {
    const groups = new Map<string, ReportTarget["state"]>();
    const drawn = this.#drawing.targets.flatMap(
      ({ name, title, rule }): readonly ReportTarget[] => {
        const told = this.#targets.get(name);
        if (told) return [this.#sized(told)];
        if (rule === "group") return [{ name, title, rule, state: this.#groupState(name, groups) }];
        return isWhole ? [] : [{ name, title, rule, state: "waiting" }];
      },
    );
    const known = new Set(drawn.map(({ name }) => name));
    return [...drawn, ...[...this.#targets.values()].filter(({ name }) => !known.has(name))];
  }

  #sized(target: ReportTarget): ReportTarget {
    const artifacts = target.artifacts?.map((artifact) => {
      const bytes = this.#sizeOf(artifact);
      return bytes === undefined ? artifact : { ...artifact, bytes };
    });
    return artifacts ? { ...target, artifacts } : target;
  }

  /** A group has no events: it stands as what it needs, groups among them. */
  #groupState(name: string, known: Map<string, ReportTarget["state"]>): ReportTarget["state"] {
    const found = this.#targets.get(name)?.state ?? known.get(name);
    if (found) return found;
    const needs = this.#drawing.edges.filter(({ from }) => from === name);
    const states = needs.map(({ to }) => this.#groupState(to, known));
    const state = worstOf(states, needs.length > 0);
    known.set(name, state);
    return state;
  }
}

function worstOf(
  states: readonly ReportTarget["state"][],
  hasNeeds: boolean,
): ReportTarget["state"] {
  if (!hasNeeds) return "waiting";
  if (states.some((state) => state === "failed" || state === "skipped")) return "skipped";
  if (states.includes("cancelled")) return "cancelled";
  if (states.includes("waiting") || states.includes("running")) return "waiting";
  return states.every((state) => state === "fresh") ? "fresh" : "built";
}

const startOf = ({ title, rule, why }: TimedOf<"target-started">) =>
  ({ title, rule, why, state: "running" }) as const;

function endOf(
  line: TimedOf<"target-finished">,
  output: readonly string[],
): Omit<ReportTarget, "name"> {
  const { title, rule, outcome, seconds, artifacts, traffic, problem, because } = line;
  const note = problem?.message ?? line.note ?? (because && `needs ${because}, which failed`);
  return {
    title,
    rule,
    state: outcome,
    artifacts,
    ...(outcome !== "fresh" && { seconds }),
    ...(note !== undefined && { note }),
    ...(traffic && { traffic }),
    ...(output.length > 0 && { output }),
  };
}
