/** `tbuild load DIR|FILE|-`: puts saved images into the engine, those that it lacks. */
import path from "node:path";
import { type LoadedImage, loadImages } from "../../images/load-images.ts";
import { savedSources } from "../../images/saved-sources.ts";
import { DiagnosticError, exitCodeOf } from "../../model/diagnostic.ts";
import { LazyEngine } from "../lazy-engine.ts";
import type { Request } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import { loadFromTerminal } from "../usage-problems.ts";

type LoadRequest = Request & { readonly kind: "load" };

export async function runLoad(
  { common, source }: LoadRequest,
  place: Surroundings,
): Promise<number> {
  const engine = new LazyEngine(place);
  const { directory, dryRun, quiet, log } = common;
  try {
    const where = source === "-" ? source : path.resolve(directory, source);
    const { stdin } = place.process;
    if (where === "-" && stdin.isTTY) throw new DiagnosticError(loadFromTerminal());
    for await (const saved of savedSources(where, stdin, place.signal)) {
      const docker = await engine.connect();
      const loaded = await loadImages(saved, { docker, dryRun, signal: place.signal });
      if (!quiet) place.out.write(loaded.map((each) => `${lineOf(each, common)}\n`).join(""));
    }
    return 0;
  } catch (error) {
    if (place.signal.aborted) return 130;
    if (!(error instanceof DiagnosticError)) throw error;
    const problems = [error.diagnostic];
    await showProblems({ problems, root: directory, log }, place);
    return exitCodeOf(problems);
  } finally {
    await engine.close();
  }
}

function lineOf(
  { id, references, action }: LoadedImage,
  { log, dryRun }: LoadRequest["common"],
): string {
  if (log === "json") return JSON.stringify({ kind: "image", id, references, action, dryRun });
  const short = id.slice("sha256:".length).slice(0, 12);
  const what = references.length === 0 ? short : `${references.join(", ")} (${short})`;
  if (action === "there") return `there   ${what}`;
  return dryRun ? `would be ${action} ${what}` : `${action.padEnd(7)} ${what}`;
}
