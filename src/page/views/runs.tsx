/** Runs, the newest first, page by page: found by repository, branch and state, and live. */

import { duration } from "../../model/shown-duration.ts";
import type { ServerEvent } from "../../server/core.ts";
import type { Run } from "../../server/records/run.ts";
import { Choice } from "../parts/choice.tsx";
import { Heading } from "../parts/heading.tsx";
import { State } from "../parts/states.tsx";
import { Ago, Commit, causeText, Problem, secondsOf } from "../parts/words.tsx";
import { useLive, useLoaded, useNow, useRoom } from "../room.ts";
import { paths, type RunsFilter, withQuery } from "../routes.ts";

interface RunPage {
  readonly runs: readonly Run[];
  readonly next?: string;
}

const perPage = 50;

export function RunsView({ filter }: { readonly filter: RunsFilter }) {
  const path = withQuery("/runs", { ...filter, limit: String(perPage) });
  const { value, problem, change } = useLoaded<RunPage>(path);
  useLive((event) => {
    if (event.kind === "run-changed") change((page) => withRun(page, event, filter));
  });
  const now = useNow(value?.runs.some(({ state }) => state === "running") ?? false);
  return (
    <>
      <Heading text="Runs" />
      <Filter filter={filter} />
      {problem && <Problem problem={problem} />}
      {value && <RunTable runs={value.runs} now={now} />}
      <nav class="pages" aria-label="Pages">
        {filter.before !== "" && <a href={paths.runs({ ...filter, before: "" })}>Newest</a>}
        {value?.next && <a href={paths.runs({ ...filter, before: value.next })}>Older</a>}
      </nav>
    </>
  );
}

/** A run that is shown changes in its place; a new one comes first, on the first page only. */
function withRun(
  page: RunPage,
  { run }: ServerEvent & { readonly kind: "run-changed" },
  filter: RunsFilter,
): RunPage {
  const isWanted =
    (filter.repository === "" || run.repository === filter.repository) &&
    (filter.branch === "" || run.branch === filter.branch) &&
    (filter.state === "" || run.state === filter.state);
  const others = page.runs.filter(({ id }) => id !== run.id);
  const wasThere = others.length < page.runs.length;
  if (!isWanted) return wasThere ? { ...page, runs: others } : page;
  if (wasThere) {
    return { ...page, runs: page.runs.map((each) => (each.id === run.id ? run : each)) };
  }
  if (filter.before !== "" || run.id < (page.runs[0]?.id ?? "")) return page;
  const runs = [run, ...page.runs];
  const last = runs[perPage - 1];
  return runs.length > perPage && last
    ? { runs: runs.slice(0, perPage), next: last.id }
    : { ...page, runs };
}

const states = ["queued", "running", "passed", "failed", "cancelled", "replaced"];

function Filter({ filter }: { readonly filter: RunsFilter }) {
  const { go } = useRoom();
  const { value } = useLoaded<{ repositories: readonly { name: string }[] }>("/repositories");
  const names = value?.repositories.map(({ name }) => name) ?? [];
  const choose = (change: Partial<RunsFilter>) =>
    go(paths.runs({ ...filter, before: "", ...change }));
  return (
    <form class="filter" aria-label="Find runs" onSubmit={(event) => event.preventDefault()}>
      <Choice
        label="Repository"
        value={filter.repository}
        values={names}
        choose={(repository) => choose({ repository })}
      />
      <label>
        Branch{" "}
        <input
          value={filter.branch}
          placeholder="all"
          onChange={(event) => choose({ branch: event.currentTarget.value.trim() })}
        />
      </label>
      <Choice
        label="State"
        value={filter.state}
        values={states}
        choose={(state) => choose({ state })}
      />
    </form>
  );
}

function RunTable({ runs, now }: { readonly runs: readonly Run[]; readonly now: number }) {
  if (runs.length === 0) return <p>There is no such run.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="List of runs">
      <table class="runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Branch</th>
            <th scope="col">Commit</th>
            <th scope="col">Took</th>
            <th scope="col">Queued</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow run={run} now={now} key={run.id} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RunRow({ run, now }: { readonly run: Run; readonly now: number }) {
  const seconds = secondsOf(run, now);
  return (
    <tr>
      <th scope="row">
        <a href={paths.run(run.id)}>
          {run.repository} <span class="faint id">{run.id}</span>
        </a>
      </th>
      <td>
        <State state={run.state} />
      </td>
      <td>{run.branch}</td>
      <td class="subject" title={causeText(run.cause)}>
        <Commit commit={run.commit} /> {run.subject}
      </td>
      <td class="number">{seconds === undefined ? "" : duration(seconds)}</td>
      <td>
        <Ago at={run.queuedAt} now={now} />
      </td>
    </tr>
  );
}
