/** `tbuild list`: the targets of the target file, on standard output. */
import { type ListedTarget, listTargets } from "../../config/list-targets.ts";
import { exitCodeOf } from "../../model/diagnostic.ts";
import { loadDeclaration } from "../load.ts";
import type { CommonRequest } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

export async function runList(common: CommonRequest, place: Surroundings): Promise<number> {
  const declaration = loadDeclaration(common);
  if (!declaration.ok) {
    await showProblems(declaration.problems, common.directory, place);
    return exitCodeOf(declaration.problems);
  }
  const targets = listTargets(declaration.value);
  const lines = common.log === "json" ? targets.map(jsonLine) : table(targets, common.verbose);
  place.out.write(lines.map((line) => `${line}\n`).join(""));
  return 0;
}

const jsonLine = ({ name, help, rule, members, location }: ListedTarget): string =>
  JSON.stringify({ kind: "target", name, rule: rule ?? "group", help, members, at: location });

/** Name and help in two columns; members of a matrix as they are addressed. */
function table(targets: readonly ListedTarget[], verbose: boolean): readonly string[] {
  const rows = targets.map((target) => [shownName(target), shownHelp(target, verbose)] as const);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `${name.padEnd(width)}  ${help}`.trimEnd());
}

const shownName = ({ name, members }: ListedTarget): string =>
  members === undefined ? name : `${name}[…]`;

function shownHelp({ help = "", rule, members = [] }: ListedTarget, verbose: boolean): string {
  const axes = members.map((member) => member.slice(member.indexOf("[") + 1, -1));
  const shown = axes.length === 0 ? "" : `[${axes.join(" ")}]`;
  const kind = verbose ? `(${rule ?? "group"})` : "";
  return [help, shown, kind].filter((part) => part !== "").join("  ");
}
