/** Takes the inventory of a commit that was built, where it is the newest of its branch. */
import { hideTexts } from "../../model/hide-texts.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { Git } from "../git/git-program.ts";
import type { Run } from "../records/run.ts";
import { type AskTbuild, askTbuild } from "./ask-tbuild.ts";
import type { Inventories } from "./inventories.ts";

export interface InventoryParts {
  readonly inventories: Inventories;
  readonly git: Git;
  /** Absolute. */
  readonly mirror: string;
  /** Program and words before the command. */
  readonly program: readonly string[];
  /** Parameters as options. */
  readonly options: readonly string[];
  readonly hide: (text: string) => string;
}

/** @returns what of it failed, for the console: a run that passed has passed */
export async function takeInventory(
  run: Run,
  parts: InventoryParts,
  request: AskTbuild,
): Promise<string | undefined> {
  const { inventories, program, options, hide } = parts;
  if (await isOlder(run, parts, request.signal)) return undefined;
  const argv = [...program, "inventory", ...options, "--format", "json"];
  const taken = (await askTbuild(argv, request)) as Inventory | undefined;
  if (taken === undefined) return "the inventory could not be taken";
  const { repository, branch, commit, id } = run;
  const inventory = hideTexts(taken, hide);
  try {
    inventories.keep({ repository, branch, commit, run: id, inventory });
    return undefined;
  } catch (error) {
    return `the inventory cannot be written: ${(error as Error).message}`;
  }
}

/** A commit that somebody asked for by its name may lie before the one that is told of. A push never does. */
async function isOlder(
  { repository, branch, commit, cause }: Run,
  { inventories, git, mirror }: InventoryParts,
  signal: AbortSignal,
): Promise<boolean> {
  const known = inventories.of(repository, branch)?.commit;
  if (known === undefined || known === commit || cause.kind === "push") return false;
  const words = ["merge-base", "--is-ancestor", commit, known];
  return (await git(words, { folder: mirror, signal })).ok;
}
