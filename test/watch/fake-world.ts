/** A world to watch without files or builds: texts by name, targets that read them, builds that the test steers. */
import type { BuildResult } from "../../src/engine/build.ts";
import type { BuildRequest } from "../../src/engine/build-request.ts";
import { declarationOf, type Snapshot, type Survey } from "../../src/engine/fresh/survey.ts";
import { Places } from "../../src/files/places.ts";
import type { Event, TargetOutcome } from "../../src/model/event.ts";
import { ok } from "../../src/model/result.ts";
import type { Target, TargetName } from "../../src/model/target.ts";
import { type WatchEnd, watch } from "../../src/watch/watch.ts";
import type { BuildOrder, Loaded } from "../../src/watch/watch-parts.ts";
import { graphOf } from "../support/graph.ts";
import { FakeTimer } from "./fake-timer.ts";

/** Each target reads the text of its own name, and its output is `NAME.out`. */
export class FakeWorld {
  readonly texts = new Map<string, string>();
  readonly events: Event[] = [];
  readonly timer = new FakeTimer();
  readonly user = new AbortController();
  /** Targets that only another alternative would need. */
  readonly reserve = new Set<string>();
  /** Targets that a build makes and does not record. */
  readonly unrecorded = new Set<string>();
  readonly orders: BuildOrder[] = [];
  readonly #graph: ReturnType<typeof graphOf>;
  readonly #made = new Map<string, string>();
  #change: (path: string | undefined) => void = () => undefined;
  #endBuild: (result: BuildResult) => void = () => undefined;
  #begun: () => void = () => undefined;

  /** @param graph short YAML: `all: [a, b]` */
  constructor(graph: string) {
    this.#graph = graphOf(graph);
  }

  start(): Promise<WatchEnd> {
    return watch({
      loaded: this.#load(),
      load: async () => this.#load(),
      begin: async () => ({
        report: (event) => this.events.push(event),
        build: (order) => this.#build(order),
      }),
      survey: () => this.#survey(),
      source: (onChange) => {
        this.#change = onChange;
        return { watch: () => 0, close: () => undefined };
      },
      timer: this.timer,
      force: true,
      signal: this.user.signal,
    });
  }

  /** A build that begins. */
  building(): Promise<void> {
    return new Promise((resolve) => {
      this.#begun = resolve;
    });
  }

  tell(event: Partial<Event>): void {
    this.orders.at(-1)?.onEvent(event as Event);
  }

  started(...targets: readonly string[]): void {
    for (const target of targets) this.tell({ kind: "target-started", target });
  }

  finished(target: string, outcome: TargetOutcome = "built"): void {
    if (outcome === "built") {
      this.texts.set(`${target}.out`, `made of ${this.texts.get(target)}`);
      this.#made.set(target, this.texts.get(`${target}.out`) as string);
    }
    this.tell({ kind: "target-finished", target, outcome });
  }

  /** The build comes to its end, and all that follows from that. */
  async ends(more: Partial<BuildResult> = {}): Promise<void> {
    const interrupted = this.orders.at(-1)?.signal.aborted === true;
    const none = { built: 0, restored: 0, fresh: 0, failed: 0, skipped: 0, problems: [] };
    this.#endBuild({ ...none, interrupted, ...more });
    await settled();
  }

  /** Texts change, and a burst is over. */
  async edit(texts: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, text] of Object.entries(texts)) {
      this.texts.set(file, text);
      this.#change(`/${file}`);
    }
    this.timer.pass(75);
    await settled();
  }

  /** What the watch itself told: `a changed`, `a stops` and `rests`. */
  get told(): readonly string[] {
    return this.events.flatMap((event) => {
      if (event.kind === "watching") return ["rests"];
      if (event.kind === "warning") return [event.problem.code];
      if (event.kind !== "changed") return [];
      return [`${event.changed.names.join(" ")} ${event.stops ? "stops" : "changed"}`];
    });
  }

  #build(order: BuildOrder): Promise<BuildResult> {
    this.orders.push(order);
    const end = new Promise<BuildResult>((resolve) => {
      this.#endBuild = resolve;
    });
    this.#begun();
    return end;
  }

  #load(): Loaded {
    const request = { project: this.#graph.project } as BuildRequest;
    return { root: "/", files: new Map(), request: ok(request) };
  }

  #survey(): Survey {
    const { project, edges } = this.#graph;
    const look = (file: string, text = this.texts.get(file)): Snapshot => ({
      contents: new Map(text === undefined ? [] : [[file, text]]),
    });
    return {
      targets: [...project.targets.values()].map((target: Target) => ({
        name: target.name,
        after: (edges.get(target.name) ?? []).map(({ to }) => to),
        inReserve: this.reserve.has(target.name),
        declared: declarationOf(target),
      })),
      places: new Places("/"),
      files: new Set(this.texts.keys()),
      inputsOf: (target) => look(target),
      outputsOf: (target) => look(`${target}.out`),
      isRecorded: (target) => !this.unrecorded.has(target),
      recordedOf: (target: TargetName) => look(`${target}.out`, this.#made.get(target)),
    };
  }
}

/** Whatever follows at once has followed. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
