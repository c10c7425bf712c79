/** `docker push` and `docker save` of a Makefile as targets of their own. */
import type { DraftTarget, Keys, Loss, Text } from "../draft.ts";
import { fillIn, literal } from "../draft.ts";
import { claim, targetName } from "../names.ts";
import { repositoryName, splitName, splitTag } from "../references.ts";
import type { Placed } from "./docker-line.ts";
import type { MakeRule } from "./make-file.ts";

export interface PushPlace {
  readonly images: readonly DraftTarget[];
  readonly taken: Set<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly lose: (loss: Loss) => void;
}

interface Made {
  readonly target: DraftTarget;
  readonly rule: MakeRule;
}

/** One target for each rule and registry. */
export function pushTargets(pushes: readonly Placed<"push">[], place: PushPlace): readonly Made[] {
  const wanted = new Map<
    string,
    { readonly push: Placed<"push">; readonly registry: Text; readonly names: Set<string> }
  >();
  for (const push of pushes) {
    const { reference } = push.command;
    const name = madeBy(reference, place);
    const registry = registryOf(reference, place);
    if (name === undefined || registry === undefined) {
      const why =
        name === undefined ? "no line builds that image" : "its name has no registry and no user";
      place.lose({ at: push.at, subject: `\`docker push ${reference}\``, why });
      continue;
    }
    const key = `${push.rule.name} ${registry}`;
    const before = wanted.get(key) ?? { push, registry, names: new Set<string>() };
    before.names.add(name);
    wanted.set(key, before);
  }
  return [...wanted.values()].map(({ push, registry, names }) =>
    made(push, "push", place, { push: one([...names]), registry }),
  );
}

export function saveTargets(saves: readonly Placed<"save">[], place: PushPlace): readonly Made[] {
  return saves.flatMap((save) => {
    const { references, to } = save.command;
    const names = references.flatMap((reference) => madeBy(reference, place) ?? []);
    if (names.length === references.length && names.length > 0 && !to.includes("${stem}")) {
      return [made(save, "save", place, { save: one(names), to })];
    }
    place.lose({
      at: save.at,
      subject: `\`docker save ${references.join(" ")}\``,
      why: "no line builds that image",
    });
    return [];
  });
}

function made(
  { rule, at }: Placed<"push"> | Placed<"save">,
  kind: string,
  { taken }: PushPlace,
  keys: Keys,
): Made {
  const plain = targetName(rule.name.replace(/[-_.]?%/, ""));
  const isName = /^[\w.-]+$/.test(rule.name.replace("%", "")) && !/\.(tar|tgz|gz)$/.test(rule.name);
  const name = claim(isName && plain.includes(kind) ? plain : kind, taken);
  return { rule, target: { name, at, losses: [], keys } };
}

/** The image that has the name, whatever its tag: a push sends all of its tags. */
function madeBy(reference: Text, { images, values }: PushPlace): string | undefined {
  const nameOf = (text: Text) => fillIn(splitTag(text)[0], values);
  return images.find(({ image }) => image?.tags.some((tag) => nameOf(tag) === nameOf(reference)))
    ?.name;
}

function registryOf(reference: Text, { values }: PushPlace): Text | undefined {
  // The user may be part of what a parameter stands for: then it is written out.
  const place = splitName(reference)[0] ?? splitName(literal(fillIn(reference, values)))[0];
  if (place === undefined || repositoryName(reference) === "") return undefined;
  const first = fillIn(place, values).split("/")[0] ?? "";
  if (first === "") return undefined;
  return /[.:]/.test(first) || first === "localhost" ? place : `docker.io/${place}`;
}

const one = (names: readonly string[]): string | readonly string[] =>
  names.length === 1 ? (names[0] ?? "") : names;
