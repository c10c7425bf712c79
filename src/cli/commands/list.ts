/** `tbuild list`: the targets of the target file, on standard output. */
import { type ListedTarget, listTargets, reachableGitNames } from "../../config/list-targets.ts";
import { asByDefault } from "../by-default.ts";
import { loadDeclaration } from "../load.ts";
import { defaultNames } from "../read-arguments.ts";
import type { CommonRequest } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

export async function runList(common: CommonRequest, place: Surroundings): Promise<number> {
  const { root, declaration: loaded } = loadDeclaration(common);
  if (!loaded.ok) {
    return showProblems({ problems: loaded.problems, root, log: common.log }, place);
  }
  const declaration = asByDefault(loaded.value, place);
  const targets = listTargets(declaration);
  const gitOf = ({ name }: ListedTarget) => reachableGitNames(declaration, [name]);
  const defaults = new Set(defaultNames(declaration));
  const lines =
    common.log === "json"
      ? targets.map((target) => jsonLine(target, gitOf(target)))
      : table(targets, (target) => [
          ...notesOn(target, defaults, common.verbose),
          ...(common.verbose ? gitOf(target).map((name) => `\${${name}}`) : []),
        ]);
  place.out.write(lines.map((line) => `${line}\n`).join(""));
  return 0;
}

/** `git`: what of the repository another state of makes it anew, where there is any. */
function jsonLine(
  { name, help, rule, members, each, location }: ListedTarget,
  git: readonly string[],
): string {
  const named = { kind: "target", name, rule: rule ?? "group", help, members, each, at: location };
  return JSON.stringify({ ...named, ...(git.length > 0 && { git }) });
}

/** Name and help in two columns; members of a matrix as they are addressed. */
function table(
  targets: readonly ListedTarget[],
  notes: (target: ListedTarget) => readonly string[],
): readonly string[] {
  const rows = targets.map(
    (target) =>
      [shownName(target), [target.help, ...notes(target)].filter(Boolean).join("  ")] as const,
  );
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `${name.padEnd(width)}  ${help}`.trimEnd());
}

const shownName = ({ name, members }: ListedTarget): string =>
  members === undefined ? name : `${name}[…]`;

/** What is worth knowing besides the help: members, the rule, whether it is made when none is named. */
function notesOn(
  { name, rule, members = [], each = [] }: ListedTarget,
  defaults: ReadonlySet<string>,
  verbose: boolean,
): readonly string[] {
  const axes = members.map((member) => member.slice(member.indexOf("[") + 1, -1));
  return [
    axes.length === 0 ? "" : `[${axes.join(" ")}]`,
    each.length === 0 ? "" : `(one for each ${each.map((name) => `--${name}`).join(" and ")})`,
    defaults.has(name) ? "(default)" : "",
    verbose ? `(${rule ?? "group"})` : "",
  ];
}
