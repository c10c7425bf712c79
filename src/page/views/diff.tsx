/** Two runs beside each other: what was made again and why, what became fresh, times, and tags that moved. */

import { useState } from "preact/hooks";
import { duration } from "../../model/shown-duration.ts";
import { shownAge } from "../../model/shown-inventory.ts";
import type { Run, RunTarget } from "../../server/records/run.ts";
import type { ApiError } from "../api/client.ts";
import {
  type ComparedTarget,
  compareTags,
  compareTargets,
  type Difference,
} from "../compare-runs.ts";
import { Heading } from "../parts/heading.tsx";
import { State } from "../parts/states.tsx";
import { Commit, DigestText, Problem } from "../parts/words.tsx";
import { useLoaded, useNow, useRoom } from "../room.ts";
import { paths, withQuery } from "../routes.ts";

interface DiffProps {
  readonly from?: string;
  readonly to?: string;
}

export function DiffView({ from, to }: DiffProps) {
  const chosen = useRuns(from, to);
  return (
    <>
      <Heading text="Compare two runs" />
      {chosen.problem && <Problem problem={chosen.problem} />}
      {chosen.runs && <Choose {...chosen} runs={chosen.runs} key={`${chosen.from} ${chosen.to}`} />}
      {chosen.from && chosen.to && <Compared from={chosen.from} to={chosen.to} />}
      {chosen.runs && !chosen.from && <p>There are no two runs of one branch to compare.</p>}
    </>
  );
}

interface Chosen extends DiffProps {
  /** To choose from, the newest first. */
  readonly runs: readonly Run[] | undefined;
  readonly problem: ApiError | undefined;
}

/** Where nothing is said: the newest run that ended, and the one before it on its branch. */
function useRuns(from: string | undefined, to: string | undefined): Chosen {
  const asked = useLoaded<Run>(to === undefined ? undefined : `/runs/${encodeURIComponent(to)}`);
  const repository = asked.value?.repository;
  const isReady = to === undefined || repository !== undefined;
  const list = useLoaded<{ readonly runs: readonly Run[] }>(
    isReady ? withQuery("/runs", { limit: "200", repository }) : undefined,
  );
  const runs = list.value?.runs.filter(({ state }) => state !== "replaced" && state !== "queued");
  const earlierThan = (later: Run): Run | undefined =>
    runs?.find(
      ({ id, ...run }) =>
        id < later.id && run.repository === later.repository && run.branch === later.branch,
    );
  const later = asked.value ?? runs?.find((run) => run.finishedAt && earlierThan(run));
  const earlier = later && earlierThan(later);
  const [first, second] = [from ?? earlier?.id, to ?? later?.id];
  return {
    ...(first !== undefined && { from: first }),
    ...(second !== undefined && { to: second }),
    runs,
    problem: asked.problem ?? list.problem,
  };
}

