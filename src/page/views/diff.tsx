/** Two runs beside each other: what was made again and why, what became fresh, times, and tags that moved. */

import { useState } from "preact/hooks";
import { duration } from "../../model/shown-duration.ts";
import type { Run, RunTarget } from "../../server/records/run.ts";
import {
  type ComparedTarget,
  compareTags,
  compareTargets,
  type Difference,
} from "../compare-runs.ts";
import { Heading } from "../parts/heading.tsx";
import { State } from "../parts/states.tsx";
import { Commit, DigestText, Problem } from "../parts/words.tsx";
import { useLoaded, useRoom } from "../room.ts";
import { paths } from "../routes.ts";

interface DiffProps {
  readonly from?: string;
  readonly to?: string;
}

export function DiffView({ from, to }: DiffProps) {
  return (
    <>
      <Heading text="Compare two runs" />
      <Choose from={from ?? ""} to={to ?? ""} />
      {from && to && <Compared from={from} to={to} />}
    </>
  );
}

/** The runs of the same repository are offered, the newest first. */
function Choose({ from, to }: Required<DiffProps>) {
  const { go } = useRoom();
  const [ids, setIds] = useState({ from, to });
  const known = useLoaded<Run>(ids.to === "" ? undefined : `/runs/${encodeURIComponent(ids.to)}`);
  const repository = known.value?.repository;
  const query = repository === undefined ? "" : `&repository=${encodeURIComponent(repository)}`;
  const { value } = useLoaded<{ runs: readonly Run[] }>(`/runs?limit=200${query}`);
  const field = (name: "from" | "to", label: string) => (
    <label>
      {label}
      <input
        list="known-runs"
        required
        value={ids[name]}
        onInput={(event) => setIds({ ...ids, [name]: event.currentTarget.value.trim() })}
      />
    </label>
  );
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        go(paths.diff(ids.from, ids.to));
      }}
    >
      {field("from", "Earlier run ")}
      {field("to", "Later run ")}
      <datalist id="known-runs">
        {value?.runs.map(({ id, branch, state, subject }) => (
          <option key={id} value={id}>
            {`${branch}, ${state}: ${subject ?? ""}`}
          </option>
        ))}
      </datalist>
      <button type="submit">Compare</button>
    </form>
  );
}

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
      <table>
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

const signed = (seconds: number): string =>
  `${seconds < 0 ? "−" : "+"}${duration(Math.abs(seconds))}`;

function MovedTags({ before, after }: { readonly before: Run; readonly after: Run }) {
  const tags = compareTags(before.pushed, after.pushed);
  if (tags.length === 0) return <p class="faint">None.</p>;
  return (
    <ul>
      {tags.map((tag) => (
        <li key={tag.reference}>
          {tag.reference}: {tag.before ? <DigestText digest={tag.before} /> : "none"} →{" "}
          {tag.after ? <DigestText digest={tag.after} /> : "none"}
        </li>
      ))}
    </ul>
  );
}
