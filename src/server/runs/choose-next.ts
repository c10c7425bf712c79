/** Which run goes next: pure. */
import type { Run } from "../records/run.ts";

export interface Limits {
  readonly runs: number;
  readonly perRepository: number;
}

/**
 * The first that may begin. What was running when the server ended goes first, then by priority, then by age.
 * A branch has one work folder, so one run at a time.
 */
export function chooseNext(
  waiting: readonly Run[],
  active: readonly Run[],
  limits: Limits,
): Run | undefined {
  if (active.length >= limits.runs) return undefined;
  const inOrder = [...waiting].sort(
    (a, b) =>
      Number(b.state === "running") - Number(a.state === "running") ||
      b.priority - a.priority ||
      (a.id < b.id ? -1 : 1),
  );
  return inOrder.find((run) => {
    const same = active.filter(({ repository }) => repository === run.repository);
    return same.length < limits.perRepository && same.every(({ branch }) => branch !== run.branch);
  });
}
