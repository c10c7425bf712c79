/** The page of `--report`: one build, from the data that stands in the file itself. */
import { render } from "preact";
import type { ReportData, ReportTarget } from "../model/report-data.ts";
import { duration } from "../model/shown-duration.ts";
import { Graph } from "./parts/graph.tsx";
import { Pushed } from "./parts/pushed.tsx";
import { State } from "./parts/states.tsx";
import { TargetTable } from "./parts/target-table.tsx";
import { Timeline } from "./parts/timeline.tsx";
import { Time } from "./parts/words.tsx";

function Report({ data }: { readonly data: ReportData }) {
  const { targets, edges, problems, criticalPath, seconds } = data;
  const critical = new Set(criticalPath?.targets.map(({ target }) => target));
  return (
    <main>
      <h1>{`Build of ${data.project}`}</h1>
      <About data={data} />
      {problems.map(({ message, hint }) => (
        <div class="problem" key={message}>
          <p>{message}</p>
          {hint && <p class="faint">hint: {hint}</p>}
        </div>
      ))}
      <h2>Graph</h2>
      <Graph targets={targets} edges={edges} />
      <h2>Timeline</h2>
      <Timeline targets={targets} end={seconds * 1000} critical={critical} />
      {criticalPath && (
        <p>{`Critical path, ${duration(criticalPath.seconds)}: ${criticalPath.targets.map(({ title }) => title).join(" → ")}`}</p>
      )}
      <h2>Targets</h2>
      <TargetTable targets={[...targets].sort(byWeight)} />
      <h2>Pushed</h2>
      <Pushed tags={data.pushed} />
    </main>
  );
}

function About({ data }: { readonly data: ReportData }) {
  const { outcome, seconds, counts, command, startedAt, tbuild } = data;
  return (
    <dl class="about">
      <dt>Outcome</dt>
      <dd>
        <State state={outcome} /> after {duration(seconds)}
      </dd>
      <dt>Counts</dt>
      <dd>{`${counts.built} built, ${counts.restored} restored, ${counts.fresh} fresh, ${counts.failed} failed, ${counts.skipped} skipped`}</dd>
      <dt>Command</dt>
      <dd>
        <code>{command}</code>
      </dd>
      {startedAt && <dt>Started</dt>}
      {startedAt && (
        <dd>
          <Time at={startedAt} />
        </dd>
      )}
      <dt>tbuild</dt>
      <dd>{tbuild}</dd>
    </dl>
  );
}

/** What failed is read first, what was fresh last. */
const byWeight = (a: ReportTarget, b: ReportTarget): number => weight(a) - weight(b);
const weight = ({ state }: ReportTarget): number =>
  state === "failed" ? 0 : state === "fresh" ? 2 : 1;

const data = JSON.parse(document.getElementById("data")?.textContent ?? "") as ReportData;
const page = document.getElementById("page") as HTMLElement;
page.replaceChildren();
render(<Report data={data} />, page);
