/** Which tags a `push` target sends, and what they are called in the registry. Sends nothing. */
import type { Digest } from "../../model/artifact.ts";
import type { PushedTag } from "../../model/event.ts";
import type { Traffic } from "../../model/traffic.ts";
import { imagesOfTargets } from "../own-images.ts";
import { usageError } from "../problems.ts";
import type { ActContext } from "../rule.ts";
import type { PushValues } from "./push-fields.ts";
import { namesInRegistry } from "./push-names.ts";

export interface Push {
  readonly from: string;
  /** Name in the registry. */
  readonly to: string;
  /** Image ID in the engine. */
  readonly image: Digest;
  /** Named by the time of the push: written only beside another tag of the image. */
  readonly isDated?: true;
}

/** What a way to push tells when all is there. */
export interface PushOutcome {
  readonly note: string;
  readonly traffic?: Traffic;
  readonly digests: readonly PushedTag[];
  /** The engine was not asked: all that was wanted of its images is kept here. */
  readonly readNothing?: boolean;
}

/** @throws DiagnosticError when two images would have one name in the registry */
export function planPushes(values: PushValues, context: ActContext): readonly Push[] {
  const pushes = new Map<string, Push>();
  const time = values.dated ? timeTag(new Date(Date.now())) : undefined;
  for (const image of imagesOfTargets(context, "push", values.push)) {
    for (const from of image.references) {
      for (const to of namesInRegistry(values, from)) {
        add({ from, to, image: image.digest });
        if (time === undefined) continue;
        const dated = `${to.slice(0, to.lastIndexOf(":"))}:${time}`;
        add({ from, to: dated, image: image.digest, isDated: true });
      }
    }
  }
  return [...pushes.values()];

  function add(push: Push): void {
    const other = pushes.get(push.to);
    if (other !== undefined && other.image !== push.image) {
      throw usageError(context.target, "push", pushedTwice(other.from, push.from, push.to));
    }
    pushes.set(push.to, push);
  }
}

/** To the second, so that no later push comes to the same one; they sort by time. */
const timeTag = (now: Date): string =>
  now.toISOString().replace(/\D/g, "").slice(0, "YYYYMMDDhhmmss".length);

/** The wording for two images that would get one name. */
export const pushedTwice = (one: string, other: string, name: string) => ({
  code: "pushed-twice",
  message: `\`${one}\` and \`${other}\` would both be pushed as \`${name}\``,
  hint: "give them names that end differently, or push one of them",
});
