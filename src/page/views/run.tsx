/** One run: where it came from, its targets as graph, timeline and list, what it pushed; cancelling and retrying it. */

import { useMemo, useState } from "preact/hooks";
import type { ReportTarget } from "../../model/report-data.ts";
import { duration } from "../../model/shown-duration.ts";
import type { Run, RunTarget } from "../../server/records/run.ts";
import type { ApiError } from "../api/client.ts";
import { Graph } from "../parts/graph.tsx";
import { Heading } from "../parts/heading.tsx";
import { Pushed } from "../parts/pushed.tsx";
import { State } from "../parts/states.tsx";
import { TargetTable } from "../parts/target-table.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Commit, causeText, Problem, secondsOf, Time } from "../parts/words.tsx";
import { asApiError, useLive, useLoaded, useNow, useRoom } from "../room.ts";
import { paths } from "../routes.ts";

interface Targets {
  readonly targets: readonly RunTarget[];
}

export function RunView({ id }: { readonly id: string }) {
  const { announce } = useRoom();
  const path = `/runs/${encodeURIComponent(id)}`;
  const run = useLoaded<Run>(path);
  const list = useLoaded<Targets>(`${path}/targets`);
  // What is told while the list is on its way is newer than the list.
  const [told, setTold] = useState<ReadonlyMap<string, RunTarget>>(none);
  const readAnew = (): void => {
    setTold(none);
    list.reload();
  };
  useLive((event) => {
    if (event.kind === "run-changed" && event.run.id === id) {
      if (run.value && run.value.state !== event.run.state)
        announce(`The run is ${event.run.state}.`);
      run.change(() => event.run);
      // What had no event of its own, such as what was fresh, is told by the whole list.
      if (event.run.finishedAt) list.reload();
    }
    if (event.kind === "graph-known" && event.run === id) readAnew();
    if (event.kind === "reset") setTold(none);
    if (event.kind === "target-changed" && event.run === id) {
      setTold((before) => new Map(before).set(event.target.name, event.target));
    }
  });
  const { value } = run;
  return (
    <>
      <Heading text={value ? `Run of ${value.repository}, ${value.branch}` : `Run ${id}`} />
      {run.problem && <Problem problem={run.problem} />}
      {value && <About run={value} />}
      {value && <Actions run={value} />}
      {list.problem && !run.problem && <Problem problem={list.problem} />}
      {value && list.value && <Parts run={value} targets={withTold(list.value, told)} />}
    </>
  );
}

const none: ReadonlyMap<string, RunTarget> = new Map();

function withTold(
  { targets }: Targets,
  told: ReadonlyMap<string, RunTarget>,
): readonly RunTarget[] {
  const known = new Set(targets.map(({ name }) => name));
  const others = [...told.values()].filter(({ name }) => !known.has(name));
  return [...targets.map((each) => told.get(each.name) ?? each), ...others];
}

function About({ run }: { readonly run: Run }) {
  const now = useNow(run.state === "running");
  const seconds = secondsOf(run, now);
  const { counts, params } = run;
  const settings = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return (
    <dl class="about">
      <dt>State</dt>
      <dd>
        <State state={run.state} /> {seconds !== undefined && duration(seconds)}
      </dd>
      <dt>Commit</dt>
      <dd>
        <Commit commit={run.commit} /> {run.subject}
        {run.author && <span class="faint"> by {run.author}</span>}
      </dd>
      <dt>Cause</dt>
      <dd>{causeText(run.cause)}</dd>
      <dt>Targets</dt>
      <dd>{[...run.targets, ...settings].join(" ")}</dd>
      <dt>Queued</dt>
      <dd>
        <Time at={run.queuedAt} />
      </dd>
      {counts && <dt>Counts</dt>}
      {counts && (
        <dd>{`${counts.built} built, ${counts.restored ?? 0} restored, ${counts.fresh} fresh, ${counts.failed} failed, ${counts.skipped} skipped`}</dd>
      )}
      {run.problem && <dt>Problem</dt>}
      {run.problem && <dd class="failure">{run.problem}</dd>}
      {run.replacedBy && <dt>Replaced by</dt>}
      {run.replacedBy && (
        <dd>
          <a href={paths.run(run.replacedBy)}>{run.replacedBy}</a>
        </dd>
      )}
    </dl>
  );
}

function Actions({ run }: { readonly run: Run }) {
  const { api, go, announce } = useRoom();
  const [problem, setProblem] = useState<ApiError>();
  const [isAsked, setAsked] = useState(false);
  const isOpen = run.state === "queued" || run.state === "running";
  const act = async (action: "cancel" | "retry"): Promise<void> => {
    setProblem(undefined);
    setAsked(true);
    try {
      const path = `/runs/${encodeURIComponent(run.id)}/${action}`;
      const answer = await api.json<Run>(path, { method: "POST" });
      announce(action === "cancel" ? "The run is being cancelled." : "A new run waits.");
      if (action === "retry") go(paths.run(answer.id));
    } catch (error) {
      setProblem(asApiError(error));
      setAsked(false);
    }
  };
  return (
    <>
      <p class="actions">
        {isOpen && (
          <button type="button" class="danger" disabled={isAsked} onClick={() => act("cancel")}>
            {isAsked ? "It is being cancelled" : "Cancel the run"}
          </button>
        )}
        {!isOpen && (
          <button type="button" onClick={() => act("retry")}>
            Retry the run
          </button>
        )}
        <a href={paths.log(run.id)}>Console</a>
        <a href={paths.diff(undefined, run.id)}>Compare with the run before</a>
        <a href={paths.inventory(run.repository)}>{`Images of ${run.repository}`}</a>
      </p>
      {problem && <Problem problem={problem} />}
    </>
  );
}

function Parts({ run, targets }: { readonly run: Run; readonly targets: readonly RunTarget[] }) {
  const now = useNow(run.state === "running");
  const shape = targets.map(({ name, needs }) => [name, ...needs].join(" ")).join("\n");
  const edges = useMemo(() => targets.flatMap(edgesOf), [shape]);
  const linkTo = ({ name, state }: ReportTarget) =>
    state === "waiting" || state === "skipped" ? undefined : paths.log(run.id, name);
  const end = (secondsOf(run, now) ?? 0) * 1000;
  return (
    <>
      <h2>Graph</h2>
      <Graph targets={targets} edges={edges} linkTo={linkTo} />
      <h2>Timeline</h2>
      <Timeline targets={targets} end={end} />
      <h2>Targets</h2>
      <TargetTable targets={targets} linkTo={linkTo} />
      <h2>Pushed</h2>
      <Pushed tags={run.pushed ?? []} />
    </>
  );
}

const edgesOf = ({ name, needs }: RunTarget) =>
  needs.map((to) => ({ from: name, to, kind: "dependency" as const }));
