/**
 * What targets would read of checkouts that are not made yet: from repositories and clones on this machine, by
 * the commits that are wanted of them. No server is asked.
 */
import { isWholeCommit } from "../model/pin.ts";
import { pinKey } from "../model/pin-key.ts";
import type { Project, TargetName } from "../model/target.ts";
import type { Asker } from "../rules/asker.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import type { ReadMade } from "../rules/rule.ts";

export interface CheckoutsRoom {
  readonly project: Project;
  readonly asker: Omit<Asker, "target">;
  /** What servers say, or the lock, by the keys of what was asked. */
  readonly lockedAs: (key: string) => string | undefined;
}

/** @param read everything that may be read, to see which files that is; what it is given then has no texts */
export async function checkoutFiles(
  read: (read: ReadMade) => void,
  room: CheckoutsRoom,
): Promise<ReadMade> {
  const wanted = new Map<string, readonly [TargetName, string]>();
  read((name, file) => {
    wanted.set(`${name} ${file}`, [name, file]);
    return undefined;
  });
  const texts = new Map<string, string>();
  for (const [key, [name, file]] of wanted) {
    const text = await textOf(name, file, room);
    if (text !== undefined) texts.set(key, text);
  }
  return (name, file) => texts.get(`${name} ${file}`);
}

async function textOf(
  name: TargetName,
  file: string,
  { project, asker, lockedAs }: CheckoutsRoom,
): Promise<string | undefined> {
  const target = project.targets.get(name);
  if (target?.rule?.kind !== "git" || target.source !== undefined) return undefined;
  const { fields } = target.rule;
  const [asked] = ruleKindOf("git").asks?.(fields as never, asker.files, target) ?? [];
  const { git: url, ref } = fields as { readonly git: string; readonly ref?: string };
  const commit = asked ? lockedAs(pinKey(asked)) : ref !== undefined && isWholeCommit(ref) && ref;
  if (!commit) return undefined;
  const { fileOfCommit } = await import("../rules/git/repository-here.ts");
  return fileOfCommit({ url, commit, file }, { ...asker, target });
}
