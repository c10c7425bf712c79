/**
 * Names that a Dockerfile uses for other images or folders (`--build-context`): tbuild finds images by their
 * tags, so what such a name stands for gets it as a tag.
 */
import { isTag, normaliseReference, parseReference } from "../../rules/reference.ts";
import {
  type Draft,
  type DraftTarget,
  fillIn,
  type Loss,
  type NamedContext,
  noImage,
} from "../draft.ts";
import { claim, targetName } from "../names.ts";
import { repositoryName } from "../references.ts";
import { membersOf, namesOf } from "./image-references.ts";

export function resolveContexts(draft: Draft): Draft {
  const resolver = new ContextResolver(draft);
  const targets = draft.targets.map((target) => resolver.resolve(target));
  return {
    ...draft,
    targets: [...resolver.more, ...targets.map((target) => resolver.withTags(target))],
  };
}

class ContextResolver {
  /** Targets that only contexts need. */
  readonly more: DraftTarget[] = [];
  readonly #taken: Set<string>;
  /** What each name stands for so far. */
  readonly #meanings = new Map<string, string>();
  readonly #tags = new Map<string, string[]>();

  constructor(draft: Draft) {
    this.#taken = new Set(draft.targets.map(({ name }) => name));
    for (const member of membersOf(draft)) {
      for (const name of namesOf(member)) this.#meanings.set(name, `target ${member.target.name}`);
    }
  }

  resolve(target: DraftTarget): DraftTarget {
    const contexts = Object.entries(target.image?.contexts ?? {});
    const losses = contexts.flatMap(([name, context]) => this.#name(name, context, target));
    return losses.length === 0 ? target : { ...target, losses: [...target.losses, ...losses] };
  }

  withTags(target: DraftTarget): DraftTarget {
    const tags = this.#tags.get(target.name);
    if (tags === undefined || target.image === undefined) return target;
    const notes = tags.map((tag) => `\`${tag}\` is what other Dockerfiles call it`);
    const image = { ...target.image, tags: [...target.image.tags, ...tags] };
    return { ...target, notes: [...(target.notes ?? []), ...notes], image };
  }

  #name(name: string, context: NamedContext, target: DraftTarget): readonly Loss[] {
    const lost = (why: string): readonly Loss[] => [
      { at: target.at, subject: `context \`${name}\``, why },
    ];
    if (parseReference(name) === undefined) return lost("it is no name that an image can have");
    const key = normaliseReference(name);
    const meaning = JSON.stringify(context);
    const before = this.#meanings.get(key);
    const own = context.kind === "target" ? `target ${context.target}` : meaning;
    if (before === own) return [];
    if (before !== undefined) return lost("the name stands for something else already");
    if (context.kind === "target" && context.target.includes("[")) {
      return lost(`\`${context.target}\` is one of several; write its tag into the Dockerfile`);
    }
    if (context.kind === "image" && isRealName(name, context.reference)) {
      return lost(
        `the engine would take \`${name}\` for another image; write \`${context.reference}\` into the Dockerfile`,
      );
    }
    this.#meanings.set(key, own);
    if (context.kind === "target")
      this.#tags.set(context.target, [...(this.#tags.get(context.target) ?? []), name]);
    else this.more.push(this.#targetFor(name, context, target));
    return [];
  }

  #targetFor(
    name: string,
    context: Exclude<NamedContext, { kind: "target" }>,
    { at }: DraftTarget,
  ): DraftTarget {
    const own = claim(targetName(name), this.#taken);
    const base = { name: own, at, losses: [], notes: [`\`${name}\` in Dockerfiles`] };
    if (context.kind === "folder") {
      const dockerfile = "FROM scratch\nCOPY . /\n";
      return { ...base, image: { ...noImage, context: context.folder, dockerfile, tags: [name] } };
    }
    return {
      ...base,
      image: { ...noImage, dockerfile: `FROM ${context.reference}\n`, tags: [name] },
    };
  }
}

/** `alpine` for `alpine:3.20`: a tag of that name would be there for every other build of the engine too. */
function isRealName(name: string, reference: string): boolean {
  const plain = fillIn(reference, new Map());
  return name.includes("/") || !isTag(name) || repositoryName(plain) === name;
}