function Choose({ from = "", to = "", runs }: Chosen & { readonly runs: readonly Run[] }) {
  const { go } = useRoom();
  const [ids, setIds] = useState({ from, to });
  const now = useNow(false);
  const field = (name: "from" | "to", label: string) => (
    <label>
      {label}
      <select
        value={ids[name]}
        onChange={(event) => setIds({ ...ids, [name]: event.currentTarget.value })}
      >
        {!runs.some(({ id }) => id === ids[name]) && (
          <option value={ids[name]} selected>
            {ids[name]}
          </option>
        )}
        {runs.map((run) => (
          <option key={run.id} value={run.id} selected={run.id === ids[name]}>
            {shownRun(run, now)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form
      class="filter"
      aria-label="Choose runs"
      onSubmit={(event) => {
        event.preventDefault();
        go(paths.diff(ids.from, ids.to));
      }}
    >
      {field("from", "Earlier run ")}
      {field("to", "Later run ")}
      <button type="submit">Compare</button>
    </form>
  );
}

const shownRun = ({ repository, branch, state, subject, queuedAt }: Run, now: number): string => {
  const age = shownAge(now - Date.parse(queuedAt));
  return `${repository} ${branch}, ${age} ago, ${state}${subject ? `: ${subject}` : ""}`;
};

type TargetList = { readonly targets: readonly RunTarget[] };

function Compared({ from, to }: Required<DiffProps>) {
  const [a, b] = [`/runs/${encodeURIComponent(from)}`, `/runs/${encodeURIComponent(to)}`];
  const runs = [useLoaded<Run>(a), useLoaded<Run>(b)] as const;
  const lists = [
    useLoaded<TargetList>(`${a}/targets`),
    useLoaded<TargetList>(`${b}/targets`),
  ] as const;
  const problem = [...runs, ...lists].find((each) => each.problem)?.problem;
  if (problem) return <Problem problem={problem} />;
  const [before, after] = [runs[0].value, runs[1].value];
  if (!before || !after || !lists[0].value || !lists[1].value) return null;
  const targets = compareTargets(lists[0].value.targets, lists[1].value.targets);
  return (
    <>
      <p>
        <RunName run={before} /> → <RunName run={after} />
      </p>
      <Differences targets={targets} />
      <h2>Tags that moved</h2>
      <MovedTags before={before} after={after} />
    </>
  );
}

const RunName = ({ run }: { readonly run: Run }) => (
  <>
    <a href={paths.run(run.id)}>{run.id}</a> <Commit commit={run.commit} />{" "}
    <State state={run.state} />
  </>
);

const headings: readonly (readonly [Difference, string])[] = [
  ["now-failed", "Failed"],
  ["mended", "Failed before, and does no more"],
  ["now-made", "Made, was fresh"],
  ["made-again", "Made in both"],
  ["now-fresh", "Fresh, was made"],
  ["new", "New"],
  ["gone", "Gone"],
  ["other", "Otherwise different"],
];

function Differences({ targets }: { readonly targets: readonly ComparedTarget[] }) {
  const unchanged = targets.filter(({ difference }) => difference === "both-fresh").length;
  return (
    <>
      {headings.map(([difference, heading]) => {
        const own = targets.filter((target) => target.difference === difference);
        return own.length > 0 && <Group heading={heading} targets={own} key={difference} />;
      })}
      <p>{`${unchanged} of ${targets.length} targets were fresh in both.`}</p>
    </>
  );
}

const Group = ({
  heading,
  targets,
}: {
  readonly heading: string;
  readonly targets: readonly ComparedTarget[];
}) => (
  <>
    <h2>{heading}</h2>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
    <section class="scroll" tabIndex={0} aria-label={heading}>
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Why</th>
            <th scope="col">Longer by</th>
          </tr>
        </thead>
        <tbody>
          {targets.map(({ name, title, before, after, slower }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              <td>{before && <Outcome target={before} />}</td>
              <td>{after && <Outcome target={after} />}</td>
              <td>{after?.why ?? after?.note}</td>
              <td class="number">{slower === undefined ? "" : signed(slower)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </>
);

const Outcome = ({ target }: { readonly target: RunTarget }) => (
  <>
    <State state={target.state} /> {target.seconds !== undefined && duration(target.seconds)}
  </>
);

/** What is not seen in tenths is no difference. */
const signed = (seconds: number): string =>
  Math.abs(seconds) < 0.05 ? "" : `${seconds < 0 ? "−" : "+"}${duration(Math.abs(seconds))}`;

function MovedTags({ before, after }: { readonly before: Run; readonly after: Run }) {
  const tags = compareTags(before.pushed, after.pushed);
  if (tags.length === 0) return <p class="faint">None.</p>;
  return (
    <ul>
      {tags.map((tag) => (
        <li key={tag.reference}>
          {tag.reference}: {tag.before ? <DigestText digest={tag.before} /> : "not pushed"} →{" "}
          {tag.after ? <DigestText digest={tag.after} /> : "not pushed"}
        </li>
      ))}
    </ul>
  );
}
