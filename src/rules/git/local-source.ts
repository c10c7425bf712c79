/** Copies a local checkout to where the target's checkout lies. Which files are of it was found before. */
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import path from "node:path";
import { readCheckout } from "../../files/local-checkout.ts";
import { counted } from "../problems.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { placed } from "./git-checkout.ts";
import type { GitValues } from "./git-fields.ts";
import { refuseLinksOut } from "./links.ts";
import { unreadable } from "./source-files.ts";

/** Copies what was found of it to the place of the target. */
export async function takeSource(
  source: string,
  values: GitValues,
  context: ActContext,
): Promise<ActOutcome> {
  const folder = path.join(await context.temporaryFolder(), "checkout");
  mkdirSync(folder);
  for (const input of context.inputs) {
    copyEntry(input.path, path.join(folder, path.relative(source, input.path)));
  }
  refuseLinksOut(folder);
  const state = readCheckout(source, context.environment);
  if (state === undefined) throw unreadable(source);
  const shown = path.relative(context.project.root, source) || ".";
  const note = state.isDirty
    ? `from ${shown}, ${counted(state.changed, "file")} changed`
    : `from ${shown}, at ${state.commit?.slice(0, 7) ?? "no commit"}`;
  return placed(folder, values, { context, note });
}

/** With the modes that git gives to what it writes, whatever the file has. */
function copyEntry(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
    return;
  }
  // Git keeps no pipes and no sockets.
  if (!stats.isFile()) return;
  copyFileSync(from, to);
  chmodSync(to, (stats.mode & 0o100 ? 0o777 : 0o666) & ~process.umask());
}
