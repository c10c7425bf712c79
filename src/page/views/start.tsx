/** Starts a run without a push: of a branch or a commit, all its targets or some. */

import { useState } from "preact/hooks";
import type { RepositoryView } from "../../server/core.ts";
import type { Run } from "../../server/records/run.ts";
import { ApiError } from "../api/client.ts";
import { Heading } from "../parts/heading.tsx";
import { Problem } from "../parts/words.tsx";
import { readParameters } from "../read-parameters.ts";
import { asApiError, useLoaded, useRoom } from "../room.ts";
import { paths } from "../routes.ts";

interface Fields {
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
  readonly targets: string;
  readonly params: string;
}

const nothing: Fields = { repository: "", branch: "", commit: "", targets: "", params: "" };

export function StartView({ repository = "" }: { readonly repository?: string }) {
  const { api, go, announce } = useRoom();
  const list = useLoaded<{ repositories: readonly RepositoryView[] }>("/repositories");
  const [fields, setFields] = useState<Fields>({ ...nothing, repository });
  const [problem, setProblem] = useState<ApiError>();
  const known = list.value?.repositories ?? [];
  const chosen = known.find(({ name }) => name === fields.repository) ?? known[0];
  const start = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const body = bodyOf({ ...fields, repository: chosen?.name ?? fields.repository });
      const run = await api.json<Run>("/runs", { method: "POST", body });
      announce("The run waits.");
      go(paths.run(run.id));
    } catch (error) {
      setProblem(asApiError(error));
    }
  };
  return (
    <>
      <Heading text="Start a run" />
      <form
        class="sheet"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <StartFields {...{ fields, setFields, known, chosen }} />
        {(problem ?? list.problem) && <Problem problem={(problem ?? list.problem) as ApiError} />}
        <p class="actions">
          <button type="submit">Start</button>
        </p>
      </form>
    </>
  );
}

interface StartFieldsProps {
  readonly fields: Fields;
  readonly setFields: (fields: Fields) => void;
  readonly known: readonly RepositoryView[];
  readonly chosen: RepositoryView | undefined;
}

function StartFields({ fields, setFields, known, chosen }: StartFieldsProps) {
  const field = (name: keyof Fields) => ({
    value: fields[name],
    onInput: (event: { currentTarget: { value: string } }) =>
      setFields({ ...fields, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <label>
        Repository
        <select {...field("repository")} value={chosen?.name ?? ""}>
          {known.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Branch
        <input {...field("branch")} placeholder={chosen?.branches[0] ?? ""} />
      </label>
      <label>
        Commit
        <input {...field("commit")} placeholder="the newest one" />
      </label>
      <label>
        Targets
        <input {...field("targets")} placeholder={chosen?.targets.join(" ") ?? ""} />
      </label>
      <label>
        Parameters, one a line: name=value
        <textarea rows={3} {...field("params")} />
      </label>
    </>
  );
}

/** What is left empty is the server's to choose. */
function bodyOf({ repository, branch, commit, targets, params }: Fields): object {
  const read = readParameters(params);
  if (!read.ok) {
    throw new ApiError(422, `\`${read.line}\` is no parameter`, {
      hint: "write it as name=value",
    });
  }
  const names = targets.split(/\s+/).filter(Boolean);
  return {
    repository,
    ...(branch.trim() !== "" && { branch: branch.trim() }),
    ...(commit.trim() !== "" && { commit: commit.trim() }),
    ...(names.length > 0 && { targets: names }),
    ...(Object.keys(read.values).length > 0 && { params: read.values }),
  };
}
