/** Whether what a target makes is of use on other machines, and under which key of the shared cache it goes. */
import path from "node:path";
import { type CacheSubject, cacheKey } from "../../cache/cache-key.ts";
import type { Target } from "../../model/target.ts";
import { actsAlways, ruleKindOf } from "../../rules/kinds.ts";
import { isAtOrBelow } from "../../rules/output-files.ts";
import type { BuildRoom } from "../build-room.ts";
import type { Reading } from "../fresh/read-target.ts";

/** To follow the name of the target; undefined where it is. */
export function whyNotShared(
  target: Target,
  { inputs }: Reading,
  root: string,
): string | undefined {
  const { rule, parameters } = target;
  if (rule === undefined || rule.kind === "first-of") return "makes nothing of its own";
  if (actsAlways(target)) return "is made each time it is asked for";
  const kind = ruleKindOf(rule.kind);
  const outputs = kind.outputs(rule.fields as never, target);
  if (outputs.length === 0) return "has no outputs";
  if (target.source !== undefined) return "is made from a local checkout";
  const outside = [
    ...inputs.map(({ name }) => name),
    ...Object.values(parameters),
    ...outputs.flatMap((output) => (output.kind === "image" ? [] : [output.path])),
  ].find((place) => path.isAbsolute(place) && !isAtOrBelow(root, place));
  if (outside !== undefined) return `uses \`${outside}\`, which lies outside of the workspace`;
  return kind.notShared?.(rule.fields as never);
}

/** @throws DiagnosticError when the engine has to be asked for its platform, and does not answer */
export async function keyOf(target: Target, reading: Reading, room: BuildRoom): Promise<string> {
  const { rule } = target;
  if (rule === undefined) throw new Error(`${target.name} makes nothing`);
  const outputs = ruleKindOf(rule.kind).outputs(rule.fields as never, target);
  const makesImage = outputs.some(({ kind }) => kind === "image");
  const isInEngine = makesImage || rule.fields["in"] !== undefined;
  const subject: CacheSubject = {
    target: target.alternativeOf ?? target.name,
    folder: target.folder ?? "",
    kind: rule.kind,
    fingerprint: reading.fingerprint,
    outputs,
    platform: isInEngine ? await enginePlatform(room) : hostPlatform(),
    ...(makesImage && { project: room.project.name }),
  };
  return cacheKey(subject);
}

const platforms = new WeakMap<BuildRoom, Promise<string>>();

function enginePlatform(room: BuildRoom): Promise<string> {
  const known = platforms.get(room);
  if (known) return known;
  const asked = room.docker().then(async (docker) => (await docker.info()).platform);
  platforms.set(room, asked);
  return asked;
}

const hostPlatform = (): string => `${process.platform}/${process.arch}`;
