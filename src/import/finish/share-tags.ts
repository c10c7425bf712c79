/** A version or a registry that several images repeat becomes a parameter, so that it is said once. */
import { normaliseReference } from "../../rules/reference.ts";
import {
  type Draft,
  type DraftParameter,
  type DraftTarget,
  defaultsOf,
  fillIn,
  type Text,
} from "../draft.ts";
import { splitTag } from "../references.ts";

/** @param needed references that Dockerfiles name: a parameter in these would lead away from what they say */
export function shareTags(draft: Draft, needed: ReadonlySet<string>): Draft {
  const values = defaultsOf(draft);
  const isFixed = (tag: Text): boolean => needed.has(normaliseReference(fillIn(tag, values)));
  const version = repeated(draft, isFixed, versionOf);
  const registry = repeated(draft, isFixed, registryOf);
  const change = (tag: Text): Text => {
    if (isFixed(tag)) return tag;
    const [name, own] = splitTag(tag);
    const placed =
      registry !== undefined && registryOf(tag) === registry
        ? `\${registry}${name.slice(registry.length)}`
        : name;
    if (version !== undefined && versionOf(tag) === version) return `${placed}:\${version}`;
    return placed === name ? tag : `${placed}:${own}`;
  };
  const more: DraftParameter[] = [
    ...(version === undefined
      ? []
      : [{ name: "version", default: version, help: "Tag of the images" }]),
    ...(registry === undefined
      ? []
      : [{ name: "registry", default: registry, help: "Registry of the images" }]),
  ].filter(({ name }) => !draft.parameters.some((known) => known.name === name));
  if (more.length === 0) return draft;
  const only = new Set(more.map(({ name }) => name));
  const written = (tag: Text): Text =>
    only.size === 2 || isAbout(change(tag), only) ? change(tag) : tag;
  return {
    ...draft,
    parameters: [...more, ...draft.parameters],
    targets: draft.targets.map((target) => changed(target, written)),
  };
}

/** A parameter of that name may be there already, and mean something else. */
const isAbout = (tag: Text, only: ReadonlySet<string>): boolean =>
  [...tag.matchAll(/\$\{(version|registry)\}/g)].every(([, name = ""]) => only.has(name));

/** The part that two images have alike; where they differ, nobody knows which one is meant. */
function repeated(
  { targets }: Draft,
  isFixed: (tag: Text) => boolean,
  partOf: (tag: Text) => string | undefined,
): string | undefined {
  const users = new Map<string, Set<string>>();
  for (const { name, image } of targets) {
    for (const tag of image?.tags ?? []) {
      const part = isFixed(tag) ? undefined : partOf(tag);
      if (part !== undefined) users.set(part, (users.get(part) ?? new Set()).add(name));
    }
  }
  const [first, ...others] = [...users].sort(([, one], [, other]) => other.size - one.size);
  const isClear =
    first !== undefined && first[1].size > 1 && first[1].size > (others[0]?.[1].size ?? 0);
  return isClear ? first[0] : undefined;
}

/** A tag that is a version, and written out. */
function versionOf(tag: Text): string | undefined {
  const [, own] = splitTag(tag);
  return /^v?\d[\w.-]*$/.test(own) ? own : undefined;
}

/** The host before a name, with what is between, and written out. */
function registryOf(tag: Text): string | undefined {
  const [name] = splitTag(tag);
  const host = /^((?:[\w-]+\.)+[\w-]+(?::\d+)?|localhost:\d+|[\w-]+:\d+)\//.exec(name)?.[1];
  return host;
}

function changed(target: DraftTarget, change: (tag: Text) => Text): DraftTarget {
  if (target.image === undefined) return target;
  return { ...target, image: { ...target.image, tags: target.image.tags.map(change) } };
}
