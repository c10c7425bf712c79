/** Folders beside each other that are built alike become one target with a matrix. */
import path from "node:path";
import { normaliseReference } from "../../rules/reference.ts";
import { type Draft, type DraftImage, type DraftTarget, defaultsOf, fillIn } from "../draft.ts";
import { splitName, splitTag } from "../references.ts";

/** Fewer are written one by one. */
const fewest = 3;

/** @param needed references that Dockerfiles name: whom these mean keeps its own target, to be seen */
export function foldTree(draft: Draft, needed: ReadonlySet<string>): Draft {
  const values = defaultsOf(draft);
  const shapes = new Map<string, DraftTarget[]>();
  for (const target of draft.targets) {
    const shape = shapeOf(target);
    const isNeeded = target.image?.tags.some((tag) =>
      needed.has(normaliseReference(fillIn(tag, values))),
    );
    if (shape === undefined || isNeeded) continue;
    shapes.set(shape, [...(shapes.get(shape) ?? []), target]);
  }
  const taken = new Set(draft.targets.map(({ name }) => name));
  const groups = [...shapes.values()].filter(
    (targets) => targets.length >= fewest && isFree(targets, taken),
  );
  const folded = new Map(
    groups.flatMap((targets) => targets.map((target) => [target, targets] as const)),
  );
  const named = new Set(draft.targets.flatMap(({ keys }) => textsIn(keys)));
  const targets = draft.targets.flatMap((target): readonly DraftTarget[] => {
    const group = folded.get(target);
    if (group === undefined || group.some(({ name }) => named.has(name))) return [target];
    return group[0] === target ? [asMatrix(group)] : [];
  });
  return { ...draft, targets };
}

const axis = "name";

/** What the images of one group have in common, and undefined for what is like no other. */
function shapeOf({ name, image, losses, notes, matrix, keys }: DraftTarget): string | undefined {
  if (image === undefined || matrix || keys || notes || losses.length > 0) return undefined;
  const { context = "" } = image;
  if (path.posix.basename(context) !== name || path.posix.dirname(context) === ".")
    return undefined;
  return JSON.stringify(withoutName(image, name));
}

function withoutName(image: DraftImage, name: string): DraftImage {
  const context = path.posix.join(path.posix.dirname(image.context ?? ""), `\${${axis}}`);
  const tags = image.tags.map((tag) => {
    const [place, own] = splitName(tag);
    const [, version] = splitTag(tag);
    if (own !== name) return tag;
    return `${place === undefined ? "" : `${place}/`}\${${axis}}:${version}`;
  });
  return { ...image, context, tags };
}

const folderOf = (targets: readonly DraftTarget[]): string =>
  path.posix.basename(path.posix.dirname(targets[0]?.image?.context ?? ""));

const isFree = (targets: readonly DraftTarget[], taken: ReadonlySet<string>): boolean =>
  /^[A-Za-z0-9_][\w.-]*$/.test(folderOf(targets)) && !taken.has(folderOf(targets));

function asMatrix(targets: readonly DraftTarget[]): DraftTarget {
  const [first] = targets;
  if (first?.image === undefined) throw new Error("a group without images");
  const matrix = { [axis]: targets.map(({ name }) => name) };
  return {
    name: folderOf(targets),
    at: first.at,
    losses: [],
    matrix,
    image: withoutName(first.image, first.name),
  };
}

const textsIn = (keys: DraftTarget["keys"]): readonly string[] =>
  Object.values(keys ?? {}).flatMap((value) =>
    Array.isArray(value) ? value.map(String) : [String(value)],
  );
