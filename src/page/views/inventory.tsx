/** Images: those of all repositories, at the newest commit of each branch that was built; of one, what it pushed too. */

import { useState } from "preact/hooks";
import type { RepositoryView } from "../../server/core.ts";
import type { BranchInventory } from "../../server/records/branch-inventory.ts";
import { Heading } from "../parts/heading.tsx";
import { ImageTable } from "../parts/image-table.tsx";
import { State } from "../parts/states.tsx";
import { Ago, Commit, DigestText, Problem } from "../parts/words.tsx";
import { useLive, useLoaded, useNow } from "../room.ts";
import { paths } from "../routes.ts";

interface PushedName {
  readonly reference: string;
  readonly digest: string;
  readonly run: string;
  readonly branch: string;
  readonly commit: string;
  readonly at: string;
}

type Inventories = { readonly inventories: readonly BranchInventory[] };

export function InventoryView({ repository }: { readonly repository?: string }) {
  return repository === undefined ? <Everything /> : <OneRepository repository={repository} />;
}

function Everything() {
  const { value, problem, reload } = useLoaded<Inventories>("/inventory");
  const now = useNow(false);
  useLive((event) => {
    if (event.kind === "config-changed") reload();
    if (event.kind === "run-changed" && event.run.state === "passed") reload();
  });
  return (
    <>
      <Heading text="Images" />
      {problem && <Problem problem={problem} />}
      {value && <ImageTable inventories={value.inventories} now={now} />}
      <h2>Repositories</h2>
      <Repositories />
    </>
  );
}

function Repositories() {
  const { value, problem, change, reload } = useLoaded<{
    readonly repositories: readonly RepositoryView[];
  }>("/repositories");
  useLive((event) => {
    if (event.kind === "config-changed") reload();
    if (event.kind === "run-changed") {
      const { run } = event;
      const isNewest = (each: RepositoryView) =>
        each.name === run.repository && run.id >= (each.lastRun?.id ?? "");
      change(({ repositories }) => ({
        repositories: repositories.map((each) =>
          isNewest(each) ? { ...each, lastRun: run } : each,
        ),
      }));
    }
  });
  if (problem) return <Problem problem={problem} />;
  return (
    <ul class="cards">
      {value?.repositories.map(({ name, url, branches, lastRun, problem: trouble }) => (
        <li key={name}>
          <h3>
            <a href={paths.inventory(name)}>{name}</a>
          </h3>
          <p class="faint">{url}</p>
          <p>{`Branches: ${branches.join(", ")}`}</p>
          {lastRun && (
            <p>
              Last run: <State state={lastRun.state} />{" "}
              <a href={paths.run(lastRun.id)}>{lastRun.id}</a>
            </p>
          )}
          {trouble && <p class="failure">{trouble}</p>}
        </li>
      ))}
    </ul>
  );
}

function OneRepository({ repository }: { readonly repository: string }) {
  const path = `/repositories/${encodeURIComponent(repository)}`;
  const images = useLoaded<Inventories>(`${path}/inventory`);
  const names = useLoaded<{ readonly pushed: readonly PushedName[] }>(`${path}/pushed`);
  const now = useNow(false);
  useLive((event) => {
    if (event.kind !== "run-changed" || event.run.repository !== repository) return;
    if (event.run.state !== "passed" && event.run.state !== "failed") return;
    images.reload();
    names.reload();
  });
  const problem = images.problem ?? names.problem;
  return (
    <>
      <Heading text={`Images of ${repository}`} />
      <p class="actions">
        <a href={paths.inventory()}>All images</a>
        <a href={paths.runs({ repository })}>Runs</a>
        <a href={paths.start(repository)}>Start a run</a>
      </p>
      {problem && <Problem problem={problem} />}
      {images.value && <ImageTable inventories={images.value.inventories} now={now} />}
      <h2>Pushed names</h2>
      {names.value && <PushedNames names={names.value.pushed} now={now} />}
    </>
  );
}

const step = 300;

interface PushedNamesProps {
  readonly names: readonly PushedName[];
  readonly now: number;
}

function PushedNames({ names, now }: PushedNamesProps) {
  const [most, setMost] = useState(step);
  if (names.length === 0) return <p class="faint">Nothing was pushed.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="List of pushed names">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Digest</th>
              <th scope="col">Branch and commit</th>
              <th scope="col">Pushed</th>
            </tr>
          </thead>
          <tbody>
            {names.slice(0, most).map(({ reference, digest, run, branch, commit, at }) => (
              <tr key={reference}>
                <th scope="row">{reference}</th>
                <td>
                  <DigestText digest={digest} />
                </td>
                <td>
                  {branch} <Commit commit={commit} />
                </td>
                <td>
                  <a href={paths.run(run)}>
                    <Ago at={at} now={now} />
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {names.length > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {`Show more of ${names.length} names`}
        </button>
      )}
    </>
  );
}
