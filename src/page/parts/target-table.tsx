/** The targets of a build as a table: what became of each, why, and what it made. */
import { useState } from "preact/hooks";
import { artifactName } from "../../model/artifact.ts";
import type { ReportTarget, SizedArtifact } from "../../model/report-data.ts";
import { duration } from "../../model/shown-duration.ts";
import { bytes } from "../../model/size.ts";
import { State } from "./states.tsx";
import { DigestText } from "./words.tsx";

interface TargetTableProps {
  readonly targets: readonly ReportTarget[];
  readonly linkTo?: (target: ReportTarget) => string | undefined;
}

/** As many as are shown at once. */
const step = 300;

export function TargetTable({ targets, linkTo }: TargetTableProps) {
  const [wanted, setWanted] = useState("");
  const [most, setMost] = useState(step);
  const needle = wanted.toLowerCase();
  const found = targets.filter(({ title, state, rule }) =>
    `${title} ${state} ${rule}`.toLowerCase().includes(needle),
  );
  const hasArtifacts = targets.some(({ artifacts }) => artifacts && artifacts.length > 0);
  return (
    <>
      <label class="find">
        Find targets by name, state or rule{" "}
        <input
          type="search"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="List of targets">
        <table>
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">State</th>
              <th scope="col">Took</th>
              <th scope="col">Why</th>
              <th scope="col">Note</th>
              {hasArtifacts && <th scope="col">Made</th>}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map((target) => (
              <Row
                key={target.name}
                target={target}
                href={linkTo?.(target)}
                hasArtifacts={hasArtifacts}
              />
            ))}
          </tbody>
        </table>
      </section>
      {found.length > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {`Show more of ${found.length} targets`}
        </button>
      )}
    </>
  );
}

interface RowProps {
  readonly target: ReportTarget;
  readonly href: string | undefined;
  readonly hasArtifacts: boolean;
}

function Row({ target, href, hasArtifacts }: RowProps) {
  const { title, rule, state, seconds, why, note, artifacts = [], traffic, output } = target;
  return (
    <tr>
      <th scope="row">
        {href === undefined ? title : <a href={href}>{title}</a>} <span class="faint">{rule}</span>
      </th>
      <td>
        <State state={state} />
      </td>
      <td class="number">{seconds === undefined ? "" : duration(seconds)}</td>
      <td>{why}</td>
      <td>
        {note}
        {traffic && <p class="faint">{`${bytes(traffic.sent)} sent`}</p>}
        {output && output.length > 0 && (
          <details>
            <summary>{`last ${output.length} lines`}</summary>
            <pre>{output.join("\n")}</pre>
          </details>
        )}
      </td>
      {hasArtifacts && (
        <td>
          <Artifacts artifacts={artifacts} />
        </td>
      )}
    </tr>
  );
}

const Artifacts = ({ artifacts }: { artifacts: readonly SizedArtifact[] }) => (
  <ul class="plain">
    {artifacts.map((artifact) => (
      <li key={artifactName(artifact)}>
        {artifactName(artifact)} <DigestText digest={artifact.digest} />
        {artifact.bytes !== undefined && <span class="faint"> {bytes(artifact.bytes)}</span>}
      </li>
    ))}
  </ul>
);
