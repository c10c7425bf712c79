/** The digests of all that a build pushes, for the file that its command line names. */
import { type Diagnostic, DiagnosticError } from "../model/diagnostic.ts";
import type { PushedTag, Reporter } from "../model/event.ts";
import type { Target } from "../model/target.ts";
import { usageProblem } from "../rules/problems.ts";
import { checkDigestsFile, writeDigests } from "../rules/push/write-digests.ts";

export class PushedDigests {
  readonly #file: string | undefined;
  readonly #tags = new Map<string, PushedTag>();

  /** @param file absolute path; absent: targets alone say whether digests are written */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** The same reporter, listened to. */
  heardBy(reporter: Reporter): Reporter {
    if (this.#file === undefined) return reporter;
    return {
      report: (event) => {
        if (event.kind === "pushed")
          for (const tag of event.tags) this.#tags.set(tag.reference, tag);
        reporter.report(event);
      },
      close: () => reporter.close(),
    };
  }

  /**
   * What stands against writing, told before anything is made.
   * @param targets of the plan
   */
  problems(targets: readonly Target[]): readonly Diagnostic[] {
    const clashes = clashesOf(targets, this.#file);
    const file = this.#file;
    return clashes.length > 0 || file === undefined ? clashes : problemOf(checkDigestsFile, file);
  }

  /** For a build that pushed all it was to push. */
  write(): readonly Diagnostic[] {
    const file = this.#file;
    return file === undefined ? [] : problemOf(writeDigests, file, [...this.#tags.values()]);
  }
}

/** Two that write to one file leave what one of them wrote. */
function clashesOf(targets: readonly Target[], given: string | undefined): readonly Diagnostic[] {
  const owners = new Map<string, string>();
  if (given !== undefined) owners.set(given, "`--digests`");
  const problems: Diagnostic[] = [];
  for (const target of targets) {
    const file = target.rule?.kind === "push" ? target.rule.fields["digests"] : undefined;
    if (typeof file !== "string") continue;
    const other = owners.get(file);
    if (other === undefined) owners.set(file, `target \`${target.name}\``);
    else {
      const message = `${other} and target \`${target.name}\` write digests to the same file \`${file}\``;
      const hint = "name another file for one of them";
      problems.push(usageProblem(target, "digests", { code: "digests-twice", message, hint }));
    }
  }
  return problems;
}

function problemOf<T extends readonly unknown[]>(
  act: (...about: T) => void,
  ...about: T
): readonly Diagnostic[] {
  try {
    act(...about);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return [error.diagnostic];
    throw error;
  }
}
