/**
 * Finds which images of a draft build on which: by their names where these agree, and else by the folder that a
 * name in `FROM` suggests. What has no name yet is called as others call it.
 */

import type { FoundDockerfile } from "../dockerfiles/find-dockerfiles.ts";
import { dockerfileTarget } from "../dockerfiles/read-dockerfiles.ts";
import type { Draft, DraftTarget, Loss } from "../draft.ts";
import { repositoryName, splitTag } from "../references.ts";
import type { SourceFolder } from "../source-folder.ts";
import {
  dockerfilePath,
  type Member,
  membersOf,
  type NeededImage,
  namesOf,
  neededBy,
} from "./image-references.ts";

export interface Connected {
  readonly draft: Draft;
  /** References that Dockerfiles of the draft name, the short way. */
  readonly needed: ReadonlySet<string>;
}

/** @param others Dockerfiles of the tree; those that an image needs become targets too */
export function connect(
  draft: Draft,
  others: readonly FoundDockerfile[],
  folder: SourceFolder,
): Connected {
  const targets = new Map(draft.targets.map((target) => [target.name, target]));
  const current = (): Draft => ({ ...draft, targets: [...targets.values()] });
  const done = new Set<string>();
  for (
    let next = nextNeed(current(), done, folder);
    next !== undefined;
    next = nextNeed(current(), done, folder)
  ) {
    done.add(`${next.member.target.name} ${next.need.reference}`);
    const members = membersOf(current());
    if (members.some((member) => namesOf(member).includes(next.need.reference))) continue;
    const maker = makerOf(next, members, folder) ?? addedFrom(others, next, members);
    if (maker !== undefined) targets.set(maker.name, named(maker, next.need.reference));
    else tellOther(next, members, targets);
  }
  const needed = new Set([...done].map((text) => text.slice(text.indexOf(" ") + 1)));
  return { draft: current(), needed };
}

interface Need {
  readonly member: Member;
  readonly need: NeededImage;
}

function nextNeed(draft: Draft, done: ReadonlySet<string>, folder: SourceFolder): Need | undefined {
  for (const member of membersOf(draft)) {
    const need = neededBy(member, folder).find(
      ({ reference }) => !done.has(`${member.target.name} ${reference}`),
    );
    if (need !== undefined) return { member, need };
  }
  return undefined;
}

/** A target without a name of its own whose folder or name is the last part of the reference. */
function makerOf(
  { member, need }: Need,
  members: readonly Member[],
  folder: SourceFolder,
): DraftTarget | undefined {
  return members.find(
    (other) =>
      other.target !== member.target &&
      other.target.matrix === undefined &&
      isOpen(other) &&
      isMeant(need.reference, other.target.name, ownFroms(other, folder)),
  )?.target;
}

/** Nothing has said what it is called, but perhaps a Dockerfile that builds on it. */
const isOpen = ({ image, target }: Member): boolean =>
  image.tags.length === 0 || target.notes?.includes(calledSo) === true;

const calledSo = "called as the Dockerfiles call it that build on it";

const ownFroms = (member: Member, folder: SourceFolder): readonly string[] =>
  neededBy(member, folder).map(({ reference }) => reference);

/**
 * Whether a reference means what a folder makes. `FROM node:20` beside a folder `node` does not: without a user
 * or a registry only `latest` can be of the project, and never where the folder itself is built on that name.
 */
function isMeant(reference: string, name: string, froms: readonly string[]): boolean {
  const [full, tag] = splitTag(reference);
  if (repositoryName(reference) !== name || reference.includes("@")) return false;
  if (froms.some((from) => splitTag(from)[0] === full)) return false;
  return full.includes("/") || ["latest", "local", "dev"].includes(tag);
}

/** Another Dockerfile of the tree that makes what is needed, as a new target. */
function addedFrom(
  others: readonly FoundDockerfile[],
  { need }: Need,
  members: readonly Member[],
): DraftTarget | undefined {
  const taken = new Set(members.map(({ target }) => target.name));
  const used = new Set(members.map(dockerfilePath));
  const found = others.find(
    ({ file, name }) => !used.has(file) && !taken.has(name) && isMeant(need.reference, name, []),
  );
  return found && dockerfileTarget(found);
}

function named(target: DraftTarget, reference: string): DraftTarget {
  if (target.image === undefined) throw new Error(`${target.name} is no image`);
  const tag = reference.replace(/:latest$/, "");
  const notes = [...new Set([...(target.notes ?? []), calledSo])];
  return { ...target, notes, image: { ...target.image, tags: [...target.image.tags, tag] } };
}

/** The same name with another tag comes from a registry, which may be a surprise. */
function tellOther(
  { member, need }: Need,
  members: readonly Member[],
  targets: Map<string, DraftTarget>,
): void {
  const [name] = splitTag(need.reference);
  const maker = members.find((other) => namesOf(other).some((own) => splitTag(own)[0] === name));
  const target = targets.get(member.target.name);
  if (maker === undefined || maker.target === member.target || target === undefined) return;
  const loss: Loss = {
    at: need.at,
    subject: `\`${need.reference}\``,
    verb: "comes from a registry",
    why: `target \`${maker.target.name}\` makes \`${namesOf(maker).join("`, `")}\``,
  };
  targets.set(target.name, { ...target, losses: [...target.losses, loss] });
}
