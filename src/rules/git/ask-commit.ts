/** Asks a server which commit a name stands for, where nothing is to be checked out. */
import { isWholeCommit } from "../../model/pin.ts";
import type { Answer, Asker } from "../asker.ts";
import { usageProblem } from "../problems.ts";
import type { AskedCommit } from "./asked-commit.ts";
import { listRefs, urlOf } from "./find-commit.ts";
import { NotToBeHad, notToBeHad, unknownRef } from "./git-problems.ts";
import { gitFor } from "./git-program.ts";
import { findRef } from "./git-refs.ts";

/** @throws DiagnosticError for a name that is none */
export async function askCommit({ url, ref }: AskedCommit, asker: Asker): Promise<Answer> {
  if (isWholeCommit(ref)) return { kind: "is", value: ref.toLowerCase() };
  const git = gitFor({ ...asker, progress: { output: () => undefined } });
  const place = urlOf(url, asker.files);
  try {
    const listed = await listRefs(place, { git });
    const found = findRef(listed, ref === "HEAD" ? undefined : ref);
    if (found?.kind === "named") return { kind: "is", value: found.commit };
    if (found === undefined) throw unknownRef(asker.target, ref, place, listed);
    return { kind: "not-told", problem: startOfCommit(ref, asker) };
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    const { problem } = await notToBeHad(error, git, asker);
    return { kind: "not-told", problem };
  }
}

/** Servers list no commits: only what is fetched can tell. */
const startOfCommit = (ref: string, { target }: Asker) =>
  usageProblem(target, "ref", {
    code: "start-of-commit",
    message: `no branch or tag is called \`${ref}\`, and servers do not tell which commit begins so`,
    hint: "write all of the commit's digits",
  });
