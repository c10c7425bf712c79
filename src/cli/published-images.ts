/** What of an inventory registries have: their tags, and age and size of what lies nowhere else. */
import type { KnownImage } from "../engine/inventory.ts";
import { imageInRegistry, placeOfReference } from "../engine/registry-places.ts";
import type { InventoryImage, PublishedTags } from "../model/inventory.ts";
import type { RegistryAccess } from "../model/registries.ts";
import { repositoryAt } from "../registry/endpoint.ts";
import { openRegistry } from "../registry/open-registry.ts";
import { readTag, tagNames } from "../registry/tags.ts";

export type Published = Pick<InventoryImage, "published" | "created" | "size">;

/**
 * @param repositories HOST/NAME that the image is pushed to
 * @throws DiagnosticError where a registry cannot be asked
 */
export async function publishedImage(
  { references, isPublished }: KnownImage,
  repositories: readonly string[],
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<Published> {
  const own = isPublished
    ? references.map((reference) => reference.replace(/(@.*|:[^:/]*)$/, ""))
    : [];
  const published: PublishedTags[] = [];
  for (const repository of new Set([...own, ...repositories])) {
    published.push({ repository, tags: await tagsOf(repository, access, signal) });
  }
  const [first] = references;
  const about = isPublished && first !== undefined && (await aboutTag(first, access, signal));
  return { published, ...(about && about) };
}

async function tagsOf(
  name: string,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { host, repository } = placeOfReference(name) ?? { host: "", repository: name };
  const client = openRegistry(host, access);
  try {
    return (await tagNames({ client, repository: repositoryAt(host, repository), signal })) ?? [];
  } finally {
    client.close();
  }
}

async function aboutTag(reference: string, access: RegistryAccess, signal: AbortSignal) {
  const image = imageInRegistry(reference);
  if (image === undefined) return undefined;
  const { host, repository, from } = image;
  const client = openRegistry(host, access);
  try {
    const tag = await readTag({ client, repository: repositoryAt(host, repository), signal }, from);
    return (
      tag && { ...(tag.created && { created: tag.created }), ...(tag.size && { size: tag.size }) }
    );
  } finally {
    client.close();
  }
}
