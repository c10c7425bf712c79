/** Two services of one image, as compose files have them, are one target; two images of one name cannot be. */

import { normaliseReference } from "../../rules/reference.ts";
import {
  type Draft,
  type DraftImage,
  type DraftTarget,
  defaultsOf,
  fillIn,
  type Loss,
} from "../draft.ts";

export function mergeSame(draft: Draft): Draft {
  const values = defaultsOf(draft);
  /** Which target has a name first. */
  const owners = new Map<string, DraftTarget>();
  const targets = draft.targets.map((target): DraftTarget => {
    const { image } = target;
    if (image === undefined || target.matrix !== undefined) return target;
    const keyOf = (tag: string) => normaliseReference(fillIn(tag, values));
    const taken = image.tags.filter((tag) => owners.has(keyOf(tag)));
    const first = owners.get(keyOf(taken[0] ?? ""));
    for (const tag of image.tags) if (!owners.has(keyOf(tag))) owners.set(keyOf(tag), target);
    if (first === undefined) return target;
    if (isSame(image, first.image)) return asGroup(target, first);
    return withoutTags(target, image, taken, first);
  });
  return { ...draft, targets };
}

/** Built alike, and by no name that the first one lacks. */
function isSame(one: DraftImage, other: DraftImage | undefined): boolean {
  if (other === undefined) return false;
  const how = (image: DraftImage) =>
    JSON.stringify({ ...image, tags: [], contexts: {}, fallbackTag: "" });
  return one.tags.every((tag) => other.tags.includes(tag)) && how(one) === how(other);
}

/** The name stays good: whoever asked for it gets the image. */
function asGroup({ name, at, losses }: DraftTarget, { name: first }: DraftTarget): DraftTarget {
  return { name, at, losses, notes: [`the image of \`${first}\``], keys: { needs: [first] } };
}

function withoutTags(
  target: DraftTarget,
  image: DraftImage,
  taken: readonly string[],
  first: DraftTarget,
): DraftTarget {
  const lost: Loss = {
    at: target.at,
    subject: `tag ${taken.map((tag) => `\`${tag}\``).join(", ")}`,
    why: `target \`${first.name}\` makes it, and one name stands for one image`,
  };
  const tags = image.tags.filter((tag) => !taken.includes(tag));
  return { ...target, losses: [...target.losses, lost], image: { ...image, tags } };
}
