/** Refuses links of a checkout that lead out of it: whoever reads through one would read what is not the repository's. */
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import { statIfPresent } from "../../files/looks.ts";
import { failure } from "../problems.ts";

/** @throws DiagnosticError for the first one */
export function refuseLinksOut(folder: string): void {
  const visit = (place: string): void => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      const at = path.join(place, entry.name);
      if (entry.isDirectory()) visit(at);
      else if (entry.isSymbolicLink() && leadsOut(folder, at)) throw leadsOutProblem(folder, at);
    }
  };
  visit(folder);
}

/** Links that lead round and round to themselves lead nowhere. */
const mostLinks = 40;

/** Step by step, as the system would: `..` behind a link is not where its text says. */
function leadsOut(root: string, link: string): boolean {
  const steps = [path.basename(link)];
  let at = path.dirname(link);
  let links = 0;
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const next = path.join(at, step);
    const stats = statIfPresent(next, lstatSync);
    if (stats?.isSymbolicLink()) {
      const target = readlinkSync(next);
      if (path.isAbsolute(target)) return true;
      if (++links > mostLinks) return false;
      steps.unshift(...target.split("/").filter((part) => part !== "" && part !== "."));
    } else at = next;
    if (at !== root && !at.startsWith(`${root}/`)) return true;
  }
  return false;
}

const leadsOutProblem = (folder: string, link: string) =>
  failure(
    "target",
    "link-outside",
    `link \`${path.relative(folder, link)}\` leads out of the checkout: \`${readlinkSync(link)}\``,
    { hint: "mend it in its repository" },
  );
