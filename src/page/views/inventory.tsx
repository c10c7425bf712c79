/** What the runs of a repository pushed: the newest digest of each name. */

import { useState } from "preact/hooks";
import type { RepositoryView } from "../../server/core.ts";
import { Heading } from "../parts/heading.tsx";
import { State } from "../parts/states.tsx";
import { Commit, DigestText, Problem, Time } from "../parts/words.tsx";
import { useLive, useLoaded } from "../room.ts";
import { paths } from "../routes.ts";

interface Image {
  readonly reference: string;
  readonly digest: string;
  readonly run: string;
  readonly branch: string;
  readonly commit: string;
  readonly at: string;
}

export function InventoryView({ repository }: { readonly repository?: string }) {
  return repository === undefined ? <Repositories /> : <Images repository={repository} />;
}

function Repositories() {
  const { value, problem, reload } = useLoaded<{ repositories: readonly RepositoryView[] }>(
    "/repositories",
  );
  useLive((event) => {
    if (event.kind === "config-changed") reload();
  });
  return (
    <>
      <Heading text="Repositories" />
      {problem && <Problem problem={problem} />}
      <ul class="cards">
        {value?.repositories.map(({ name, url, branches, lastRun, problem: trouble }) => (
          <li key={name}>
            <h2>
              <a href={paths.inventory(name)}>{name}</a>
            </h2>
            <p class="faint">{url}</p>
            <p>{`Branches: ${branches.join(", ")}`}</p>
            {lastRun && (
              <p>
                Last run: <a href={paths.run(lastRun.id)}>{lastRun.id}</a>{" "}
                <State state={lastRun.state} />
              </p>
            )}
            {trouble && <p class="failure">{trouble}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

const step = 300;

function Images({ repository }: { readonly repository: string }) {
  const path = `/repositories/${encodeURIComponent(repository)}/inventory`;
  const { value, problem, reload } = useLoaded<{ images: readonly Image[] }>(path);
  const [wanted, setWanted] = useState("");
  const [most, setMost] = useState(step);
  useLive((event) => {
    if (event.kind !== "run-changed" || event.run.repository !== repository) return;
    if (event.run.state === "passed" || event.run.state === "failed") reload();
  });
  const found = value?.images.filter(({ reference, digest }) =>
    `${reference}\n${digest}`.includes(wanted),
  );
  return (
    <>
      <Heading text={`Images of ${repository}`} />
      {problem && <Problem problem={problem} />}
      <p class="actions">
        <a href={paths.inventory()}>All repositories</a>
        <a href={paths.runs({ repository })}>Runs</a>
        <a href={paths.start(repository)}>Start a run</a>
      </p>
      <label class="find">
        Find images by name or digest{" "}
        <input
          type="search"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      {found && <ImageTable images={found.slice(0, most)} />}
      {found && found.length > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {`Show more of ${found.length} images`}
        </button>
      )}
    </>
  );
}

function ImageTable({ images }: { readonly images: readonly Image[] }) {
  if (images.length === 0) return <p>There is no such image.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="List of images">
      <table>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Digest</th>
            <th scope="col">Branch and commit</th>
            <th scope="col">Pushed by</th>
          </tr>
        </thead>
        <tbody>
          {images.map(({ reference, digest, run, branch, commit, at }) => (
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
                  <Time at={at} />
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
