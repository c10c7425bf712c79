/** Under which names the images of targets lie in registries. Asks no registry. */
import type { Project, TargetName } from "../model/target.ts";
import { ruleKindOf } from "../rules/kinds.ts";
import type { PublishedValues } from "../rules/published/published-fields.ts";
import { nameIn } from "../rules/push/push-names.ts";
import { parseReference } from "../rules/reference.ts";
import { alternativesOf } from "./plan/alternatives.ts";

export interface RegistryPlace {
  /** As references name it. */
  readonly host: string;
  readonly repository: string;
}

/** Each repository once; of a `push` target those that it pushes to, of `published` those that it asks. */
export function registryPlaces(
  project: Project,
  wanted: readonly TargetName[],
): readonly RegistryPlace[] {
  const places = new Map<string, RegistryPlace>();
  const seen = new Set<TargetName>();
  const visit = (name: TargetName): void => {
    const target = project.targets.get(name);
    if (seen.has(name) || target === undefined) return;
    seen.add(name);
    for (const place of placesOf(project, name)) {
      places.set(`${place.host}/${place.repository}`, place);
    }
    const behind = target.rule === undefined ? target.needs : alternativesOf(target);
    behind.forEach(visit);
  };
  wanted.forEach(visit);
  return [...places.values()];
}

/** The place that a reference names, Docker Hub where it names no host. */
export function placeOfReference(reference: string): RegistryPlace | undefined {
  const parsed = parseReference(reference);
  if (parsed === undefined) return undefined;
  return { host: parsed.host ?? "docker.io", repository: parsed.repository };
}

export interface RegistryImage extends RegistryPlace {
  /** A tag or a digest. */
  readonly from: string;
}

/**
 * The image that a reference with its registry names, `latest` where it names none.
 * @returns undefined for what is no reference, or begins with no host
 */
export function imageInRegistry(reference: string): RegistryImage | undefined {
  const parsed = parseReference(reference);
  const place = placeOfReference(reference);
  // A name without a host is one of the engine at least as often.
  const hasHost = /^(localhost|[^/]*[.:][^/]*)\/./.test(reference);
  if (parsed === undefined || place === undefined || !hasHost) return undefined;
  return { ...place, from: parsed.digest ?? parsed.tag ?? "latest" };
}

export { isTag } from "../rules/reference.ts";

function placesOf(project: Project, name: TargetName): readonly RegistryPlace[] {
  const rule = project.targets.get(name)?.rule;
  if (rule?.kind === "published") {
    const { published } = rule.fields as unknown as PublishedValues;
    return published.flatMap((reference) => placeOfReference(reference) ?? []);
  }
  if (rule?.kind !== "push") {
    return referencesOf(project, name).flatMap((reference) => placeOfReference(reference) ?? []);
  }
  const { push, registry } = rule.fields as {
    readonly push: readonly TargetName[];
    readonly registry: string;
  };
  const host = registry.replace(/\/+$/, "");
  return push
    .flatMap((image) => referencesOf(project, image))
    .flatMap((reference) => nameIn(host, reference) ?? [])
    .flatMap((reference) => placeOfReference(reference) ?? []);
}

/** What the images of a target are called, groups and alternatives followed. */
function referencesOf(project: Project, name: TargetName): readonly string[] {
  const target = project.targets.get(name);
  if (target === undefined) return [];
  const { rule } = target;
  const behind = rule === undefined ? target.needs : alternativesOf(target);
  const own = rule === undefined ? [] : ruleKindOf(rule.kind).outputs(rule.fields as never, target);
  return [
    ...own.flatMap((output) => (output.kind === "image" ? [output.reference] : [])),
    ...behind.flatMap((other) => referencesOf(project, other)),
  ];
}
