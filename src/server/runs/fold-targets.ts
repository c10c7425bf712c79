/** What the targets of a run look like by its events so far. Knows no files. */
import type { Event, PushedTag } from "../../model/event.ts";
import type { GraphDrawing } from "../../model/graph-drawing.ts";
import type { RunCounts, RunTarget } from "../records/run.ts";

/** A line of `events.ndjson`: an event with its time, or the beginning of one more attempt. */
export type RunLine = (Event | { readonly kind: "attempt"; readonly attempt: number }) & {
  /** Milliseconds after the run began first. */
  readonly ms: number;
};

export class FoldedTargets {
  readonly #targets = new Map<string, RunTarget>();
  readonly #pushed = new Map<string, PushedTag>();
  #counts: RunCounts | undefined;
  #problem: string | undefined;

  /** Those of the graph wait until their events come; in its order they are shown. */
  expect({ targets, edges }: GraphDrawing): void {
    const groups = new Set(targets.flatMap(({ name, rule }) => (rule === "group" ? [name] : [])));
    const needs = neededBy(edges);
    for (const { name, title, rule } of targets) {
      const found = this.#targets.get(name);
      const own = [...throughGroups(needs.get(name) ?? [], groups, needs)];
      if (found) this.#targets.set(name, { ...found, needs: own });
      // A group runs nothing, and has no events.
      else if (rule !== "group")
        this.#targets.set(name, { name, title, rule, state: "waiting", needs: own });
    }
  }

  /** @returns the target that it changes */
  take(line: RunLine): RunTarget | undefined {
    switch (line.kind) {
      case "attempt":
        return this.#again();
      case "target-started":
        return this.#set(line.target, {
          title: line.title,
          rule: line.rule,
          state: "running",
          why: line.why,
          startedMs: Math.round(line.ms),
        });
      case "target-finished":
        return this.#finished(line);
      case "pushed":
        for (const tag of line.tags) this.#pushed.set(tag.reference, tag);
        return undefined;
      case "problem":
        this.#problem ??= line.problem.message;
        return undefined;
      case "finished": {
        const { built, fresh, failed, skipped, restored } = line;
        this.#counts = {
          built,
          fresh,
          failed,
          skipped,
          ...(restored !== undefined && { restored }),
        };
        return undefined;
      }
      default:
        return undefined;
    }
  }

  /** In the order of the graph, and of their events. */
  get targets(): readonly RunTarget[] {
    return [...this.#targets.values()];
  }

  get(name: string): RunTarget | undefined {
    return this.#targets.get(name);
  }

  get pushed(): readonly PushedTag[] {
    return [...this.#pushed.values()];
  }

  get counts(): RunCounts | undefined {
    return this.#counts;
  }

  /** The first one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  #finished(line: RunLine & { readonly kind: "target-finished" }): RunTarget | undefined {
    const before = this.#targets.get(line.target);
    const note = line.problem?.message ?? line.note ?? line.because;
    if (line.outcome === "failed") this.#problem ??= `\`${line.target}\`: ${note ?? "failed"}`;
    // What an earlier attempt of the run made is fresh in the next: it stays told as made.
    if (line.outcome === "fresh" && (before?.state === "built" || before?.state === "restored")) {
      return undefined;
    }
    return this.#set(line.target, {
      title: line.title,
      rule: line.rule,
      state: line.outcome,
      ...(line.outcome !== "fresh" && { seconds: Math.round(line.seconds * 1000) / 1000 }),
      ...(note !== undefined && { note }),
    });
  }

  #set(name: string, change: Omit<RunTarget, "name" | "needs">): RunTarget {
    const target = { needs: [], ...this.#targets.get(name), ...change, name };
    this.#targets.set(name, target);
    return target;
  }

  /** What was in the middle when the server was killed begins anew. */
  #again(): undefined {
    this.#problem = undefined;
    for (const [name, target] of this.#targets) {
      if (target.state === "built" || target.state === "restored") continue;
      const { name: own, title, rule, needs } = target;
      this.#targets.set(name, { name: own, title, rule, needs, state: "waiting" });
    }
  }
}

function neededBy(edges: GraphDrawing["edges"]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const own = needs.get(from);
    if (own) own.push(to);
    else needs.set(from, [to]);
  }
  return needs;
}

/** Who needs a group needs what is in it, groups of groups too. */
function throughGroups(
  names: readonly string[],
  groups: ReadonlySet<string>,
  needs: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set(names);
  for (const name of seen) {
    if (groups.has(name)) for (const below of needs.get(name) ?? []) seen.add(below);
  }
  for (const name of groups) seen.delete(name);
  return seen;
}
