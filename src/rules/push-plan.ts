/** Which tags a `push` target sends, and what they are called in the registry. Sends nothing. */
import type { Digest } from "../model/artifact.ts";
import type { Traffic } from "../model/traffic.ts";
import { imagesOfTargets } from "./own-images.ts";
import { usageError } from "./problems.ts";
import type { PushValues } from "./push-fields.ts";
import { parseReference } from "./reference.ts";
import type { ActContext } from "./rule.ts";

export interface Push {
  readonly from: string;
  /** Name in the registry. */
  readonly to: string;
  /** Image ID in the engine. */
  readonly image: Digest;
}

/** What a way to push tells when all is there. */
export interface PushOutcome {
  readonly note: string;
  readonly traffic?: Traffic;
  readonly digests: readonly { readonly reference: string; readonly digest: Digest }[];
}

/** @throws DiagnosticError when two images would have one name in the registry */
export function planPushes(
  values: PushValues,
  registry: string,
  context: ActContext,
): readonly Push[] {
  const pushes = new Map<string, Push>();
  for (const image of imagesOfTargets(context, "push", values.push)) {
    for (const from of image.references) {
      const to = nameIn(registry, from);
      if (to === undefined) continue;
      const other = pushes.get(to);
      if (other !== undefined && other.image !== image.digest) {
        throw usageError(context.target, "push", {
          code: "pushed-twice",
          message: `\`${other.from}\` and \`${from}\` would both be pushed as \`${to}\``,
        });
      }
      pushes.set(to, { from, to, image: image.digest });
    }
  }
  return [...pushes.values()];
}

/**
 * HOST/NAME takes the place of what stands before the last part: `shop/web:1` is `HOST/NAME/web:1`.
 * A HOST alone takes the place of the registry only: `HOST/shop/web:1`. A digest is no tag.
 */
export function nameIn(registry: string, reference: string): string | undefined {
  const parsed = parseReference(reference);
  if (parsed === undefined || parsed.digest !== undefined) return undefined;
  const { repository, tag = "latest" } = parsed;
  const name = registry.includes("/") ? repository.replace(/^.*\//, "") : repository;
  return `${registry}/${name}:${tag}`;
}
